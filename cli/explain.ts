/** `vmstate explain`: what the messages in a log mean. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { type Answer, candidates, explainLog, linesOf } from "../core/explain";
import { targetNamed } from "../core/c/configuration";
import { jsonText, printable } from "../core/printable";
import { readText } from "../server/node/readFile";
import { openVersions } from "./explain/causes";
import { isStandardInput, standardInputText } from "./inspectInput";
import { projectDecoder } from "./inspectTree";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "./io";
import { formatOption, noCacheOption, targetOption, treatAsOption, treeOption } from "./options";
import { openSession, type TreeOptions } from "./session";
import { explanation } from "../core/ide/text/explanation";
import { styleFor } from "./style";

interface ExplainOptions extends TreeOptions {
  readonly format: "human" | "json";
  readonly from?: string;
  readonly to?: string;
  readonly machine?: string;
  readonly treatAs?: string;
  readonly message?: string;
}

export function registerExplain(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("explain")
    .summary("say what the messages in a migration's log mean")
    .description(
      "Finds each message of a log (QEMU's own, or libvirt's, Proxmox's or KubeVirt's with QEMU's inside) among the calls of the tree that " +
        "print it, and says which section, table and field it is about and what held there. With --from and --to the cause, " +
        "where the tables or the bytes show it; else what it may be, likely first.",
    )
    .argument("[log]", "file with the log; - or none is standard input")
    .option("--message <text>", "the message itself, instead of a log")
    .addOption(treeOption())
    .addOption(targetOption())
    .option("--from <version>", "what wrote the stream: a tree, a revision of --tree, or the stream's file")
    .option("--to <version>", "what loads it: a tree or a revision; with a stream as --from also a second stream")
    .option("-m, --machine <type>", "versioned machine type that both run, as pc-q35-9.2")
    .addOption(treatAsOption())
    .addOption(formatOption())
    .addOption(noCacheOption())
    .addHelpText(
      "after",
      `
Examples:
  vmstate explain /var/log/libvirt/qemu/guest.log --tree ~/qemu
  vmstate explain --message "Missing section footer for 0000:00:03.0/e1000e" --from ~/qemu-9.2 --to ~/qemu-10.0
  virsh start guest 2>&1 | vmstate explain - --from guest.mig --to ~/qemu-10.0

Exit status: 0 a message was found, 1 the log holds none of this tree, 2 could not run.`,
    )
    .action(async (file: string | undefined, options: ExplainOptions) => {
      const log = textOf(io, file, options.message);
      if (linesOf(log).length === 0) throw new CannotRun("the log is empty");
      const progress = progressOn(io);
      const { from, to } = options;
      if ((from === undefined) !== (to === undefined)) throw new CannotRun("--from and --to belong together");
      const versions =
        from === undefined || to === undefined ? undefined : await openVersions(io, { ...options, from, to }, progress);
      const project = versions?.project ?? openSession(io, options).project;
      progress.report("looking for the messages");
      const decoder = projectDecoder(project, options.target ?? targetIn(log));
      const found = explainLog(project, log, { tables: (idstr) => decoder.candidates(idstr) });
      progress.done();
      const answers = found.map((each): Answer => {
        const { section, table } = each.names;
        const causes = versions?.causes(section, table?.name) ?? [];
        const description = table && decoder.candidates(table.name).find(({ symbol }) => symbol === table.symbol);
        return {
          ...each,
          causes,
          candidates: causes.some(({ certain }) => certain) ? [] : candidates(each, description),
        };
      });
      if (options.format === "json") io.out.write(jsonText(answers));
      else {
        for (const line of explanation(answers, log, { style: styleFor(io) })) io.out.write(`${line}\n`);
        const decides = deciding(answers, options);
        if (decides !== undefined) io.out.write(`To decide: ${printable(decides)}\n`);
      }
      finish(answers.length > 0 ? exitCodes.clean : exitCodes.findings);
    });
}

/** The first program that the log names: CPUs of all targets have a table of one name. */
function targetIn(log: string): string | undefined {
  const [, name] = /\bqemu-system-(\w+)/.exec(log) ?? [];
  return name === undefined ? undefined : targetNamed(name);
}

function textOf(io: Io, file: string | undefined, message: string | undefined): string {
  if (message !== undefined) {
    if (file !== undefined) throw new CannotRun("give a log or a --message");
    return message;
  }
  if (file === undefined || isStandardInput(file)) return standardInputText();
  const reading = readText(resolve(io.cwd, file));
  if (reading.kind === "text") return reading.text;
  throw new CannotRun(`${file}: ${reading.kind === "absent" ? "no such file" : reading.reason}`);
}

/** The one command that tells which of the candidates it is. */
function deciding(answers: readonly Answer[], { from, to, machine }: ExplainOptions): string | undefined {
  if (answers.some(({ causes }) => causes.some(({ certain }) => certain))) return undefined;
  const about = answers.find(({ names }) => names.section !== undefined || names.table !== undefined);
  const section = about?.names.section;
  if (about === undefined) return undefined;
  if (from === undefined || to === undefined) {
    return `vmstate explain LOG --from WROTE --to LOADS, each a tree or a revision${machine === undefined ? ", with --machine TYPE" : ""}`;
  }
  return `vmstate inspect STREAM --tree ${from}${section === undefined ? "" : ` --section ${section}`} --fields`;
}
