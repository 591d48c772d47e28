/** Sending sections in another order than the handler list's. */
import { failure, type Outcome, success } from "../commandLine";
import { nearest } from "../../nearest";

export interface NamedSection {
  readonly idstr: string;
  readonly owner?: { readonly type: string };
}

/** `section` and `at` are section names, or the last part of one: `ich9_ahci` for `0000:00:1f.2/ich9_ahci`. */
export type Move =
  | { readonly section: string; readonly to: "first" | "last" }
  | { readonly section: string; readonly before: string }
  | { readonly section: string; readonly after: string };

/** The entries without those dropped, with the moves applied one by one; a message where a name fits nothing. */
export function reordered<T extends NamedSection>(
  entries: readonly T[],
  moves: readonly Move[],
  drop: readonly string[] = [],
): Outcome<readonly T[]> {
  const list = [...entries];
  for (const name of drop) {
    const dropped = find(list, name);
    if (dropped === undefined) return unknownSection(list, name);
    list.splice(list.indexOf(dropped), 1);
  }
  for (const move of moves) {
    const moved = find(list, move.section);
    if (moved === undefined) return unknownSection(list, move.section);
    list.splice(list.indexOf(moved), 1);
    if ("to" in move) {
      list.splice(move.to === "first" ? 0 : list.length, 0, moved);
      continue;
    }
    const name = "before" in move ? move.before : move.after;
    const at = find(list, name);
    if (at === undefined) return unknownSection(list, name);
    list.splice(list.indexOf(at) + ("after" in move ? 1 : 0), 0, moved);
  }
  return success(list);
}

/** The entry that a section's name means; a message where it means none. */
export function sectionNamed<T extends NamedSection>(entries: readonly T[], name: string): Outcome<T> {
  const found = find(entries, name);
  return found === undefined ? unknownSection(entries, name) : success(found);
}

function find<T extends NamedSection>(entries: readonly T[], name: string): T | undefined {
  return (
    entries.find(({ idstr }) => idstr === name) ??
    entries.find(({ idstr }) => idstr.endsWith(`/${name}`)) ??
    entries.find(({ owner }) => owner?.type === name)
  );
}

function unknownSection(entries: readonly NamedSection[], name: string): Outcome<never> {
  const near = nearest(
    name,
    entries.map(({ idstr }) => idstr),
  );
  const hint = near.length === 0 ? "" : `; there are ${near.join(", ")}`;
  return failure(`no section '${name}' in this machine${hint}`);
}
