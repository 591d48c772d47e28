/** Which of a device's registers a migration loses: written and read on the source, read again on the destination. */
import { QemuFailure } from "../failure";
import { assignBars } from "../guest/pci";
import { type RealMachine, withMachine } from "../machine";
import { loadStream, saveStream } from "../migration";
import type { QemuProgram } from "../program";
import type { Qtest } from "../qtest";
import { keyOf, type Pattern, readAll, type Register, registersOf, writeAll } from "./registers";
import { belongsTo, type Region, regionsIn } from "./regions";

export interface ProbedMachine {
  readonly args: readonly string[];
  /** Its registers only; undefined: those of all devices. */
  readonly id: string | undefined;
  /** Firmware's work is done first: base addresses of PCI functions, by configuration mechanism 1. */
  readonly isPc: boolean;
}

export interface LostRegister {
  readonly region: string;
  readonly owner: string;
  readonly offset: number;
  readonly bytes: number;
  /** On the source when it was saved, and on the destination; hexadecimal. */
  readonly before: string;
  readonly after: string;
  readonly pattern: Pattern;
}

export interface ProbeReport {
  readonly registers: number;
  /** Registers that had another value after a write. */
  readonly kept: number;
  readonly lost: readonly LostRegister[];
  /** Registers that read otherwise on the destination without any write: a region that is not there, or time. */
  readonly otherwise: number;
  /** Runs in which QEMU ended: nothing is said of the region that was written. */
  readonly setAside: number;
  /** Why there was no run: a machine that QEMU refuses, or does not migrate. */
  readonly refused?: string;
}

/** A reset by the guest, a watchdog and a shutdown leave the process there. */
export const quiet: readonly string[] = [
  "-action",
  "shutdown=pause,reboot=shutdown,watchdog=none",
  "-rtc",
  "clock=vm,base=2020-01-01",
];
const passes: readonly (Pattern | undefined)[] = [undefined, "ones", "mixed", "flipped"];
/** Runs of one pass in which QEMU may end. */
const mostEnds = 4;

interface Pass {
  readonly registers: readonly Register[];
  readonly start: readonly bigint[];
  readonly source: readonly bigint[];
  readonly again: readonly bigint[];
  readonly destination: readonly bigint[];
}

/** Rejects with QemuFailure where it is cancelled. */
export async function probe(program: QemuProgram, machine: ProbedMachine): Promise<ProbeReport> {
  const leftOut = new Set<string>();
  const seen = new Set<string>();
  const kept = new Set<string>();
  const unstable = new Set<string>();
  const otherwise = new Set<string>();
  const lost = new Map<string, LostRegister>();
  let setAside = 0;
  let refused: string | undefined;
  for (const pattern of passes) {
    let result: Pass | undefined;
    for (let ends = 0; result === undefined && refused === undefined && ends < mostEnds; ends++) {
      const at: { region?: Region } = {};
      try {
        result = await onePass(program, machine, pattern, leftOut, at);
      } catch (error) {
        if (!(error instanceof QemuFailure) || error.kind === "cancelled") throw error;
        if (error.kind === "refused") refused = error.message;
        else setAside++;
        if (at.region !== undefined) leftOut.add(placeOf(at.region));
      }
    }
    if (result === undefined) {
      if (refused !== undefined && pattern === undefined) {
        return { registers: 0, kept: 0, lost: [], otherwise: 0, setAside, refused };
      }
      refused = undefined;
      continue;
    }
    for (const [index, register] of result.registers.entries()) {
      const key = keyOf(register);
      const [start, before, again, after] = [result.start, result.source, result.again, result.destination].map(
        (values) => values[index] ?? 0n,
      ) as [bigint, bigint, bigint, bigint];
      seen.add(key);
      if (before !== again) unstable.add(key);
      else if (pattern === undefined && before !== after) otherwise.add(key);
      if (before !== start) kept.add(key);
      if (pattern === undefined || before === after || unstable.has(key) || otherwise.has(key) || lost.has(key)) {
        continue;
      }
      const { region, offset, bytes } = register;
      const values = { before: before.toString(16), after: after.toString(16) };
      lost.set(key, { region: region.name, owner: region.owner, offset, bytes, ...values, pattern });
    }
  }
  return { registers: seen.size, kept: kept.size, lost: [...lost.values()], otherwise: otherwise.size, setAside };
}

const placeOf = ({ owner, name }: Region): string => `${owner} ${name}`;

async function onePass(
  program: QemuProgram,
  machine: ProbedMachine,
  pattern: Pattern | undefined,
  leftOut: ReadonlySet<string>,
  at: { region?: Region },
): Promise<Pass> {
  const args = [...quiet, ...machine.args];
  const saved = await withMachine(program, { args, guest: true }, async (qemu) => {
    const guest = guestOf(qemu);
    if (machine.isPc) await assignBars(guest);
    const registers = registersOf(await regions(qemu, machine, leftOut));
    const start = await readAll(guest, registers);
    if (pattern !== undefined) {
      await writeAll(guest, registers, pattern, (region) => {
        at.region = region;
      });
    }
    delete at.region;
    const [source, again] = [await readAll(guest, registers), await readAll(guest, registers)];
    return { registers, start, source, again, stream: await saveStream(qemu) };
  });
  const destination = await withMachine(program, { args, guest: true, incoming: true }, async (qemu) => {
    const messages = await loadStream(qemu, saved.stream);
    if (messages !== undefined) throw new QemuFailure("refused", messages.at(-1) ?? "the stream is refused");
    return readAll(guestOf(qemu), saved.registers);
  });
  return { ...saved, destination };
}

async function regions(
  qemu: RealMachine,
  { id }: ProbedMachine,
  leftOut: ReadonlySet<string>,
): Promise<readonly Region[]> {
  const printed = await qemu.command("human-monitor-command", { "command-line": "info mtree -f -o" });
  return regionsIn(String(printed)).filter(
    (region) => (id === undefined || belongsTo(region, id)) && !leftOut.has(placeOf(region)),
  );
}

function guestOf({ guest }: RealMachine): Qtest {
  if (guest === undefined) throw new QemuFailure("ended", "QEMU has no qtest");
  return guest;
}
