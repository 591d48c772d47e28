import type { Command } from "commander";
import { compareTrees, machineTypes, machineVersion, treatedAs, treeSide, type TreeFinding } from "../../core/compat";
import { type EndsReport, judgeEnds } from "../../core/confirm/ends";
import { readGiven } from "../../core/emulator";
import type { Style } from "../../core/ide/text/style";
import { printable } from "../../core/printable";
import { QemuFailure } from "../../qemu/failure";
import { withMachine } from "../../qemu/machine";
import { loadStream, saveStream } from "../../qemu/migration";
import { openVersion } from "../diff/sides";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "../io";
import { answerText, noteOf, partOf, type Shard, shardOption } from "../shard";
import { styleFor } from "../style";
import { linesOf, machineOf } from "./order";
import { openQemu, type RealQemu, versionText, withLimits } from "./options";

interface MigrateOptions {
  readonly shard?: Shard;
  readonly from: string;
  readonly to: string;
  readonly fromTree?: string;
  readonly toTree?: string;
  readonly machine: readonly string[];
  readonly timeout: string;
  readonly memoryLimit: string;
  readonly format: "human" | "json";
}

interface LineReport {
  readonly line: string;
  readonly ends: readonly (EndsReport | SideEnded)[];
}

/** No result for one direction: a side does not make the machine, or ended without being asked to. */
interface SideEnded {
  readonly direction: EndsReport["direction"];
  readonly none: string;
}

export function registerMigrate(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withLimits(confirm.command("migrate"))
    .summary("migrate machines between two QEMUs, both ways")
    .description(
      "Saves each machine in one QEMU and loads the stream in the other, and back. With the source trees of both, what they " +
        "do is compared with what diff reads.",
    )
    .requiredOption("--from <program>", "the older QEMU")
    .requiredOption("--to <program>", "the newer QEMU")
    .option("--from-tree <version>", "directory or git revision of the older one's source")
    .option("--to-tree <version>", "directory or git revision of the newer one's source")
    .requiredOption("-m, --machine <line...>", "QEMU command line in quotes, or @FILE with one a line (repeatable)")
    .addOption(shardOption("the machines"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm migrate --from qemu-9.2 --to build/qemu-system-x86_64 --machine "-M pc-q35-9.2 -device e1000e"
  vmstate confirm migrate --from Q1 --to Q2 --from-tree v9.2.0 --to-tree . --machine @machines.txt

Exit status: 0 all is as read (without trees: all loads), 1 something is not, 2 could not run.`,
    )
    .action(async (options: MigrateOptions) => {
      if ((options.fromTree === undefined) !== (options.toTree === undefined)) {
        throw new CannotRun("--from-tree and --to-tree belong together");
      }
      const [from, to] = [
        await openQemu(io, { ...options, qemu: options.from }),
        await openQemu(io, { ...options, qemu: options.to }),
      ];
      if (from.target !== to.target) throw new CannotRun(`--from runs ${from.target}, --to runs ${to.target}`);
      const given = linesOf(io, options.machine);
      const lines = partOf(given, options.shard).map((line) => ({ line, args: machineOf(line).words }));
      const read = reader(io, options, from.target);
      const progress = progressOn(io);
      const reports: LineReport[] = [];
      for (const { line, args } of lines) {
        progress.report(line);
        const ends: (EndsReport | SideEnded)[] = [];
        for (const [source, target, direction] of [
          [from, to, "old->new"],
          [to, from, "new->old"],
        ] as const) {
          ends.push(await migrated(source, target, args, direction, read));
        }
        reports.push({ line, ends });
      }
      progress.done();
      const sides = { from: versionText(from.version), to: versionText(to.version) };
      const style = styleFor(io);
      const code = codeOf(reports.flatMap(({ ends }) => ends));
      const { shard } = options;
      const note = shard && noteOf("confirm migrate", shard, [given, options], code);
      const text =
        options.format === "json"
          ? answerText({ ...sides, target: from.target, machines: reports }, note)
          : `old: ${printable(sides.from)}, new: ${printable(sides.to)}\n${reports.map((each) => lineText(each, style)).join("")}`;
      io.out.write(text);
      finish(code);
    });
}

function codeOf(ends: readonly (EndsReport | SideEnded)[]): ExitCode {
  const shown = ends.filter((each): each is EndsReport => "real" in each);
  const fine = (each: EndsReport): boolean => each.agrees ?? each.real.kind === "loads";
  if (!shown.every(fine)) return exitCodes.findings;
  return shown.length === ends.length ? exitCodes.clean : exitCodes.cannotRun;
}

/** Findings between the two trees on a machine's own version, made once a version; undefined without trees. */
function reader(io: Io, { fromTree, toTree }: MigrateOptions, target: string) {
  if (fromTree === undefined || toTree === undefined) return () => undefined;
  const progress = progressOn(io);
  const [old, next] = [fromTree, toTree].map((version) => ({
    version,
    project: openVersion(io, version, { target }, progress),
  }));
  progress.done();
  const made = new Map<string, readonly TreeFinding[]>();
  return (machine: string): readonly TreeFinding[] | undefined => {
    if (old === undefined || next === undefined) return undefined;
    const treated = treatedAs(machineTypes(next.project), machine);
    if (treated?.note !== undefined) io.err.write(`vmstate: ${printable(treated.note)}\n`);
    const version = treated?.version ?? machineVersion(machine);
    const key = JSON.stringify(version);
    const known = made.get(key);
    if (known !== undefined) return known;
    const [a, b] = [old, next].map((side) => treeSide(side.project, side.version, version));
    const found = a === undefined || b === undefined ? [] : compareTrees(a, b);
    made.set(key, found);
    return found;
  };
}

async function migrated(
  source: RealQemu,
  target: RealQemu,
  args: readonly string[],
  direction: EndsReport["direction"],
  read: (machine: string) => readonly TreeFinding[] | undefined,
): Promise<EndsReport | SideEnded> {
  try {
    const stream = await withMachine(source.program, { args }, saveStream);
    const messages = await withMachine(target.program, { args, incoming: true }, (machine) =>
      loadStream(machine, stream),
    );
    const { sections, configuration } = readGiven(stream);
    const names = sections.map(({ idstr }) => idstr);
    return judgeEnds(direction, messages, names, read(configuration?.machine ?? ""));
  } catch (error) {
    if (!(error instanceof QemuFailure)) throw error;
    if (error.kind === "cancelled") throw new CannotRun("cancelled");
    return { direction, none: error.kind === "ended" ? "set aside: QEMU ended" : error.message };
  }
}

function lineText({ line, ends }: LineReport, style: Style): string {
  return `\n${style.bold(printable(line))}\n${ends.map((each) => `  ${endText(each, style)}\n`).join("")}`;
}

function endText(end: EndsReport | SideEnded, style: Style): string {
  const way = end.direction === "old->new" ? "old to new" : "new to old";
  if ("none" in end) return `${way}: no result: ${printable(end.none)}`;
  const { real, refused, maybeRefused, wrong, agrees } = end;
  const did =
    real.kind === "loads"
      ? style.green("loads")
      : `${style.red("refused")}${real.section === undefined ? "" : ` at ${printable(real.section)}`}: ${printable(real.messages.at(-1) ?? "")}`;
  const reading = [
    refused.length === 0 ? "loads" : `refused at ${refused.map(printable).join(", ")}`,
    ...(maybeRefused.length === 0 ? [] : [`by its state refused at ${maybeRefused.map(printable).join(", ")}`]),
    ...(wrong.length === 0 ? [] : [`wrong values in ${wrong.map(printable).join(", ")}`]),
  ];
  if (agrees === undefined) return `${way}: ${did}`;
  return `${way}: ${did}; read: ${reading.join(", ")}${agrees ? "" : style.yellow(" (not as read)")}`;
}
