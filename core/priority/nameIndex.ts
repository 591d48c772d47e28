import { createIdIndex, type IdIndex } from "./idIndex";
import { createStringTable } from "./stringTable";

/** What stands for an idstr: `path/name`, or the name alone. The two need not be put together to be looked up. */
export interface IdName {
  readonly path?: string | undefined;
  readonly name: string;
}

interface Named extends IdName {
  readonly aliasId: number;
}

/** Entries by idstr and instance id, where most have a device path of their own. */
export interface NameIndex<Entry extends Named> {
  add(entry: Entry): void;
  remove(entry: Entry): void;
  /** The next free instance id of an idstr; undefined where it is not in use. */
  next(of: IdName): number | undefined;
  /** Entries of that idstr whose instance id or alias id is `id`. */
  matching(of: IdName, id: number): readonly Entry[];
}

const nothing: readonly never[] = [];

/**
 * Invariant: an entry stands under its path, or under its name where it has none. A `/` in a name lets one idstr be cut
 * in several ways; then all of them are looked at.
 */
export function createNameIndex<Entry extends Named>(idOf: (entry: Entry) => number): NameIndex<Entry> {
  const alone = createIdIndex<Entry>(idOf);
  /** A path used once holds its entry itself. */
  const paths = createStringTable<Entry | IdIndex<Entry>>();
  /** What is behind a `/` of some name. */
  const tails = new Set<string>();
  /** An entry is added right after its next id was asked. */
  let askedPath: string | undefined;
  let askedPlace = -1;

  function at(path: string, name: string, id: number): readonly Entry[] {
    const held = paths.get(path);
    if (held === undefined) return nothing;
    if (!isEntry(held)) return held.matching(name, id);
    return held.name === name && (idOf(held) === id || held.aliasId === id) ? [held] : nothing;
  }

  function nextAt(held: Entry | IdIndex<Entry> | undefined, name: string): number | undefined {
    if (held === undefined) return undefined;
    if (!isEntry(held)) return held.next(name);
    return held.name === name ? idOf(held) + 1 : undefined;
  }

  const isCutOneWay = ({ path, name }: IdName): boolean =>
    !name.includes("/") && (path === undefined || tails.size === 0 || !tails.has(name));

  return {
    add(entry) {
      const { path, name } = entry;
      for (let cut = name.indexOf("/"); cut >= 0; cut = name.indexOf("/", cut + 1)) tails.add(name.slice(cut + 1));
      if (path === undefined) return alone.add(name, entry);
      const place = askedPath === path ? askedPlace : paths.place(path);
      const held = paths.values[place];
      if (held === undefined) paths.values[place] = entry;
      else if (!isEntry(held)) held.add(name, entry);
      else {
        const index = createIdIndex<Entry>(idOf);
        index.add(held.name, held);
        index.add(name, entry);
        paths.values[place] = index;
      }
    },
    remove(entry) {
      const { path, name } = entry;
      if (path === undefined) return alone.remove(name, entry);
      const place = paths.place(path);
      const held = paths.values[place];
      if (held === entry) paths.values[place] = undefined;
      else if (held !== undefined && !isEntry(held)) held.remove(name, entry);
    },
    next(of) {
      const { path, name } = of;
      if (isCutOneWay(of)) {
        if (path === undefined) return alone.next(name);
        askedPath = path;
        askedPlace = paths.place(path);
        return nextAt(paths.values[askedPlace], name);
      }
      let highest: number | undefined;
      for (const cut of cuts(of)) {
        const next = cut.path === undefined ? alone.next(cut.name) : nextAt(paths.get(cut.path), cut.name);
        if (next !== undefined && (highest === undefined || next > highest)) highest = next;
      }
      return highest;
    },
    matching(of, id) {
      const { path, name } = of;
      if (isCutOneWay(of)) return path === undefined ? alone.matching(name, id) : at(path, name, id);
      return [...cuts(of)].flatMap((cut) =>
        cut.path === undefined ? alone.matching(cut.name, id) : at(cut.path, cut.name, id),
      );
    },
  };
}

function isEntry<Entry extends Named>(held: Entry | IdIndex<Entry>): held is Entry {
  return "aliasId" in held;
}

/** Every path and name that an idstr can be made of. */
function* cuts({ path, name }: IdName): Generator<IdName> {
  const idstr = path === undefined ? name : `${path}/${name}`;
  yield { path: undefined, name: idstr };
  for (let cut = idstr.indexOf("/"); cut >= 0; cut = idstr.indexOf("/", cut + 1)) {
    yield { path: idstr.slice(0, cut), name: idstr.slice(cut + 1) };
  }
}
