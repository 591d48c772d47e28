/** `--shard K/N`: one part of a command's work, and the note in its answer that `vmstate merge` goes by. */
import { createHash } from "node:crypto";
import { InvalidArgumentError, Option } from "commander";
import * as v from "valibot";
import type { SourceTree } from "../core/c/tree";
import { jsonText } from "../core/printable";
import { version } from "./about";
import { CannotRun, type ExitCode } from "./io";

export interface Shard {
  /** From 1. */
  readonly part: number;
  readonly of: number;
}

const commands = [
  "check",
  "diff --matrix",
  "confirm order",
  "confirm check",
  "confirm migrate",
  "confirm probe",
  "confirm roundtrip",
] as const;
export type ShardedCommand = (typeof commands)[number];

/** As `--shard` takes them. */
const places = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9999));

export const shardNote = v.object({
  command: v.picklist(commands),
  part: places,
  of: places,
  vmstate: v.string(),
  /** Digest of options and arguments: parts of two questions are no whole. */
  asked: v.string(),
  /** Digest of the trees that were read, undefined for none: nor are parts of two states. */
  state: v.optional(v.string()),
  /** Exit code of the part. */
  code: v.picklist([0, 1, 2]),
});
export type ShardNote = v.InferOutput<typeof shardNote>;

export function shardOption(divides: string): Option {
  return new Option("--shard <k/n>", `part k of n of ${divides}; merge makes one answer of the parts' JSON`).argParser(
    shardIn,
  );
}

function shardIn(text: string): Shard {
  const [, part = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (part < 1 || part > of) throw new InvalidArgumentError("It looks like 3/8.");
  return { part, of };
}

/** The part's own, in their order: the parts one behind the other are all items. */
export function partOf<T>(items: readonly T[], shard: Shard | undefined): readonly T[] {
  if (shard === undefined) return items;
  const { part, of } = shard;
  return items.slice(Math.floor(((part - 1) * items.length) / of), Math.floor((part * items.length) / of));
}

/** Goes by the name alone, so that every part knows whose a file is, whatever it has read. */
export function isInPart(file: string, { part, of }: Shard): boolean {
  return createHash("sha256").update(file).digest().readUInt32BE(0) % of === part - 1;
}

/** `asked`: options and arguments as they were given; `state`: what `stateOf` made of the trees. */
export function noteOf(
  command: ShardedCommand,
  { part, of }: Shard,
  asked: unknown,
  code: ExitCode,
  state?: string,
): ShardNote {
  const words = JSON.stringify(asked, (key, value) => {
    if (key === "shard") return undefined;
    return value instanceof Map ? [...value] : value;
  });
  const note = { command, part, of, vmstate: version, asked: digestOf([words]), code };
  return state === undefined ? note : { ...note, state };
}

/** Of names and texts of a tree's sources, wherever it lies, in whatever order it lists them. */
export function stateOf(tree: SourceTree): string {
  const paths = [...tree.paths()].sort();
  return digestOf(paths.flatMap((path) => [path, tree.read(path) ?? ""]));
}

/** 16 hexadecimal digits. */
export function digestOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length} `).update(text);
  return hash.digest("hex").slice(0, 16);
}

/** What a command answers as JSON; a part of it behind its note. */
export function answerText(answer: unknown, note: ShardNote | undefined): string {
  return jsonText(note === undefined ? answer : { shard: note, answer });
}

/** Throws CannotRun where `given` are options that need all of the work. */
export function refuseWith(shard: Shard | undefined, given: Readonly<Record<string, unknown>>): void {
  if (shard === undefined) return;
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) throw new CannotRun(`--shard: ${name} does not go with a part of the work`);
}
