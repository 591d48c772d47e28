/** Writes registers as a guest would, and tells those that keep it. */
import type { Qtest } from "../qtest";
import { type Pattern, patterned, readAll, readCommands, type Register, runEach, writeCommands } from "./registers";
import type { Region } from "./regions";

/** A register that keeps something else than it had. */
export interface Kept {
  readonly register: Register;
  readonly before: bigint;
  readonly value: bigint;
  /** What was written. */
  readonly written: bigint;
}

export interface Written {
  readonly kept: readonly Kept[];
  /** A register whose write put others back: what was written before it is gone. The rest was not written. */
  readonly resetter?: Register;
}

/** Registers whose accesses are sent at once. */
const batch = 64;
/** Registers by which a reset is told. */
const witnesses = 4;

/** Writes each register once, region by region, and reads it. `at` is told where. */
export async function writeAll(
  guest: Qtest,
  registers: readonly Register[],
  pattern: Pattern,
  at: (region: Region) => void,
): Promise<Written> {
  const kept: Kept[] = [];
  for (const group of groupsOf(registers)) {
    const [first] = group;
    if (first === undefined) continue;
    at(first.region);
    const before = await readAll(guest, group);
    const again = await readAll(guest, group);
    const values = group.map((register, index) => patterned(pattern, register, again[index] ?? 0n));
    const accesses = group.map((register, index) => [
      ...writeCommands(register, values[index] ?? 0n),
      ...readCommands(register),
    ]);
    const answers = await runEach(guest, accesses);
    const after = await readAll(guest, group);
    const changed = group.flatMap((register, index): readonly (Kept & { readonly after: bigint })[] => {
      const [start, value] = [before[index] ?? 0n, answers[index] ?? 0n];
      if (start !== again[index] || value === start) return [];
      return [{ register, before: start, value, written: values[index] ?? 0n, after: after[index] ?? 0n }];
    });
    const own = changed.filter((each) => each.after === each.value);
    const undone = changed.filter((each) => each.after === each.before);
    const earlier = kept.filter(({ register }) => register.region.owner === first.region.owner).slice(-witnesses);
    const asked = undone.length > 1 ? undone.slice(0, witnesses) : earlier;
    if (undone.length > 1 || (await areBack(guest, earlier))) {
      const resetter = await resetterAmong(guest, group, values, asked);
      if (resetter !== undefined) return { kept, resetter };
    }
    kept.push(...own);
  }
  return { kept };
}

function* groupsOf(registers: readonly Register[]): Generator<readonly Register[]> {
  for (const region of new Set(registers.map((register) => register.region))) {
    const own = registers.filter((register) => register.region === region);
    for (let start = 0; start < own.length; start += batch) yield own.slice(start, start + batch);
  }
}

/** Whether most of them, and two at least, hold what they held before they were written. */
async function areBack(guest: Qtest, kept: readonly Kept[]): Promise<boolean> {
  if (kept.length < 2) return false;
  const now = await readAll(
    guest,
    kept.map(({ register }) => register),
  );
  return kept.filter(({ before }, index) => now[index] === before).length >= Math.max(2, kept.length - 1);
}

async function resetterAmong(
  guest: Qtest,
  group: readonly Register[],
  values: readonly bigint[],
  asked: readonly Kept[],
): Promise<Register | undefined> {
  for (const [index, register] of group.entries()) {
    const others = asked.filter((each) => each.register !== register);
    await runEach(
      guest,
      others.map((each) => writeCommands(each.register, each.written)),
    );
    if (await areBack(guest, others)) continue;
    await guest.run(writeCommands(register, values[index] ?? 0n));
    if (await areBack(guest, others)) return register;
  }
  return undefined;
}
