import type { Command } from "commander";
import { dumpVmstate } from "../core/project/dump";
import { didYouMean } from "../core/nearest";
import { jsonText } from "../core/printable";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { buildOption, configOption, targetOption, treeOption, noCacheOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";

interface DumpCommandOptions extends TreeOptions {
  readonly type?: readonly string[];
  readonly explain?: true;
  readonly machine?: string;
}

export function registerDump(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("dump")
    .summary("print the tables as QEMU's own -dump-vmstate does")
    .description(
      "Prints the device tables of a source tree as QEMU's own -dump-vmstate does, as JSON. What cannot be known is null.",
    )
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(noCacheOption())
    .addOption(configOption())
    .addOption(buildOption())
    .option("--type <name...>", "print these QOM types only")
    .option("--explain", "add what was unknown and why, and the conditions of types and fields")
    .option("--machine <name>", "machine name to print; it has no influence on the rest")
    .addHelpText(
      "after",
      `
Examples:
  vmstate dump --tree ~/qemu --type e1000e
  vmstate dump --tree ~/qemu --target aarch64 > new.json
  vmstate dump --tree ~/qemu --type hpet --config CONFIG_HAVE_RUST=y
  scripts/vmstate-static-checker.py -s old.json -d new.json

Exit status: 0 printed, 2 could not run.`,
    )
    .action((options: DumpCommandOptions) => {
      const { project } = openSession(io, options);
      const dump = dumpVmstate(project, {
        ...(options.type === undefined ? {} : { types: options.type }),
        ...(options.machine === undefined ? {} : { machine: options.machine }),
        explain: options.explain === true,
      });
      const absent = (options.type ?? []).filter((name) => dump[name] === undefined);
      const [first] = absent;
      if (first !== undefined) {
        const near = didYouMean(first, Object.keys(dumpVmstate(project)));
        throw new CannotRun(`no device type with a table is named ${absent.join(", ")}${near}`);
      }
      io.out.write(jsonText(dump));
      finish(exitCodes.clean);
    });
}
