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
  /** Fields that differ between two machines of the same line as well: time, or chance. They are not in `changed`. */
  readonly unsteady: number;
}

/**
 * @param saved what the first machine saves
 * @param control what another machine of the same line, after the same accesses, saves
 * @param again what is saved where `saved` was loaded
 */
export function changedByLoad(saved: Inspection, control: Inspection, again: Inspection): RoundTripReport {
  const noise = sideBySide(saved, control);
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
    unsteady,
  };
}

/** A load and a second save give what was saved. */
export function isKept({ configuration, ram, changed, reordered }: RoundTripReport): boolean {
  return configuration.length === 0 && ram.length === 0 && changed.length === 0 && !reordered;
}
