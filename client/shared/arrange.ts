/** Another order of the stream, as a person tries it: one section elsewhere than the handler list says. */
import type { SimulateMove, SimulateSection } from "../../server/protocol";

/** RAM comes in parts between others, and a name that several sections have does not say which is meant. */
export function isMovable(sections: readonly SimulateSection[], section: SimulateSection): boolean {
  return section.kind === "full" && sections.filter(({ idstr }) => idstr === section.idstr).length === 1;
}

/** The move that puts a section into the gap before `sections[gap]`; undefined where it is already there. */
export function moveInto(
  sections: readonly SimulateSection[],
  moved: SimulateSection,
  gap: number,
): SimulateMove | undefined {
  if (!isMovable(sections, moved)) return undefined;
  const movable = sections.filter((section) => isMovable(sections, section));
  const from = movable.indexOf(moved);
  const behind = movable.findIndex((section) => sections.indexOf(section) >= gap);
  const to = behind < 0 ? movable.length : behind;
  if (to === from || to === from + 1) return undefined;
  const next = movable[to];
  return next === undefined ? { section: moved.idstr, to: "last" } : { section: moved.idstr, before: next.idstr };
}

export type Direction = "first" | "earlier" | "later" | "last";

/** The same by steps, for those who do not drag; undefined where it cannot go further. */
export function moveTowards(
  sections: readonly SimulateSection[],
  moved: SimulateSection,
  direction: Direction,
): SimulateMove | undefined {
  const at = sections.indexOf(moved);
  const isOther = (section: SimulateSection): boolean => section !== moved && isMovable(sections, section);
  switch (direction) {
    case "first":
      return moveInto(sections, moved, 0);
    case "earlier": {
      const previous = sections.slice(0, at).findLastIndex(isOther);
      return previous < 0 ? undefined : moveInto(sections, moved, previous);
    }
    case "later": {
      const next = sections.findIndex((section, index) => index > at && isOther(section));
      return next < 0 ? undefined : moveInto(sections, moved, next + 1);
    }
    case "last":
      return moveInto(sections, moved, sections.length);
  }
}
