import { type Command, InvalidArgumentError } from "commander";
import { changedByLoad, isKept, type RoundTripReport, withRegisters } from "../../core/confirm/roundTrip";
import { roundTripText, type RoundTripText } from "../../core/ide/text/confirmRoundTrip";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { QemuFailure } from "../../qemu/failure";
import { dutId } from "../../qemu/probe/found";
import { roundTrip, type TrippedMachine } from "../../qemu/roundTrip";
import type { QemuProgram } from "../../qemu/program";
import { realTypes } from "../../qemu/types";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "../io";
import { answerText, noteOf, partOf, shardOption } from "../shard";
import { styleFor } from "../style";
import { linesOf, machineOf } from "./order";
import { openQemu, type QemuOptions, saying, versionText, withLimits } from "./options";
import { isPcTarget, usualMachine } from "./probe";

interface RoundTripOptions extends QemuOptions {
  readonly machine?: readonly string[];
  readonly device?: readonly string[];
  /** Seconds. */
  readonly run?: number;
  readonly format: "human" | "json";
}

interface LineReport {
  readonly line: string;
  readonly states: readonly RoundTripText[];
}

interface Tried {
  readonly line: string;
  readonly machine: Omit<TrippedMachine, "before">;
}

export function registerRoundTrip(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withLimits(confirm.command("roundtrip"))
    .summary("save, load and save again: what does a load change?")
    .description(
      "Saves a machine, loads the stream in another process of the same QEMU and saves it there: field by field, what is not as " +
        "it was saved has been changed by the load. Done as the machine starts and after its registers were written as a guest " +
        "would; with --run also after its guest has run, and then with the processors' registers as the monitor prints them. " +
        "What two starts, or two loads, do not have in common either is set aside.",
    )
    .requiredOption("--qemu <program>", "the QEMU to run: a path, or a name to look for in PATH")
    .option(
      "-m, --machine <line...>",
      `QEMU command line, or @FILE with one a line (default with x86: "${usualMachine}")`,
    )
    .option(
      "--device <device...>",
      "what -device takes, each tried by itself (repeatable); all: every type of the binary",
    )
    .option("--run <seconds>", "let the guest run so long, too: firmware, or what the line boots", secondsIn)
    .addOption(shardOption("machines and devices"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm roundtrip --qemu build/qemu-system-x86_64 --device e1000e --device nvme,serial=1
  vmstate confirm roundtrip --qemu qemu-system-aarch64 --machine @machines.txt --format json
  vmstate confirm roundtrip --qemu qemu-system-ppc64 --machine "-M pseries" --run 3

Exit status: 0 all is as it was saved, 1 a load changes something, 2 could not run.`,
    )
    .action(async (options: RoundTripOptions) => {
      const qemu = await openQemu(io, options);
      const isPc = isPcTarget(qemu.target);
      const given = options.machine ?? (isPc ? [usualMachine] : undefined);
      if (given === undefined) throw new CannotRun(`--machine: name one of ${qemu.target}`);
      const lines = linesOf(io, given).map((line) => ({ line, args: machineOf(line).words }));
      const isAll = options.device?.includes("all") === true;
      const devices = isAll
        ? await saying(options.qemu, () => realTypes(qemu.program, "device"))
        : (options.device ?? [undefined]);
      const everything = lines.flatMap(({ line, args }) =>
        devices.map((device): Tried => {
          if (device === undefined) return { line, machine: { args, id: undefined, isPc } };
          const more = [...args, "-device", `${device},id=${dutId}`];
          return { line: `${line} -device ${device}`, machine: { args: more, id: dutId, isPc } };
        }),
      );
      const { shard } = options;
      const tried = partOf(everything, shard);
      const progress = progressOn(io);
      const reports: LineReport[] = [];
      for (const { line, machine } of tried) {
        progress.report(line);
        const states = await statesOf(qemu.program, machine, options.run);
        // a type that no -device makes
        if (!isAll || states.some(({ report }) => typeof report !== "string")) reports.push({ line, states });
      }
      progress.done();
      const leftOut = tried.length - reports.length;
      const code = codeOf(reports.flatMap(({ states }) => states));
      const note = shard && noteOf("confirm roundtrip", shard, [lines, options], code);
      io.out.write(
        options.format === "json"
          ? answerText({ binary: versionText(qemu.version), target: qemu.target, machines: reports, leftOut }, note)
          : reports.map(({ line, states }) => roundTripText(line, states, styleFor(io))).join("\n") +
              (leftOut === 0 ? "" : `\n${leftOut} of ${tried.length} types are no device of this machine\n`),
      );
      finish(code);
    });
}

function codeOf(states: readonly RoundTripText[]): ExitCode {
  const shown = states.flatMap(({ report }): readonly RoundTripReport[] =>
    typeof report === "string" ? [] : [report],
  );
  if (!shown.every(isKept)) return exitCodes.findings;
  return shown.length > 0 ? exitCodes.clean : exitCodes.cannotRun;
}

async function statesOf(
  program: QemuProgram,
  machine: Tried["machine"],
  seconds: number | undefined,
): Promise<readonly RoundTripText[]> {
  const started = await reportOf(program, { ...machine, before: "nothing" });
  const states: RoundTripText[] = [{ state: "started", report: started }];
  if (typeof started === "string") return states;
  states.push({ state: "written", report: await reportOf(program, { ...machine, before: "written" }) });
  if (seconds !== undefined) {
    states.push({ state: "ran", report: await reportOf(program, { ...machine, before: { seconds } }) });
  }
  return states;
}

async function reportOf(program: QemuProgram, machine: TrippedMachine): Promise<RoundTripReport | string> {
  try {
    const { saved, again, alike, registers } = await roundTrip(program, machine);
    const [a, b, c, d] = [saved, again, ...alike].map((bytes) => inspectStream(memorySource(bytes)));
    if (!a || !b || !c || !d) return "no stream";
    const report = changedByLoad(a, b, [c, d]);
    if (registers === undefined) return report;
    const [before, ...loaded] = registers;
    return withRegisters(report, before, loaded);
  } catch (error) {
    if (!(error instanceof QemuFailure)) throw error;
    if (error.kind === "cancelled") throw new CannotRun("cancelled");
    return error.kind === "ended" ? "set aside: QEMU ended" : error.message;
  }
}

function secondsIn(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= longestRun)) throw new InvalidArgumentError(`Give seconds, up to ${longestRun}.`);
  return seconds;
}

/** Seconds that a guest may run. */
const longestRun = 3600;
