import type { Command } from "commander";
import type { Project } from "../core/project";
import { machineTypes, openQuestions, treatedAs } from "../core/compat";
import {
  bytesOf,
  type Damage,
  type Link,
  type Move,
  type Outcome,
  simulate,
  simulateLoad,
  type SimulationReport,
  usualCommandLine,
} from "../core/emulator";
import { jsonText } from "../core/printable";
import { usualMachine } from "../server/machines";
import { perfettoTrace } from "../core/ide/text/perfetto";
import { simulationText } from "../core/ide/text/simulation";
import { simulationHtml } from "../core/ide/text/simulationHtml";
import { CannotRun, exitCodes, progressOn } from "./io";
import type { ExitCode, Io } from "./io";
import {
  buildOption,
  configOption,
  formatOption,
  machineOption,
  targetOption,
  treatAsOption,
  treeOption,
  noCacheOption,
  snapshotOption,
} from "./options";
import { openSession } from "./session";
import { openVersion } from "./diff/sides";
import { bytesToLoad } from "./streamFile";
import type { TreeOptions } from "./session";
import { styleFor } from "./style";

interface SimulateOptions extends TreeOptions {
  readonly format: "human" | "json" | "html" | "perfetto";
  readonly machine: string;
  readonly from?: string;
  readonly to?: string;
  readonly first?: readonly string[];
  readonly last?: readonly string[];
  readonly drop?: readonly string[];
  readonly toMachine?: string;
  readonly treatAs?: string;
  readonly load?: string;
  readonly snapshot?: string;
  readonly cut?: string;
  readonly flip?: string;
  readonly loseFooter?: string;
  readonly seed?: string;
  readonly bandwidth?: string;
  readonly downtime?: string;
  readonly dirtyRate?: string;
  readonly remapping: boolean;
  readonly defaults?: true;
  readonly all?: true;
}

export function registerSimulate(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("simulate")
    .summary("migrate the machine that the definitions describe")
    .description(
      "Builds the machine of a QEMU command line from the tree's definitions, saves it in QEMU's wire format and loads " +
        "it section by section: devices that do DMA while they load go through what their IOMMU has loaded so far.",
    )
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(noCacheOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(machineOption().default(usualCommandLine))
    .addOption(treatAsOption())
    .addOption(formatOption("html", "perfetto"))
    .option("--from <version>", "directory or git revision of the source's QEMU (default: --tree)")
    .option("--to <version>", "directory or git revision of the destination's QEMU (default: the source's)")
    .option("--first <section...>", "send these sections before all others")
    .option("--last <section...>", "send these sections behind all others")
    .option("--drop <section...>", "do not send these sections")
    .option("--to-machine <line>", "command line of the destination (default: the same)")
    .option("--load <file>", "load a given stream; the machine is the stream's own unless --machine is given")
    .addOption(snapshotOption())
    .option("--cut <byte>", "the stream ends before this byte")
    .option("--flip <byte>", "this byte arrives with its bits turned over")
    .option("--lose-footer <section>", "the section arrives without its footer")
    .option("--bandwidth <size>", "bytes a second that the link carries (QEMU's max-bandwidth; default: 128M)")
    .option("--downtime <ms>", "milliseconds that the guest may stand still (QEMU's downtime-limit; default: 300)")
    .option("--dirty-rate <size>", "bytes a second that the running guest writes (default: 16M)")
    .option("--seed <number>", "other contents of the devices' state")
    .option("--no-remapping", "the guest has not switched its IOMMU on")
    .option("--defaults", "with the board's default devices, as without -nodefaults")
    .option("-a, --all", "print every section and event")
    .addHelpText(
      "after",
      `
Examples:
  vmstate simulate --tree ~/qemu
  vmstate simulate --tree ~/qemu --machine "-M q35 -device intel-iommu -device qemu-xhci"
  vmstate simulate --tree ~/qemu --last iommu-intel       as if the IOMMU's priority were gone
  vmstate simulate --from ~/qemu-10.0 --to ~/qemu-10.2    to a newer release
  vmstate simulate --tree ~/qemu --from v10.1.0 --to HEAD --machine "-M pc-q35-10.1 -device e1000e"
  vmstate simulate --tree ~/qemu --load guest.mig         what the destination makes of a real stream
  vmstate simulate --load guest.mig --to ~/qemu-10.2      what a newer release makes of it
  vmstate simulate --tree ~/qemu --format html > load.html    one file for a mail or an issue, with a timeline
  vmstate simulate --tree ~/qemu --format perfetto > load.json  for ui.perfetto.dev or chrome://tracing

Exit status: 0 it completes, 1 it fails, goes on with wrong state, or that is not known, 2 could not run.`,
    )
    .action(async (options: SimulateOptions, command: Command) => {
      const progress = progressOn(io);
      const version = (given: string): Project => openVersion(io, given, options, progress);
      const ownMachine = command.getOptionValueSource("machine") !== "default";
      const common = {
        defaults: options.defaults === true,
        treatAs: options.treatAs,
        link: linkOf(options),
        progress: (done: number, label: string) => progress.report(`${Math.round(done * 100)} % ${label}`),
      };
      const tree = (given: string | undefined): Project =>
        given === undefined ? openSession(io, options).project : version(given);
      const load = async (file: string): Promise<Outcome<SimulationReport>> => {
        refuseBesidesLoad(options, ownMachine);
        const { bytes, described } = await bytesToLoad(io, file, options);
        const machine = options.toMachine ?? (ownMachine ? options.machine : undefined);
        return simulateLoad(tree(options.to), bytes, {
          ...common,
          described,
          ...(machine === undefined ? {} : { machine }),
          changes: { moves: movesOf(options), drop: options.drop ?? [], ...damageOf(options) },
        });
      };
      const migrate = (): Outcome<SimulationReport> => {
        const project = tree(options.from);
        const destination = options.to === undefined ? undefined : version(options.to);
        const report = simulate(project, {
          ...common,
          machine: ownMachine ? options.machine : usualMachine(project),
          moves: movesOf(options),
          remapping: options.remapping,
          ...(destination === undefined ? {} : { destination }),
          ...(options.drop === undefined ? {} : { drop: options.drop }),
          ...(options.toMachine === undefined ? {} : { destinationMachine: options.toMachine }),
          ...damageOf(options),
          ...(options.seed === undefined ? {} : { seed: seedOf(options.seed) }),
        });
        if (destination === undefined || !report.ok) return report;
        return { ok: true, value: withQuestions(report.value, project, destination, options.treatAs) };
      };
      if (options.snapshot !== undefined && options.load === undefined)
        throw new CannotRun("--snapshot goes with --load");
      const report = options.load === undefined ? migrate() : await load(options.load);
      progress.done();
      if (!report.ok) throw new CannotRun(report.message);
      const shown = report.value;
      io.out.write(textOf(shown, options, io));
      finish(report.value.outcome === "completed" ? exitCodes.clean : exitCodes.findings);
    });
}

function textOf(report: SimulationReport, { format, all }: SimulateOptions, io: Io): string {
  switch (format) {
    case "json":
      return jsonText(report);
    case "html":
      return simulationHtml(report);
    case "perfetto":
      return perfettoTrace(report);
    case "human":
      return simulationText(report, { style: styleFor(io), all: all === true });
  }
}

/** What a given stream already says, or what only a running source has. */
function refuseBesidesLoad(options: SimulateOptions, ownMachine: boolean): void {
  const said: readonly (readonly [boolean, string])[] = [
    [options.from !== undefined, "--from: the stream's source has written it; --to is the version that loads it"],
    [options.seed !== undefined, "--seed: the devices' state is in the stream"],
    [!options.remapping, "--no-remapping: the stream says whether its IOMMU is on"],
    [options.dirtyRate !== undefined, "--dirty-rate: the guest's pages are in the stream"],
    [ownMachine && options.toMachine !== undefined, "--machine and --to-machine: both are the machine that loads it"],
  ];
  const found = said.find(([given]) => given);
  if (found !== undefined) throw new CannotRun(`--load does not go with ${found[1]}`);
}

/** Notes on what the two versions work out by their own code: a generated state does not have it. */
function withQuestions(
  report: SimulationReport,
  from: Project,
  to: Project,
  treatAs: string | undefined,
): SimulationReport {
  const version = treatedAs(machineTypes(from), report.machine, treatAs)?.version;
  const idstrs = report.sections.map(({ idstr }) => idstr);
  const open = openQuestions(from, to, version, idstrs);
  return { ...report, notes: [...open.map((each) => `not simulated: ${each}`), ...report.notes] };
}

function movesOf({ first = [], last = [] }: SimulateOptions): readonly Move[] {
  return [
    ...[...first].reverse().map((section): Move => ({ section, to: "first" })),
    ...last.map((section): Move => ({ section, to: "last" })),
  ];
}

function damageOf({ cut, flip, loseFooter }: SimulateOptions): { readonly damage?: Damage } {
  if ([cut, flip, loseFooter].filter((each) => each !== undefined).length > 1) {
    throw new CannotRun("one of --cut, --flip and --lose-footer at a time");
  }
  if (loseFooter !== undefined) return { damage: { kind: "footer", section: loseFooter } };
  if (cut !== undefined) return { damage: { kind: "cut", at: byteOf("--cut", cut) } };
  return flip === undefined ? {} : { damage: { kind: "flip", at: byteOf("--flip", flip) } };
}

function linkOf({ bandwidth, downtime, dirtyRate }: SimulateOptions): Partial<Link> {
  return {
    ...(bandwidth === undefined ? {} : { bandwidth: aboveZero("--bandwidth", bandwidth, bytesOf(bandwidth)) }),
    ...(downtime === undefined ? {} : { downtimeLimit: aboveZero("--downtime", downtime, Number(downtime)) }),
    ...(dirtyRate === undefined ? {} : { dirtyRate: aboveZero("--dirty-rate", dirtyRate, bytesOf(dirtyRate)) }),
  };
}

function aboveZero(option: string, text: string, value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value) || value <= 0) {
    throw new CannotRun(`${option} ${text}: not a number above zero`);
  }
  return value;
}

function byteOf(option: string, text: string): number {
  const at = Number(text);
  if (!Number.isSafeInteger(at) || at < 0) throw new CannotRun(`${option} ${text}: not a place in the stream`);
  return at;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new CannotRun(`--seed ${text}: not a whole number`);
  return seed;
}
