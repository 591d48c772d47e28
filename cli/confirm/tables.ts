import type { Command } from "commander";
import { compareTables } from "../../core/confirm/tables";
import { tablesDiffer, tablesText } from "../../core/ide/text/confirmTables";
import { jsonText } from "../../core/printable";
import { dumpVmstate } from "../../core/project/dump";
import { realDump } from "../../qemu/dump";
import { type ExitCode, exitCodes, type Io } from "../io";
import { styleFor } from "../style";
import { type ConfirmOptions, openQemu, openTreeFor, saying, versionText, withTreeOptions } from "./options";

export function registerTables(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withTreeOptions(confirm.command("tables"))
    .summary("compare the tables that a binary prints with those of a tree")
    .description(
      "Lets a QEMU print its own tables (-dump-vmstate) and compares them with those of a source tree: whether the two " +
        "belong together, and which type, field, version or size differs.",
    )
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm tables --qemu build/qemu-system-x86_64
  vmstate confirm tables --qemu qemu-system-aarch64 --tree ~/qemu --all

Exit status: 0 equal in all that a stream shows, 1 not, 2 could not run.`,
    )
    .action(async (options: ConfirmOptions) => {
      const qemu = await openQemu(io, options);
      const dump = await saying(options.qemu, () => realDump(qemu.program));
      const { project, version } = openTreeFor(io, options, qemu);
      const report = compareTables(project, dump, dumpVmstate(project, { explain: true }));
      const sides = { binary: versionText(qemu.version), tree: version };
      const text =
        options.format === "json"
          ? jsonText({ ...sides, target: qemu.target, ...report })
          : tablesText(report, { style: styleFor(io), all: options.all === true, ...sides });
      io.out.write(text);
      finish(tablesDiffer(report) ? exitCodes.findings : exitCodes.clean);
    });
}
