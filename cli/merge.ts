/** `vmstate merge`: one answer from the parts that `--shard` made on several machines. */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Log } from "sarif";
import * as v from "valibot";
import { jsonText } from "../core/printable";
import { readText } from "../server/node/readFile";
import { type Cell, markdownTable, tableOf, textTable } from "./diff/matrix";
import { CannotRun, type ExitCode, exitCodes, type Io } from "./io";
import { mergeAnswers } from "./merge/answers";
import { mergeSarif } from "./merge/sarif";
import { type ShardNote, shardNote } from "./shard";

const largestAnswer = 512 << 20;
const formats = ["text", "json", "markdown"] as const;

interface MergeOptions {
  readonly format?: (typeof formats)[number];
}

/** What a part wrote: its note, and the answer or the whole SARIF log that it stands in. */
interface Part {
  readonly name: string;
  readonly note: ShardNote;
  readonly content:
    | { readonly kind: "answer"; readonly answer: unknown }
    | { readonly kind: "sarif"; readonly log: Log };
}

const answer = v.object({ shard: shardNote, answer: v.unknown() });
const sarif = v.looseObject({
  version: v.literal("2.1.0"),
  runs: v.tuple([
    v.looseObject({
      tool: v.looseObject({ driver: v.looseObject({ rules: v.optional(v.array(v.looseObject({ id: v.string() }))) }) }),
      properties: v.object({ shard: shardNote }),
      results: v.array(v.looseObject({})),
    }),
  ]),
});
const cells = v.array(v.object({ old: v.string(), next: v.string(), forwards: v.number(), backwards: v.number() }));

export function registerMerge(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("merge")
    .summary("make one answer of what --shard did on several machines")
    .description(
      "Puts the parts together that check, diff --matrix and confirm wrote with --shard as JSON (check also as SARIF): what the " +
        "command would have written without --shard. Fails where a part is missing or belongs to another question.",
    )
    .argument("<files...>", "the parts, in any order")
    .addOption(
      new Option(
        "-f, --format <format>",
        "how to print a matrix (default: text); all else is what the parts are",
      ).choices(formats),
    )
    .addHelpText(
      "after",
      `
Examples:
  vmstate diff --matrix v7.2.0..HEAD --shard 3/8 --format json > part-3.json
  vmstate merge part-*.json                         the table
  vmstate check --since v10.0.0 --shard 1/4 --format sarif > part-1.sarif
  vmstate merge part-*.sarif > vmstate.sarif

Exit status: that of the whole: 0 nothing found, 1 something, 2 could not run, or a part is missing.`,
    )
    .action((files: string[], options: MergeOptions) => {
      const parts = inOrder(files.map((file) => readPart(io, file)));
      const notes = parts.map(({ note }) => note);
      io.out.write(merged(parts, options));
      finish(codeOf(notes));
    });
}

function readPart(io: Io, file: string): Part {
  const reading = readText(resolve(io.cwd, file), largestAnswer);
  if (reading.kind !== "text")
    throw new CannotRun(`${file}: ${reading.kind === "absent" ? "no such file" : reading.reason}`);
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), reading.text);
  if (isDeeper(json.output, deepest)) throw new CannotRun(`${file}: nests deeper than any answer`);
  const plain = v.safeParse(answer, json.output);
  if (plain.success) {
    return { name: file, note: plain.output.shard, content: { kind: "answer", answer: plain.output.answer } };
  }
  const log = v.safeParse(sarif, json.output);
  if (!log.success) throw new CannotRun(`${file}: is no part that --shard wrote as json or sarif`);
  // a log by its head, as sarifReport wrote it
  const content = { kind: "sarif", log: json.output as unknown as Log } as const;
  return { name: file, note: log.output.runs[0].properties.shard, content };
}

/** Far more than an answer has; what nests by the thousand exhausts the stack of who walks it. */
const deepest = 200;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

/** Throws CannotRun where they are not the parts of one whole. */
function inOrder(parts: readonly Part[]): readonly Part[] {
  const [first] = parts;
  if (first === undefined) throw new CannotRun("give the files that the parts wrote");
  const { command, of, vmstate, asked, state } = first.note;
  for (const { name, note, content } of parts) {
    const isSame = note.command === command && note.of === of && content.kind === first.content.kind;
    if (!isSame) throw new CannotRun(`${name}: is no part of what ${first.name} is a part of`);
    if (note.vmstate !== vmstate)
      throw new CannotRun(`${name}: was made by ${note.vmstate}, ${first.name} by ${vmstate}`);
    if (note.asked !== asked) throw new CannotRun(`${name}: was asked with other options than ${first.name}`);
    if (note.state !== state) throw new CannotRun(`${name}: was made of other sources than ${first.name}`);
  }
  const beyond = parts.find(({ note }) => note.part > of);
  if (beyond !== undefined) throw new CannotRun(`${beyond.name}: is part ${beyond.note.part} of no more than ${of}`);
  return Array.from({ length: of }, (_, index) => {
    const [own, again] = parts.filter(({ note }) => note.part === index + 1);
    if (own === undefined) throw new CannotRun(`part ${index + 1}/${of} is missing`);
    if (again !== undefined) throw new CannotRun(`${again.name}: is part ${index + 1}/${of}, as ${own.name}`);
    return own;
  });
}

function merged(parts: readonly Part[], { format }: MergeOptions): string {
  const command = parts[0]?.note.command;
  if (format !== undefined && format !== "json" && command !== "diff --matrix")
    throw new CannotRun(`--format ${format}: only a matrix has one`);
  const logs = parts.flatMap(({ content }) => (content.kind === "sarif" ? [content.log] : []));
  if (logs.length > 0) return jsonText(mergeSarif(logs));
  const answers = parts.flatMap(({ content }) => (content.kind === "answer" ? [content.answer] : []));
  const whole = mergeAnswers(command ?? "check", answers);
  if (command !== "diff --matrix" || format === "json") return jsonText(whole);
  const table = tableOf(...versionsOf(v.parse(cells, whole)));
  return format === "markdown" ? markdownTable(table) : textTable(table);
}

/** A matrix begins with the oldest version against each other one. */
function versionsOf(all: readonly Cell[]): readonly [readonly string[], readonly Cell[]] {
  const oldest = all[0]?.old ?? "";
  return [[oldest, ...all.filter(({ old }) => old === oldest).map(({ next }) => next)], all];
}

/** As the command itself ends: what was found counts more than what could not run. */
function codeOf(notes: readonly ShardNote[]): ExitCode {
  const has = (code: ExitCode): boolean => notes.some((note) => note.code === code);
  if (has(exitCodes.findings)) return exitCodes.findings;
  // where some machines can be made, those that cannot are no failure
  if (notes[0]?.command === "confirm roundtrip" && has(exitCodes.clean)) return exitCodes.clean;
  return has(exitCodes.cannotRun) ? exitCodes.cannotRun : exitCodes.clean;
}
