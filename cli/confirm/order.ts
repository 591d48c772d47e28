import type { Command } from "commander";
import { resolve } from "node:path";
import { compareOrder, type OrderReport } from "../../core/confirm/order";
import { commandLineWords, parseCommandLine, type MachineRequest } from "../../core/emulator";
import { confirmedOrderText, orderDiffers } from "../../core/ide/text/confirmOrder";
import type { Style } from "../../core/ide/text/style";
import { printable } from "../../core/printable";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { QemuFailure } from "../../qemu/failure";
import { withMachine } from "../../qemu/machine";
import { saveStream } from "../../qemu/migration";
import type { QemuProgram } from "../../qemu/program";
import { readText } from "../../server/node/readFile";
import { projectDecoding } from "../inspectTree";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "../io";
import { answerText, noteOf, partOf, shardOption } from "../shard";
import { styleFor } from "../style";
import { type ConfirmOptions, openQemu, openTreeFor, versionText, withTreeOptions } from "./options";

interface OrderOptions extends ConfirmOptions {
  readonly machine: readonly string[];
}

type LineReport =
  | ({ readonly line: string } & OrderReport)
  /** `set aside`: QEMU ended without being asked to, and nothing is said of that line. */
  | { readonly line: string; readonly refused: string }
  | { readonly line: string; readonly setAside: true };

export function registerConfirmedOrder(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withTreeOptions(confirm.command("order"))
    .summary("compare machines' real streams with what is read for them")
    .description(
      "Starts the machine of a command line, saves it, and compares its stream with what the source tree says of the same " +
        "line: which sections in which order, their ids and versions, and their bytes, field by field.",
    )
    .requiredOption("-m, --machine <line...>", "QEMU command line in quotes, or @FILE with one a line (repeatable)")
    .addOption(shardOption("the machines"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm order --qemu build/qemu-system-x86_64 --machine "-M q35 -device intel-iommu -device e1000e"
  vmstate confirm order --qemu qemu-system-aarch64 --machine @machines.txt --format json

Exit status: 0 as read, 1 not, 2 could not run.`,
    )
    .action(async (options: OrderOptions) => {
      const lines = linesOf(io, options.machine);
      const machines = partOf(lines, options.shard).map((line) => ({ line, ...machineOf(line) }));
      const qemu = await openQemu(io, options);
      const { project, state } = openTreeFor(io, options, qemu);
      const decoding = projectDecoding(project, qemu.target);
      const progress = progressOn(io);
      const reports: LineReport[] = [];
      for (const { line, words, request } of machines) {
        progress.report(line);
        const stream = await savedStream(qemu.program, words);
        if ("bytes" in stream) {
          const inspection = inspectStream(memorySource(stream.bytes), decoding);
          reports.push({ line, ...compareOrder(project, request, inspection) });
        } else reports.push({ line, ...stream });
      }
      progress.done();
      const [only] = reports;
      if (options.shard === undefined && reports.length === 1 && only !== undefined && !("sections" in only)) {
        throw new CannotRun(
          `--machine ${only.line}: ${"refused" in only ? only.refused : "QEMU ended without being asked to"}`,
        );
      }
      const wrong = reports.some((report) => "sections" in report && orderDiffers(report));
      const all = reports.every((report) => "sections" in report);
      const code = wrong ? exitCodes.findings : all ? exitCodes.clean : exitCodes.cannotRun;
      const { shard } = options;
      const note = shard && noteOf("confirm order", shard, [lines, options], code, state());
      const text =
        options.format === "json"
          ? answerText({ binary: versionText(qemu.version), target: qemu.target, machines: reports }, note)
          : reports.map((report) => reportText(report, styleFor(io), options.all === true)).join("\n");
      io.out.write(text);
      finish(code);
    });
}

async function savedStream(
  program: QemuProgram,
  args: readonly string[],
): Promise<{ readonly bytes: Uint8Array } | { readonly refused: string } | { readonly setAside: true }> {
  try {
    return { bytes: await withMachine(program, { args }, saveStream) };
  } catch (error) {
    if (error instanceof QemuFailure && error.kind === "cancelled") throw new CannotRun("cancelled");
    if (!(error instanceof QemuFailure)) throw error;
    return error.kind === "ended" ? { setAside: true } : { refused: error.message };
  }
}

function reportText(report: LineReport, style: Style, all: boolean): string {
  const head = `${style.bold(printable(report.line))}\n`;
  if ("sections" in report) return head + confirmedOrderText(report, style, all);
  return `${head}${"refused" in report ? `refused: ${printable(report.refused)}` : "set aside: QEMU ended"}\n`;
}

/** Of `--machine`. Throws CannotRun. */
export function linesOf(io: Io, given: readonly string[]): readonly string[] {
  return given.flatMap((each) => (each.startsWith("@") ? linesIn(io, each.slice(1)) : [each]));
}

function linesIn(io: Io, file: string): readonly string[] {
  const reading = readText(resolve(io.cwd, file));
  if (reading.kind !== "text") {
    throw new CannotRun(`--machine @${file}: ${reading.kind === "absent" ? "no such file" : reading.reason}`);
  }
  return reading.text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** A command line as words for QEMU and as it is read. Throws CannotRun. */
export function machineOf(line: string): { readonly words: readonly string[]; readonly request: MachineRequest } {
  const words = commandLineWords(line);
  const request = parseCommandLine(line);
  if (!words.ok || !request.ok)
    throw new CannotRun(`--machine: ${words.ok ? !request.ok && request.message : words.message}`);
  const [first] = words.value;
  return { words: first?.startsWith("-") === true ? words.value : words.value.slice(1), request: request.value };
}
