import type { Command } from "commander";
import { type Move, simulate } from "../core/emulator";
import { simulationText } from "../server/text/simulation";
import { CannotRun, exitCodes, progressOn } from "./io";
import type { ExitCode, Io } from "./io";
import { formatOption, machineOption, targetOption, treeOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { styleFor } from "./style";

interface SimulateOptions extends TreeOptions {
  readonly format: "human" | "json";
  readonly machine: string;
  readonly to?: string;
  readonly first?: readonly string[];
  readonly last?: readonly string[];
  readonly seed?: string;
  readonly remapping: boolean;
  readonly defaults?: true;
  readonly all?: true;
}

const usualMachine = "-M q35 -device intel-iommu -device ich9-ahci";

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
    .addOption(machineOption().default(usualMachine))
    .addOption(formatOption())
    .option("--to <dir>", "tree of the destination's QEMU (default: the same)")
    .option("--first <section...>", "send these sections before all others")
    .option("--last <section...>", "send these sections behind all others")
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
  vmstate simulate --tree ~/qemu-10.0 --to ~/qemu-10.2    to a newer release

Exit status: 0 it completes, 1 it fails or goes on with wrong state, 2 could not run.`,
    )
    .action((options: SimulateOptions) => {
      const { project } = openSession(io, options);
      const destination =
        options.to === undefined ? undefined : openSession(io, { ...options, tree: options.to }).project;
      const progress = progressOn(io);
      const report = simulate(project, {
        machine: options.machine,
        moves: movesOf(options),
        remapping: options.remapping,
        defaults: options.defaults === true,
        ...(destination === undefined ? {} : { destination }),
        ...(options.seed === undefined ? {} : { seed: seedOf(options.seed) }),
        progress: (done, label) => progress.report(`${Math.round(done * 100)} % ${label}`),
      });
      progress.done();
      if (!report.ok) throw new CannotRun(report.message);
      const text =
        options.format === "json"
          ? `${JSON.stringify(report.value, null, 2)}\n`
          : simulationText(report.value, { style: styleFor(io), all: options.all === true });
      io.out.write(text);
      finish(report.value.outcome === "completed" ? exitCodes.clean : exitCodes.findings);
    });
}

function movesOf({ first = [], last = [] }: SimulateOptions): readonly Move[] {
  return [
    ...[...first].reverse().map((section): Move => ({ section, to: "first" })),
    ...last.map((section): Move => ({ section, to: "last" })),
  ];
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new CannotRun(`--seed ${text}: not a whole number`);
  return seed;
}
