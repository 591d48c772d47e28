import type { Command } from "commander";
import { coverageOf } from "../../core/code";
import { type ProbeText, probeText } from "../../core/ide/text/confirmProbe";
import type { Project } from "../../core/project";
import { deviceDescription } from "../../core/project/dump";
import { membersRead } from "../../core/confirm/registerMembers";
import { type LostRegister, probe } from "../../qemu/probe/probe";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "../io";
import { answerText, noteOf, partOf, shardOption } from "../shard";
import { styleFor } from "../style";
import { machineOf } from "./order";
import { type ConfirmOptions, openQemu, openTreeFor, saying, versionText, withTreeOptions } from "./options";

interface ProbeOptions extends ConfirmOptions {
  readonly device?: readonly string[];
  readonly machine?: string;
}

const pcs: readonly string[] = ["x86_64", "i386"];
export const usualMachine = "-M q35,vmport=off -m 64";

export function isPcTarget(target: string): boolean {
  return pcs.includes(target);
}

export function registerProbe(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withTreeOptions(confirm.command("probe"))
    .summary("find registers that a migration loses")
    .description(
      "Writes a device's registers as a guest would, migrates the machine within the same QEMU, and reads them again: what " +
        "differs is lost, or rebuilt otherwise. With --tree, the members that no table of the device saves stand beside it.",
    )
    .option(
      "--device <device...>",
      "what -device takes: e1000, or edu,dma_mask=0xff (repeatable); else the machine's own devices",
    )
    .addOption(shardOption("the devices"))
    .option("-m, --machine <line>", `QEMU command line of the machine (default with x86: "${usualMachine}")`)
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm probe --qemu build/qemu-system-x86_64 --device e1000 --device edu --tree ~/qemu
  vmstate confirm probe --qemu build/qemu-system-arm --machine "-M netduino2"

Exit status: 0 nothing is lost, 1 something is, 2 could not run.`,
    )
    .action(async (options: ProbeOptions) => {
      const qemu = await openQemu(io, options);
      const isPc = isPcTarget(qemu.target);
      const line = options.machine ?? (isPc ? usualMachine : undefined);
      if (line === undefined) throw new CannotRun(`--machine: name one of ${qemu.target}`);
      const { words } = machineOf(line);
      const session = options.tree === undefined ? undefined : openTreeFor(io, options, qemu);
      const project = session?.project;
      const progress = progressOn(io);
      const reports: ProbeText[] = [];
      for (const device of partOf(options.device ?? [undefined], options.shard)) {
        progress.report(device ?? line);
        const { arrived: _, ...report } = await saying(options.qemu, () =>
          probe(qemu.program, { args: words, device, isPc }),
        );
        const unsaved = project === undefined || device === undefined ? undefined : unsavedOf(project, device);
        const lost = project === undefined ? report.lost : report.lost.map((each) => withMembers(project, each));
        reports.push({ ...report, lost, probed: device ?? line, ...(unsaved === undefined ? {} : { unsaved }) });
      }
      progress.done();
      const isLost = reports.some(({ lost }) => lost.length > 0);
      const isRefused = reports.some(({ refused }) => refused !== undefined);
      const code = isLost ? exitCodes.findings : isRefused ? exitCodes.cannotRun : exitCodes.clean;
      const { shard } = options;
      const note = shard && noteOf("confirm probe", shard, options, code, session?.state());
      const text =
        options.format === "json"
          ? answerText({ binary: versionText(qemu.version), target: qemu.target, devices: reports }, note)
          : reports.map((each) => probeText(each, styleFor(io), options.all === true)).join("\n");
      io.out.write(text);
      finish(code);
    });
}

function withMembers(project: Project, register: LostRegister): LostRegister & { readonly members: readonly string[] } {
  // what lies in an embedded struct is named by that struct too
  const own = [...membersRead(project, register)].filter((each) => !each.includes("."));
  return { ...register, members: own.map((each) => each.replace(" ", ".")) };
}

/** `struct.member` of the type's own struct, where a table saves others of it; undefined where the type has no table. */
function unsavedOf(project: Project, device: string): readonly string[] | undefined {
  const [type = ""] = device.split(",");
  const reference = deviceDescription(project, type);
  const description = reference && project.resolve(reference);
  const coverage = description && coverageOf(project, description);
  return coverage?.unsaved.map(({ name }) => `${coverage.structName}.${name}`);
}
