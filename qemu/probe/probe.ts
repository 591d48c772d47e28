/** Which of a device's registers a migration loses: written and read on the source, read again on the destination. */
import { QemuFailure } from "../failure";
import { assignBars } from "../guest/pci";
import { type RealMachine, withMachine } from "../machine";
import { loadStream, saveStream } from "../migration";
import type { QemuProgram } from "../program";
import type { Qtest } from "../qtest";
import { dutId, findRegions, type Found, isNobodys, mapText, placeKey, type ProbedMachine } from "./found";
import { keyOf, type Pattern, readAll, type Register, registersOf, type Width } from "./registers";
import { mapOf, ownerIn, type Region, regionsIn } from "./regions";
import { writeAll, type Kept } from "./writing";

export type { ProbedMachine } from "./found";

export interface PlacedRegister {
  readonly region: string;
  readonly owner: string;
  /** QOM type of the owner; undefined where QEMU does not say. */
  readonly type: string | undefined;
  readonly offset: number;
  readonly bytes: number;
}

export interface LostRegister extends PlacedRegister {
  /** On the source when it was saved, and on the destination; hexadecimal. */
  readonly before: string;
  readonly after: string;
  /** What was written to it. */
  readonly pattern: Pattern;
}

export interface MovedRegion {
  /** As `info mtree -f -o` prints it on the source. */
  readonly printed: string;
  /** QOM type of its owner; undefined where QEMU does not say. */
  readonly type: string | undefined;
}

export interface ProbeReport {
  readonly registers: number;
  /** Registers that had another value after a write. */
  readonly kept: number;
  readonly lost: readonly LostRegister[];
  /** Registers that kept what was written, and were the same on the destination. */
  readonly arrived: readonly PlacedRegister[];
  /** Regions that the destination has elsewhere, or not at all, once registers were written. */
  readonly moved: readonly MovedRegion[];
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

type Part = Width | "config";

interface Step {
  readonly part: Part;
  readonly pattern: Pattern;
}

const steps: readonly Step[] = [
  ...(["ones", "mixed", "flipped"] as const).map((pattern): Step => ({ part: "wide", pattern })),
  ...(["mixed", "ones"] as const).map((pattern): Step => ({ part: "narrow", pattern })),
  ...(["ones", "mixed"] as const).map((pattern): Step => ({ part: "config", pattern })),
];
/** Runs of one step in which QEMU may end, or a reset be found. */
const mostTries = 8;

interface Pass {
  readonly registers: readonly Register[];
  readonly start: readonly bigint[];
  readonly source: readonly bigint[];
  readonly again: readonly bigint[];
  readonly destination: readonly bigint[];
  readonly kept: readonly Kept[];
  readonly found: Found;
  /** Lines of the source's memory map that the destination's lacks. */
  readonly gone: readonly string[];
  readonly resetter?: undefined;
}

/**
 * Rejects with QemuFailure where it is cancelled.
 *
 * @param isEnough ends it early, by what was found so far
 */
export async function probe(
  program: QemuProgram,
  machine: ProbedMachine,
  isEnough: (report: ProbeReport) => boolean = () => false,
): Promise<ProbeReport> {
  const run = new Probe(program, machine);
  await run.all(isEnough);
  return run.report();
}

class Probe {
  private readonly leftOut = new Set<string>();
  private readonly resetters = new Set<string>();
  private readonly seen = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly keeping = new Map<string, Register>();
  private readonly unstable = new Set<string>();
  private readonly otherwise = new Set<string>();
  private readonly lost = new Map<string, LostRegister>();
  private readonly moved = new Set<string>();
  private readonly goneAnyway = new Set<string>();
  private readonly without = new Map<Part, boolean>();
  private others: ReadonlySet<string> | undefined;
  private types: ReadonlyMap<string, string> = new Map();
  private narrow = new Set<string>();
  private isPlacedAnew = false;
  private setAside = 0;
  private refused: string | undefined;

  constructor(
    private readonly program: QemuProgram,
    private readonly machine: ProbedMachine,
  ) {}

  async all(isEnough: (report: ProbeReport) => boolean): Promise<void> {
    if (!(await this.unwritten("wide"))) return;
    for (const step of steps) {
      if (step.part === "narrow" && step.pattern === "mixed") this.narrow = this.unkept();
      if (step.part === "config" && (this.machine.device === undefined || !this.machine.isPc)) continue;
      if (step.part === "narrow" && this.narrow.size === 0) continue;
      const pass = await this.tried(step.part, step.pattern);
      if (pass === undefined) continue;
      const { registers, source, destination } = pass;
      const differs = registers.some((_, index) => source[index] !== destination[index]) || pass.gone.length > 0;
      if (differs) await this.unwritten(step.part);
      this.take(pass, step.pattern);
      if (isEnough(this.report())) return;
    }
  }

  report(): ProbeReport {
    const placed = (register: Register): PlacedRegister => this.placed(register);
    return {
      registers: this.seen.size,
      kept: this.changed.size,
      lost: [...this.lost.values()],
      arrived: [...this.keeping].flatMap(([key, each]) => (this.lost.has(key) ? [] : [placed(each)])),
      moved: [...this.moved].map((printed) => ({ printed, type: this.types.get(ownerIn(printed)) })),
      otherwise: this.otherwise.size,
      setAside: this.setAside,
      ...(this.refused === undefined ? {} : { refused: this.refused }),
    };
  }

  private placed({ region, offset, bytes }: Register): PlacedRegister {
    return { region: region.name, owner: region.owner, type: this.types.get(region.owner), offset, bytes };
  }

  /** Of the machine without the device, regions that are nobody's. */
  private async othersOf(): Promise<ReadonlySet<string>> {
    const { args, isPc } = this.machine;
    const started = { args: [...quiet, ...args], guest: true };
    this.others ??= await withMachine(this.program, started, async (qemu) => {
      if (isPc) await assignBars(guestOf(qemu));
      return new Set(
        regionsIn(await mapText(qemu))
          .filter(isNobodys)
          .map(placeKey),
      );
    });
    return this.others;
  }

  /** What differs without a write, once for each part. False where there is no machine. */
  private async unwritten(part: Part): Promise<boolean> {
    if (!this.without.has(part)) {
      const pass = await this.tried(part, undefined);
      this.without.set(part, pass !== undefined);
      if (pass !== undefined) this.take(pass, undefined);
    }
    return this.without.get(part) === true;
  }

  private async tried(part: Part, pattern: Pattern | undefined): Promise<Pass | undefined> {
    for (let tries = 0; tries < mostTries; tries++) {
      const at: { region?: Region } = {};
      try {
        const result = await this.onePass(part, pattern, at);
        if (result.resetter === undefined) return result;
        this.resetters.add(keyOf(result.resetter));
      } catch (error) {
        if (!(error instanceof QemuFailure) || error.kind === "cancelled") throw error;
        if (error.kind === "refused") {
          // after a write it is what was written that is not taken
          if (pattern === undefined && part === "wide") this.refused = error.message;
          return undefined;
        }
        this.setAside++;
        if (at.region !== undefined) this.leftOut.add(placeOf(at.region));
      }
    }
    return undefined;
  }

  private async onePass(
    part: Part,
    pattern: Pattern | undefined,
    at: { region?: Region },
  ): Promise<Pass | { readonly resetter: Register }> {
    const { program, machine } = this;
    const { device } = machine;
    const args = [...quiet, ...machine.args, ...(device === undefined ? [] : ["-device", `${device},id=${dutId}`])];
    const saved = await withMachine(program, { args, guest: true }, async (qemu) => {
      const guest = guestOf(qemu);
      if (machine.isPc) await assignBars(guest);
      const found = await findRegions(qemu, machine, () => this.othersOf());
      const registers = this.registersIn(found, part);
      const start = await readAll(guest, registers);
      if (registers.length === 0 && machine.types !== undefined)
        throw new QemuFailure("refused", noneOf(machine.types));
      const { kept, resetter } =
        pattern === undefined
          ? { kept: [], resetter: undefined }
          : await writeAll(
              guest,
              registers.filter((each) => !this.resetters.has(keyOf(each))),
              pattern,
              (region) => {
                at.region = region;
              },
            );
      if (resetter !== undefined) return { resetter };
      delete at.region;
      const map = mapOf(await mapText(qemu));
      const [source, again] = [await readAll(guest, registers), await readAll(guest, registers)];
      return { registers, start, source, again, kept, found, map, stream: await saveStream(qemu) };
    });
    if (saved.resetter !== undefined) return saved;
    const loaded = await withMachine(program, { args, guest: true, incoming: true }, async (qemu) => {
      const messages = await loadStream(qemu, saved.stream);
      if (messages !== undefined) throw new QemuFailure("refused", messages.at(-1) ?? "the stream is refused");
      const gone = await this.goneIn(qemu, saved.map, pattern === undefined);
      return { gone, destination: await readAll(guestOf(qemu), saved.registers) };
    });
    return { ...saved, ...loaded };
  }

  /** Lines of the source's memory map that the destination's lacks. A device that sends nothing is looked for where firmware puts it. */
  private async goneIn(qemu: RealMachine, map: ReadonlySet<string>, isUnwritten: boolean): Promise<readonly string[]> {
    const loaded = mapOf(await mapText(qemu));
    const gone = [...map].filter((each) => !loaded.has(each));
    this.isPlacedAnew ||= this.machine.isPc && isUnwritten && gone.length > 0;
    if (!this.isPlacedAnew) return gone;
    await assignBars(guestOf(qemu));
    const placed = mapOf(await mapText(qemu));
    return gone.filter((each) => !placed.has(each));
  }

  private registersIn({ regions, types }: Found, part: Part): readonly Register[] {
    this.types = new Map([...this.types, ...types]);
    const wanted = regions.filter(
      (each) => (each.space === "config") === (part === "config") && !this.leftOut.has(placeOf(each)),
    );
    if (part !== "narrow") return registersOf(wanted, "wide");
    return registersOf(
      wanted.filter((each) => this.narrow.has(placeOf(each))),
      "narrow",
    );
  }

  /** Regions in which nothing kept what was written. */
  private unkept(): Set<string> {
    const places = new Map(this.places);
    for (const { region } of this.keeping.values()) places.delete(placeOf(region));
    return new Set(places.keys());
  }

  private readonly places = new Map<string, Region>();

  private take({ registers, start, source, again, destination, kept, gone }: Pass, pattern: Pattern | undefined): void {
    const isWritten = pattern !== undefined;
    if (isWritten) {
      for (const { register } of kept) this.keeping.set(keyOf(register), register);
      for (const each of gone) if (!this.goneAnyway.has(each)) this.moved.add(each);
    } else for (const each of gone) this.goneAnyway.add(each);
    const away = new Set(gone.map(startOf));
    for (const [index, register] of registers.entries()) {
      const key = keyOf(register);
      const [before, after] = [source[index] ?? 0n, destination[index] ?? 0n];
      this.seen.add(key);
      this.places.set(placeOf(register.region), register.region);
      if (before !== again[index]) this.unstable.add(key);
      else if (!isWritten && before !== after) this.otherwise.add(key);
      if (before !== start[index]) this.changed.add(key);
      if (!isWritten || before === after) continue;
      if (this.unstable.has(key) || this.otherwise.has(key) || this.lost.has(key)) continue;
      // the register is where nobody reads it; `moved` has the region
      if (away.has(register.region.start)) continue;
      const values = { before: before.toString(16), after: after.toString(16) };
      this.lost.set(key, { ...this.placed(register), ...values, pattern });
    }
  }
}

function noneOf(types: ReadonlySet<string>): string {
  return `the machine has no registers of ${[...types].join(", ")}`;
}

const placeOf = ({ owner, name }: Region): string => `${owner} ${name}`;

/** Address at which a line of the memory map begins. */
function startOf(line: string): number {
  return Number.parseInt(line.slice(0, 16), 16);
}

function guestOf({ guest }: RealMachine): Qtest {
  if (guest === undefined) throw new QemuFailure("ended", "QEMU has no qtest");
  return guest;
}
