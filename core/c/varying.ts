/**
 * What targets of one tree say differently, and the files in whose sight something hung on it. What was concluded of another file, from
 * what such files do not say, is the same for all of the targets.
 */
import type { ArmMemo, Truth } from "./conditions";

/** Which files are seen from a file for some of the targets only. */
export interface VaryingIncludes {
  /** Whether another target may answer otherwise whether `path` is seen from `file`. */
  sees(file: string, path: string, isSeen: boolean): boolean;
  /** Whether the include means another file for another target. */
  leadsElsewhere(from: string, name: string): boolean;
  /** The sources in which targets look for what a header does not include itself; undefined: that is not known. */
  includers(header: string): readonly (string | undefined)[] | undefined;
  /** Whether other files may be seen from it for another target. */
  varies(file: string): boolean;
  /** All that may be seen through an include that leads elsewhere for another target. */
  behind(): ReadonlySet<string>;
}

export interface Varying {
  readonly names: ReadonlySet<string>;
  /** Notes that what is being found may be otherwise for another target. */
  note(): void;
  /** Whether it was, by the work that is being done. */
  isNoted(): boolean;
  /** Does work for a file: what it meets is noted of the file, and for whoever asks meanwhile. */
  from<T>(file: string, work: () => T): T;
  /** Does work whose value is kept and given to others: whether they all are to note it. */
  kept<T>(work: () => T): { readonly value: T; readonly varies: boolean };
  /** Whether something was noted of it. */
  has(file: string): boolean;
  /** The files of which something was noted. */
  files(): ReadonlySet<string>;
  includes(): VaryingIncludes | undefined;
}

const none: ReadonlySet<never> = new Set<never>();

/** For a project that nobody takes over from. */
export const nothingVaries: Varying = {
  names: none,
  note() {},
  isNoted: () => false,
  from: (_, work) => work(),
  kept: (work) => ({ value: work(), varies: false }),
  has: () => false,
  files: () => none,
  includes: () => undefined,
};

export function createVarying(names: ReadonlySet<string>, includes: () => VaryingIncludes): Varying {
  const files = new Set<string>();
  let isNoted = false;
  return {
    names,
    note() {
      isNoted = true;
    },
    isNoted: () => isNoted,
    from(file, work) {
      const outer = isNoted;
      isNoted = false;
      try {
        return work();
      } finally {
        if (isNoted) files.add(file);
        isNoted ||= outer;
      }
    },
    kept(work) {
      const outer = isNoted;
      isNoted = false;
      const value = work();
      const varies = isNoted;
      isNoted ||= outer;
      return { value, varies };
    },
    has: (file) => files.has(file),
    files: () => files,
    includes,
  };
}

/** Notes of each arm whether its truth hangs on the target, for whoever asks again. */
export class NotingMemo implements ArmMemo {
  private readonly truths = new Map<number, Truth>();
  private readonly varies = new Set<number>();
  constructor(private readonly varying: Varying) {}
  has(place: number): boolean {
    return this.truths.has(place);
  }
  get(place: number): Truth | undefined {
    if (this.varies.has(place)) this.varying.note();
    return this.truths.get(place);
  }
  set(place: number, truth: Truth): void {
    this.truths.set(place, truth);
    if (this.varying.isNoted()) this.varies.add(place);
  }
}
