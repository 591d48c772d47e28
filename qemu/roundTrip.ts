/** Saved, loaded and saved again by the same QEMU. */
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
  /** Registers are written before it is saved. */
  readonly isWritten: boolean;
}

export interface RoundTrip {
  readonly saved: Uint8Array;
  /** Of another machine that was made and written in the same way. */
  readonly control: Uint8Array;
  /** Of the machine that loaded `saved`. */
  readonly again: Uint8Array;
}

/** Registers that put others back, and are left out. */
const mostResets = 8;

/** Rejects with QemuFailure: `refused` also where QEMU does not load what it saved. */
export async function roundTrip(program: QemuProgram, machine: TrippedMachine): Promise<RoundTrip> {
  const { isWritten } = machine;
  const args = [...quiet, ...machine.args];
  const save = (within: QemuProgram): Promise<Uint8Array> =>
    withMachine(within, { args, guest: isWritten }, async (qemu) => {
      if (isWritten) await write(qemu, machine);
      return saveStream(qemu);
    });
  const [saved, control] = await together(program, [save, save]);
  if (saved === undefined || control === undefined) throw new QemuFailure("ended", "QEMU saved nothing");
  const again = await withMachine(program, { args, incoming: true }, async (qemu) => {
    const messages = await loadStream(qemu, saved);
    if (messages === undefined) return saveStream(qemu);
    throw new QemuFailure("refused", `it does not load what it saved: ${messages.at(-1) ?? "no message"}`);
  });
  return { saved, control, again };
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
