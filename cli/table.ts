import type { Command } from "commander";
import { seesTables, tablesHeader } from "../core/ide/table/include";
import { proposeTable } from "../core/ide/table/propose";
import { proposalText } from "../core/ide/text/proposal";
import { didYouMean } from "../core/nearest";
import { jsonText } from "../core/printable";
import type { Project } from "../core/project";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { buildOption, configOption, formatOption, noCacheOption, targetOption, treeOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { styleFor } from "./style";

interface TableOptions extends TreeOptions {
  readonly format: "human" | "json";
}

export function registerTable(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("table")
    .summary("propose a table for a struct")
    .description(
      "Proposes a VMStateDescription for a struct: the macro of this tree for each member, and for each member that is left out what speaks against it. Nothing is written.",
    )
    .argument("<file>", "file that declares the struct, or a source that sees it")
    .argument("<struct>", "its name: DemoState, or 'struct DemoState'")
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
  vmstate table hw/timer/mytimer.c MyTimerState
  vmstate table --tree ~/qemu ./mydevice.c MyDeviceState --format json

Exit status: 0 printed, 2 could not run.`,
    )
    .action((file: string, struct: string, options: TableOptions) => {
      const { project, selection } = openSession(io, options, [file]);
      const path = selection?.paths[0] ?? file;
      const found = proposeTable(project, path, struct);
      if (found === undefined) {
        throw new CannotRun(
          `${file}: no struct ${struct} is seen there${didYouMean(struct, structsIn(project, path))}`,
        );
      }
      if (!seesTables(project, path)) {
        throw new CannotRun(`${file} does not include ${tablesHeader(project) ?? "a header with VMStateDescription"}`);
      }
      if (options.format === "json") io.out.write(jsonText(found));
      else io.out.write(proposalText(project, found, styleFor(io)));
      finish(exitCodes.clean);
    });
}

function structsIn(project: Project, path: string): readonly string[] {
  return (project.facts(path)?.declarations ?? []).flatMap((each) => {
    if (each.kind === "typedef") return each.names;
    return each.kind === "struct" && each.tag !== undefined ? [`struct ${each.tag}`] : [];
  });
}
