import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { compareTrees, isOptional, type TreeFinding } from "../core/compat";
import { jsonText, printable } from "../core/printable";
import { rulePage, version } from "./about";
import { lastingNames, withoutAccepted } from "./diff/accepted";
import { cellOf, inBlocks, markdownTable, type Pair, pairsOf, tableOf, textTable, versionsIn } from "./diff/matrix";
import { sharesOf, startShares } from "./diff/jobs";
import { mergeTargets } from "./diff/ofTargets";
import {
  diagnosticsOf,
  type DiffRow,
  type Hidden,
  isBreak,
  isBreakRow,
  jsonDiff,
  lengthsNote,
  type Located,
  locate,
  markdownDiff,
  reportSource,
  rowsOf,
  textDiff,
  textRows,
} from "./diff/report";
import { remembered, type Witness, witnessOfNothing } from "./diff/remembered";
import { foldedNote, forMachine } from "./diff/forMachine";
import { withLists } from "./diff/lists";
import {
  createOpenedTrees,
  type OpenedTrees,
  openSides,
  openStreamSides,
  repositoryOf,
  type Sides,
  statesOf,
  targetsOf,
} from "./diff/sides";
import { CannotRun, type ExitCode, exitCodes, type Io, ioWith, progressOn } from "./io";
import { type Output, outputOption, writeOutputs } from "./outputs";
import { allTargets, snapshotOption, targetsOption, treatAsOption } from "./options";
import { codeQualityReport } from "./report/codeQuality";
import { junitReport } from "./report/junit";
import { namedFrom } from "./report/named";
import { sarifReport } from "./report/sarif";
import { noCacheOption } from "./options";
import { answerText, noteOf, partOf, refuseWith, type Shard, shardOption } from "./shard";
import { styleFor } from "./style";

const formats = ["text", "json", "markdown", "sarif", "codequality", "junit"] as const;
type Format = "human" | (typeof formats)[number];

interface DiffOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly machine?: string;
  readonly treatAs?: string;
  readonly allDevices?: true;
  readonly format: Format;
  readonly output: readonly Output<Format>[];
  readonly declared?: true;
  readonly optional?: true;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly reason?: string;
  readonly matrix?: string;
  readonly shard?: Shard;
  readonly treeName?: string;
  /** Of `--target all`, those that this process does: names with commas. Prints rows by target, as JSON. */
  readonly share?: string;
  readonly snapshot?: string;
  /** `--no-cache` makes it false. */
  readonly cache: boolean;
}

function hiddenOf(all: readonly TreeFinding[], shown: readonly TreeFinding[]): Hidden {
  const hidden = all.filter((finding) => !shown.includes(finding));
  const declared = hidden.filter((finding) => finding.declared).length;
  return { declared, optional: hidden.length - declared };
}

export function registerDiff(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("diff")
    .summary("say what streams of one version do in another, both ways")
    .description(
      "Compares the tables of two versions byte by byte, in both directions: what a stream of one does in the other. " +
        "Says nothing about what is compatible; names don't count where QEMU does not look at them.",
    )
    .argument(
      "[old]",
      "source directory, git revision, a file that -dump-vmstate wrote, or one with a migration stream",
    )
    .argument("[new]", "the same")
    .option("-t, --tree <dir>", "repository that revisions are of (default: the tree here, above or directly below)")
    .addOption(new Option("--tree-name <name>", "what messages call --tree").hideHelp())
    .addOption(targetsOption())
    .addOption(new Option("--share <names>", "the targets of all that this process does").hideHelp())
    .option(
      "-m, --machine <type>",
      "versioned machine type that both run, as pc-q35-9.2 (default: the older tree's release)",
    )
    .addOption(treatAsOption())
    .option("--all-devices", "with --machine: also devices that the machine cannot have")
    .addOption(new Option("-f, --format <format>", "how to print").choices(["human", ...formats]).default("text"))
    .addOption(outputOption(formats))
    .option("--declared", "also what a raised minimum_version_id refuses on purpose")
    .option("--optional", "also new subsections that are only sent when needed, which older versions refuse then")
    .option("--baseline <file>", "leave out what the file accepts, as vmstate check does")
    .option("--write-baseline <file>", "write the findings as accepted; reasons already in the file are kept")
    .option("--reason <text>", "why they are accepted, for --write-baseline")
    .addOption(snapshotOption())
    .addOption(noCacheOption())
    .option("--matrix <versions>", "each against each later one: v7.2.0..HEAD for the releases between, or A,B,C")
    .addOption(shardOption("a matrix's pairs"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate diff ~/qemu-9.2 ~/qemu-10.0
  vmstate diff v9.2.0 HEAD --machine pc-q35-9.2     revisions of the repository here
  vmstate diff v9.2.0 HEAD --target all             every target, on all processors
  vmstate diff --matrix v7.2.0..HEAD                all releases since, as a table
  vmstate diff --matrix v7.2.0..HEAD --shard 3/8 --format json > 3.json    one of eight machines; then vmstate merge
  vmstate diff v10.1.0 HEAD --write-baseline accepted.json --reason "esp: known since 9.1"
  vmstate diff v10.1.0 HEAD --baseline accepted.json  in CI: fail on what is new only
  vmstate diff guest.mig ~/qemu-10.0                does this stream load there
  vmstate diff old.json new.json                    from qemu-system-x86_64 -M none -dump-vmstate FILE

Exit status: 0 no break, 1 a stream is refused or loads wrong values, 2 could not run.`,
    )
    .action(async (old: string | undefined, next: string | undefined, options: DiffOptions) => {
      if (options.matrix !== undefined) return finish(await printMatrix(io, options.matrix, options));
      refuseWith(options.shard, { "a comparison of two versions": true });
      if (old === undefined || next === undefined) throw new CannotRun("give two versions to compare, or --matrix");
      const given = [old, next] as const;
      const print = (to: Io, witness: Witness): Promise<ExitCode> =>
        options.target === allTargets
          ? printTargets(io, to, given, options, witness)
          : printTwo(io, to, given, options, witness);
      const kept = options.cache && options.writeBaseline === undefined && options.output.length === 0;
      finish(await (kept ? remembered(io, [old, next, options], print) : print(io, witnessOfNothing)));
    });
}

/** `io` shows the progress, `to` gets the answer. */
async function printTwo(
  io: Io,
  to: Io,
  given: readonly [string, string],
  options: DiffOptions,
  witness: Witness,
): Promise<ExitCode> {
  const { sides, hidden, foldedLine, located } = await compareTwo(io, given, options, witness, to);
  const lengths = lengthsNote(sides);
  for (const note of [...sides.notes, ...(foldedLine === undefined ? [] : [foldedLine])])
    to.err.write(`vmstate: ${printable(note)}\n`);
  const textIn = (format: Format, shown: Io): string => {
    switch (format) {
      case "json":
        return jsonDiff(rowsOf(located));
      case "markdown":
        return markdownDiff(located, `${sides.old.label} and ${sides.next.label}`, lengths);
      case "sarif":
      case "codequality":
      case "junit":
        return reportFor(io, options, format, sides, located);
      default:
        return textDiff(located, hidden, lengths, styleFor(shown));
    }
  };
  writeOutputs(io, options.output, textIn);
  to.out.write(textIn(options.format, io));
  if (lengths !== undefined && !/^(?:text|human|markdown)$/.test(options.format))
    to.err.write(`${printable(lengths)}\n`);
  return located.some(({ finding }) => isBreak(finding)) ? exitCodes.findings : exitCodes.clean;
}

/** What a CI reads: the differences as findings. */
function reportFor(
  io: Io,
  { tree }: DiffOptions,
  format: "sarif" | "codequality" | "junit",
  sides: Sides,
  located: readonly Located[],
): string {
  const [source, findings] = [reportSource(sides), diagnosticsOf(located, sides)];
  const lasting = diagnosticsOf(located, sides, lastingNames);
  const nameOf = namedFrom(io.cwd, resolve(io.cwd, tree ?? "."));
  switch (format) {
    case "sarif":
      return sarifReport(source, findings, { version, rulePage, nameOf }, lasting);
    case "codequality":
      return codeQualityReport(source, findings, nameOf, lasting);
    case "junit":
      return junitReport(source, findings, "vmstate diff");
  }
}

async function compareTwo(
  io: Io,
  given: readonly [string, string],
  options: DiffOptions & { readonly opened?: OpenedTrees },
  witness: Witness,
  to: Io = io,
) {
  const progress = progressOn(io);
  const input = { ...options, witness };
  const stream = await openStreamSides(io, given, input, progress);
  const sides = stream?.sides ?? openSides(io, given, input, progress);
  const { machine } = sides;
  const view = machine === undefined || options.allDevices === true ? undefined : forMachine(machine, sides);
  const found = stream?.findings ?? withLists(compareTrees(sides.old, sides.next), sides, progress);
  const all = view === undefined ? found : found.map(view.told);
  progress.done();
  const concerned = all
    .filter((finding) => options.declared === true || !finding.declared)
    .filter((finding) => options.optional === true || !sides.old.complete || !isOptional(finding));
  const { shown, folded } = view?.split(concerned) ?? { shown: concerned, folded: [] };
  const foldedLine = machine === undefined ? undefined : foldedNote(folded, machine);
  const places = shown.map((finding) => locate(finding, sides));
  return {
    sides,
    hidden: hiddenOf(all, concerned),
    foldedLine,
    located: withoutAccepted(to, options, places, sides, witness),
  };
}

/** One target after the other: files are read for the first, and what is a target's is let go of before the next. */
async function answersOf(
  io: Io,
  to: Io,
  given: readonly [string, string],
  targets: readonly string[],
  options: DiffOptions,
  witness: Witness,
): Promise<readonly (readonly DiffRow[])[]> {
  const opened = createOpenedTrees(false, targets);
  const answers: (readonly DiffRow[])[] = [];
  for (const [index, target] of targets.entries()) {
    const shown = ioWith(io, { progressHead: `${target}, ${index + 1} of ${targets.length} targets: ` });
    const { sides, located } = await compareTwo(shown, given, { ...options, target, opened }, witness, to);
    answers.push(rowsOf(located));
    sides.release();
  }
  return answers;
}

/** Options that each comparison of several takes over. */
function passedOn(options: DiffOptions): readonly string[] {
  return [
    ...(options.tree === undefined ? [] : ["--tree", options.tree]),
    ...(options.machine === undefined ? [] : ["--machine", options.machine]),
    ...(options.treatAs === undefined ? [] : ["--treat-as", options.treatAs]),
    ...(options.allDevices === true ? ["--all-devices"] : []),
    ...(options.declared === true ? ["--declared"] : []),
    ...(options.optional === true ? ["--optional"] : []),
    ...(options.snapshot === undefined ? [] : ["--snapshot", options.snapshot]),
    ...(options.cache ? [] : ["--no-cache"]),
  ];
}

/** The processors share the targets. */
async function printTargets(
  io: Io,
  to: Io,
  given: readonly [string, string],
  options: DiffOptions,
  witness: Witness,
): Promise<ExitCode> {
  if (
    options.baseline !== undefined ||
    options.writeBaseline !== undefined ||
    options.output.length > 0 ||
    !/^(?:text|human|json)$/.test(options.format)
  )
    throw new CannotRun("--target all prints text or json, and takes no baseline: run one target at a time for those");
  const targets = targetsOf(io, given[1], options);
  const share = options.share?.split(",");
  if (share !== undefined) {
    to.out.write(jsonText(await answersOf(io, to, given, share, options, witness)));
    return exitCodes.clean;
  }
  const [first = [], ...others] = sharesOf(targets, io);
  const beside = await startShares(io, others, [...given, ...passedOn(options)]);
  try {
    const own = await answersOf(io, to, given, first, options, witness);
    const answers = [...own, ...(await beside.answers)];
    const rows = mergeTargets(targets, answers);
    to.out.write(options.format === "json" ? jsonDiff(rows) : textRows(rows, styleFor(io)));
    return rows.some(isBreakRow) ? exitCodes.findings : exitCodes.clean;
  } finally {
    beside.stop();
  }
}

async function printMatrix(io: Io, range: string, options: DiffOptions): Promise<ExitCode> {
  if (options.target === allTargets) throw new CannotRun("--matrix: one target at a time; name it with --target");
  if (options.output.length > 0 || !/^(?:text|human|json|markdown)$/.test(options.format))
    throw new CannotRun("--matrix prints text, json or markdown: compare two versions for the others");
  const versions = versionsIn(() => repositoryOf(io, options), range);
  const all = pairsOf(versions);
  if (all.length === 0) throw new CannotRun(`--matrix ${range}: give two versions at least`);
  const { shard } = options;
  const pairs = partOf(all, shard);
  const opened = createOpenedTrees(true);
  const found = new Map<Pair, readonly DiffRow[]>();
  for (const { pair, kept } of inBlocks(pairs)) {
    opened.keepOnly(kept);
    const shown = ioWith(io, { progressHead: `${found.size} of ${pairs.length} comparisons: ` });
    const { located } = await compareTwo(shown, [pair.old, pair.next], { ...options, opened }, witnessOfNothing);
    found.set(pair, rowsOf(located));
  }
  const cells = pairs.map((pair) => cellOf(pair, found.get(pair) ?? []));
  const table = tableOf(versions, cells);
  const breaks = cells.some(({ forwards, backwards }) => forwards + backwards > 0);
  const code = breaks ? exitCodes.findings : exitCodes.clean;
  if (options.format === "json")
    io.out.write(
      answerText(
        cells,
        shard && noteOf("diff --matrix", shard, [versions, options], code, statesOf(io, versions, options)),
      ),
    );
  else io.out.write(options.format === "markdown" ? markdownTable(table) : textTable(table));
  return code;
}
