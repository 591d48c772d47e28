import type { Command } from "commander";
import { boardReport, buildBoard, machinesReport, machineTypes } from "../core/board";
import { boardText, machinesText } from "../core/ide/text/board";
import { didYouMean } from "../core/nearest";
import { jsonText } from "../core/printable";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { buildOption, configOption, formatOption, noCacheOption, targetOption, treeOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { styleFor } from "./style";

interface MachineOptions extends TreeOptions {
  readonly format: "human" | "json";
  readonly machine?: string;
}

export function registerMachine(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("machine")
    .summary("show what a board holds, read from its source")
    .description(
      "Runs the C that sets a board up, without QEMU: its tree of devices, the sections in the order in which they are registered with the line that does it, and what could not be followed. Without -M, the target's machine types.",
    )
    .option("-M, --machine <name>", "machine type, as QEMU's -M takes it; its board is that of -nodefaults")
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(noCacheOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Examples:
  vmstate machine --target aarch64 --tree ~/qemu             the machine types of a target
  vmstate machine --target aarch64 -M raspi3b --tree ~/qemu
  vmstate machine --target arm -M raspi0 --format json | jq '.sections[].idstr'

What is listed under "open" decides something that is not known from the source: sections may be missing there. Branches that
only complain (error_setg, exit) are taken as not run, as on a board that works. Code that does not end is followed up to a
bound, and the place is listed too.

Exit status: 0 printed, 1 printed, with something left open, 2 could not run.`,
    )
    .action((options: MachineOptions) => {
      const { project } = openSession(io, options);
      const style = styleFor(io);
      if (options.machine === undefined) {
        const report = machinesReport(project, machineTypes(project));
        io.out.write(options.format === "json" ? jsonText(report) : machinesText(report, style));
        finish(report.open.length === 0 ? exitCodes.clean : exitCodes.findings);
        return;
      }
      const board = buildBoard(project, options.machine);
      if (board === undefined) {
        const { machines, open } = machinesReport(project, machineTypes(project));
        const names = machines.flatMap(({ name, aliases }) => [name, ...aliases]);
        const target = project.configuration.target.name;
        const [bound] = open;
        const among = bound === undefined ? "" : `, of those read before ${bound.file}:${bound.line}: ${bound.reason}`;
        throw new CannotRun(
          `-M ${options.machine}: no machine type of ${target}${among}${didYouMean(options.machine, names)}`,
        );
      }
      const report = boardReport(project, board);
      io.out.write(options.format === "json" ? jsonText(report) : boardText(report, style));
      finish(report.open.length === 0 ? exitCodes.clean : exitCodes.findings);
    });
}
