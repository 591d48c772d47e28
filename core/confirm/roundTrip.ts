/** What a load changes: a machine's stream beside the one that is saved where it was loaded. */
import type { Inspection } from "../wire/inspect/inspect";
import { type Pair, type RamPair, type SectionPair, sideBySide } from "../wire/inspect/sideBySide";

export interface RoundTripReport {
  /** Sections of the first stream, RAM left out. */
  readonly sections: number;
  /** Configuration, as far as it differs. */
  readonly configuration: readonly Pair[];
  readonly ram: readonly RamPair[];
  /** `a` was saved, `b` is saved again. */
  readonly changed: readonly SectionPair[];
  readonly reordered: boolean;
  /** Lines of the processors' registers, as the monitor prints them. */
  readonly registers: readonly RegisterLine[];
  /** Fields and lines that differ between two machines with the same past as well: time, or chance. They are in none of the above. */
  readonly unsteady: number;
}

export interface RegisterLine {
  readonly before: string;
  readonly after: string;
}

/**
 * @param saved what the first machine saves
 * @param again what is saved where `saved` was loaded
 * @param alike what two machines with the same past save: two that were started, or two that loaded `saved`
 */
export function changedByLoad(
  saved: Inspection,
  again: Inspection,
  alike: readonly [Inspection, Inspection],
): RoundTripReport {
  const noise = sideBySide(...alike);
  const result = sideBySide(saved, again);
  const keyOf = ({ idstr, instanceId }: SectionPair, path: string): string => `${instanceId} ${idstr}\n${path}`;
  const differs = new Set(
    noise.sections.flatMap((section) => [
      ...section.fields.map(({ path }) => keyOf(section, path)),
      ...(section.fields.length === 0 ? [keyOf(section, "")] : []),
    ]),
  );
  let unsteady = 0;
  const changed = result.sections.flatMap((section): readonly SectionPair[] => {
    const fields = section.fields.filter(({ path }) => !differs.has(keyOf(section, path)));
    unsteady += section.fields.length - fields.length;
    const isWhole = section.fields.length === 0;
    if (isWhole && differs.has(keyOf(section, ""))) {
      unsteady++;
      return [];
    }
    return isWhole || fields.length > 0 ? [{ ...section, fields }] : [];
  });
  const blocks = new Set(noise.ram.map(({ block }) => block));
  return {
    sections: result.same + result.sections.length,
    configuration: result.configuration.filter(({ path }) => !noise.configuration.some((each) => each.path === path)),
    ram: result.ram.filter(({ block }) => !blocks.has(block)),
    changed,
    reordered: result.reordered,
    registers: [],
    unsteady,
  };
}

/**
 * The report with what the monitor's `info registers` prints where `saved` was loaded, twice, and what it printed before. Lines are
 * those of the same place; where there are more or fewer of them afterwards, all that follow count.
 */
export function withRegisters(
  report: RoundTripReport,
  before: string,
  loaded: readonly [string, string],
): RoundTripReport {
  const [lines, first, second] = [before, ...loaded].map((text) => text.split("\n").map((line) => line.trimEnd()));
  const registers: RegisterLine[] = [];
  let { unsteady } = report;
  const most = Math.max(lines?.length ?? 0, first?.length ?? 0);
  for (let k = 0; k < most; k++) {
    const [line = "", after = "", other = ""] = [lines?.[k], first?.[k], second?.[k]];
    if (line === after) continue;
    if (after === other) registers.push({ before: line, after });
    else unsteady++;
  }
  return { ...report, registers, unsteady };
}

/** A load and a second save give what was saved. */
export function isKept({ configuration, ram, changed, reordered, registers }: RoundTripReport): boolean {
  return [configuration, ram, changed, registers].every((each) => each.length === 0) && !reordered;
}
