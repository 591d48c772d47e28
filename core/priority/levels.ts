import { known, type Value } from "../c/value";
import type { VMStateDescription } from "../vmstate/model";

/** One enumerator of MigrationPriority. */
export interface Level {
  readonly name: string;
  readonly value: number;
}

/**
 * How a tree turns `.priority` into a place in the handler list.
 * Follows save_state_priority in QEMU's migration/savevm.c.
 */
export interface LevelScheme {
  /** Lowest first; empty in a tree older than the enum. */
  readonly levels: readonly Level[];
  /** Level of an entry whose description sets no priority, and of live handlers. */
  readonly unset: number;
  /** Value that means "not set" although it is written, or undefined where every value counts. */
  readonly uninitialized: number | undefined;
  /** Highest number QEMU accepts (an assertion stops it above), or undefined where the enum does not say. */
  readonly maximum: number | undefined;
}

/** An empty enum is a tree from before priorities: one level, 0, whatever a description writes. */
export function levelScheme(levels: readonly Level[]): LevelScheme {
  const value = (name: string): number | undefined => levels.find((level) => level.name === name)?.value;
  const uninitialized = value("MIG_PRI_UNINITIALIZED");
  const standard = value("MIG_PRI_DEFAULT") ?? 0;
  return {
    levels: [...levels].sort((a, b) => a.value - b.value),
    unset: uninitialized === undefined ? 0 : standard,
    uninitialized,
    maximum: value("MIG_PRI_MAX"),
  };
}

/** The level at which a description registers; unknown where its priority cannot be read. */
export function levelOf(description: Pick<VMStateDescription, "priority">, scheme: LevelScheme): Value<number> {
  if (scheme.levels.length === 0 || description.priority === undefined) return known(scheme.unset);
  const { value } = description.priority;
  if (value.known && value.value === scheme.uninitialized) return known(scheme.unset);
  return value;
}

/** `MIG_PRI_IOMMU` for 3, or the number itself where no enumerator has it. The marks 0 and MAX never name a level. */
export function levelName(level: number, scheme: LevelScheme): string {
  const match = scheme.levels.find(
    ({ name, value }) => value === level && name !== "MIG_PRI_UNINITIALIZED" && name !== "MIG_PRI_MAX",
  );
  return match?.name ?? String(level);
}
