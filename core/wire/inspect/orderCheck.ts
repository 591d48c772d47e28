/** Whether the device sections of a stream stand in the order of their handlers' priority, highest first. */
import type { SectionEvent } from "../framing/events";

export interface Level {
  readonly name: string;
  readonly value: number;
}

/**
 * One entry a section: undefined, or which later section should have come before it. QEMU itself never checks this on
 * load. Sections of the setup phase (before the last live one) are not compared: early_setup puts them there.
 */
export function orderProblems(
  sections: readonly SectionEvent[],
  levels: readonly (Level | undefined)[],
): (string | undefined)[] {
  const lastLive = sections.findLastIndex((section) => section.sectionKind !== "full");
  const problems: (string | undefined)[] = sections.map(() => undefined);
  let highest: { readonly level: Level; readonly idstr: string } | undefined;
  for (let i = sections.length - 1; i > lastLive; i--) {
    const section = sections[i];
    const level = levels[i];
    if (section === undefined || level === undefined) continue;
    if (highest !== undefined && highest.level.value > level.value) {
      problems[i] = `${section.idstr} (${level.name}) stands before ${highest.idstr} (${highest.level.name})`;
    }
    if (highest === undefined || level.value > highest.level.value) highest = { level, idstr: section.idstr };
  }
  return problems;
}
