/** Saved, loaded and saved again by the same QEMU. */
import { setTimeout } from "node:timers/promises";
import { QemuFailure } from "./failure";
import { assignBars } from "./guest/pci";
import { type RealMachine, withMachine } from "./machine";
import { loadStream, saveStream } from "./migration";
import { quiet } from "./probe/probe";
import { registersOf } from "./probe/registers";
import { belongsTo, regionsIn } from "./probe/regions";
import { writeAll } from "./probe/writing";
import type { QemuProgram } from "./program";
import { together } from "./together";

export interface TrippedMachine {
  readonly args: readonly string[];
  /** Its registers are written; undefined: those of all devices. */
  readonly id: string | undefined;
  /** As in ProbedMachine. */
  readonly isPc: boolean;
  /** What happens before it is saved: its registers are written; or its guest runs for so many seconds. */
  readonly before: "nothing" | "written" | { readonly seconds: number };
}

export interface RoundTrip {
  readonly saved: Uint8Array;
  /** Of the machine that loaded `saved`. */
  readonly again: Uint8Array;
  /** Of two machines that differ in time and chance only. */
  readonly alike: readonly [Uint8Array, Uint8Array];
  /** `info registers -a` before the save and after each of two loads; undefined where no guest ran. */
  readonly registers: readonly [string, string, string] | undefined;
}

/** Registers that put others back, and are left out. */
const mostResets = 8;

/** Rejects with QemuFailure: `refused` also where QEMU does not load what it saved. */
export async function roundTrip(program: QemuProgram, machine: TrippedMachine): Promise<RoundTrip> {
  const { before } = machine;
  if (typeof before === "object") return roundTripRun(program, machine, before.seconds);
  const isWritten = before === "written";
  const args = [...quiet, ...machine.args];
  const save = (within: QemuProgram): Promise<Uint8Array> =>
    withMachine(within, { args, guest: isWritten }, async (qemu) => {
      if (isWritten) await write(qemu, machine);
      return saveStream(qemu);
    });
  const [saved, control] = await together(program, [save, save]);
  if (saved === undefined || control === undefined) throw new QemuFailure("ended", "QEMU saved nothing");
  const again = await withMachine(program, { args, incoming: true }, async (qemu) => {
    await load(qemu, saved);
    return saveStream(qemu);
  });
  return { saved, again, alike: [saved, control], registers: undefined };
}

/** No two guests run alike: here two machines load what one has saved. */
async function roundTripRun(program: QemuProgram, machine: TrippedMachine, seconds: number): Promise<RoundTrip> {
  const args = [...quiet, ...machine.args];
  const longer = { ...program, seconds: program.seconds + seconds };
  const source = await withMachine(longer, { args }, async (qemu) => {
    await qemu.command("cont");
    // a guest that is given up is not waited for
    await Promise.race([qemu.end, setTimeout(seconds * 1000, undefined, { ref: false })]);
    await qemu.command("stop");
    const registers = await registersText(qemu);
    return { registers, saved: await saveStream(qemu) };
  });
  const loadAndSave = (within: QemuProgram) =>
    withMachine(within, { args, incoming: true }, async (qemu) => {
      await load(qemu, source.saved);
      const registers = await registersText(qemu);
      return { registers, again: await saveStream(qemu) };
    });
  const [one, other] = await together(program, [loadAndSave, loadAndSave]);
  if (one === undefined || other === undefined) throw new QemuFailure("ended", "QEMU saved nothing");
  return {
    saved: source.saved,
    again: one.again,
    alike: [one.again, other.again],
    registers: [source.registers, one.registers, other.registers],
  };
}

async function load(qemu: RealMachine, stream: Uint8Array): Promise<void> {
  const messages = await loadStream(qemu, stream);
  if (messages === undefined) return;
  throw new QemuFailure("refused", `it does not load what it saved: ${messages.at(-1) ?? "no message"}`);
}

async function registersText(qemu: RealMachine): Promise<string> {
  return String(await qemu.command("human-monitor-command", { "command-line": "info registers -a" }));
}

async function write(qemu: RealMachine, { id, isPc }: TrippedMachine): Promise<void> {
  const { guest } = qemu;
  if (guest === undefined) throw new QemuFailure("ended", "QEMU has no qtest");
  if (isPc) await assignBars(guest);
  const printed = await qemu.command("human-monitor-command", { "command-line": "info mtree -f -o" });
  const regions = regionsIn(String(printed)).filter((region) => id === undefined || belongsTo(region, id));
  let registers = registersOf(regions);
  for (let tries = 0; tries < mostResets; tries++) {
    const { resetter } = await writeAll(guest, registers, "mixed", () => undefined);
    if (resetter === undefined) return;
    registers = registers.filter((each) => each !== resetter);
  }
}
