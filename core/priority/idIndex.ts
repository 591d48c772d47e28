import { createInstanceIds, type InstanceIds } from "./instanceIds";

/** What the index needs to know of an entry: the id it is addressed by comes from `idOf`, the alias from here. */
interface Aliased {
  readonly aliasId: number;
}

/** Entries by name and instance id. */
export interface IdIndex<Entry extends Aliased> {
  add(name: string, entry: Entry): void;
  remove(name: string, entry: Entry): void;
  /** The next free instance id under a name; `undefined` where the name is not in use at all. */
  next(name: string): number | undefined;
  /** Entries of that name whose instance id or alias id is `id`. */
  matching(name: string, id: number): readonly Entry[];
}

/** Usually one entry; several only where duplicates are kept. */
type Cell<Entry> = Entry | Entry[];

/** A name used more than once. */
class Family<Entry> {
  /** By instance id, as long as ids come without gaps: a plain array is several times faster than a map. */
  readonly dense: (Cell<Entry> | undefined)[] = [];
  readonly sparse = new Map<number, Cell<Entry>>();
  readonly byAlias = new Map<number, Cell<Entry>>();
  readonly sparseIds: InstanceIds = createInstanceIds((id) => this.sparse.has(id));

  get(id: number): Cell<Entry> | undefined {
    return this.dense[id] ?? this.sparse.get(id);
  }
}

/** The alias id that matches nothing, as a section can never carry it. */
const none = 0xffffffff;
const nothing: readonly never[] = [];

export function createIdIndex<Entry extends Aliased>(idOf: (entry: Entry) => number): IdIndex<Entry> {
  /** A name used once holds its entry itself. */
  const names = new Map<string, Entry | Family<Entry>>();

  function join(family: Family<Entry>, entry: Entry): void {
    const id = idOf(entry);
    const { dense, sparse } = family;
    if (id < dense.length && !sparse.has(id)) dense[id] = joined(dense[id], entry);
    else if (id === dense.length && !sparse.has(id)) dense.push(entry);
    else {
      if (!sparse.has(id)) family.sparseIds.add(id);
      sparse.set(id, joined(sparse.get(id), entry));
    }
    if (entry.aliasId !== none) family.byAlias.set(entry.aliasId, joined(family.byAlias.get(entry.aliasId), entry));
  }

  return {
    add(name, entry) {
      const held = names.get(name);
      if (held === undefined) {
        names.set(name, entry);
      } else if (held instanceof Family) {
        join(held, entry);
      } else {
        const family = new Family<Entry>();
        join(family, held);
        join(family, entry);
        names.set(name, family);
      }
    },
    remove(name, entry) {
      const held = names.get(name);
      if (held === entry) names.delete(name);
      if (!(held instanceof Family)) return;
      const id = idOf(entry);
      if (held.dense[id] !== undefined) {
        held.dense[id] = without(held.dense[id], entry);
        while (held.dense.length > 0 && held.dense[held.dense.length - 1] === undefined) held.dense.pop();
      } else withdraw(held.sparse, id, entry);
      withdraw(held.byAlias, entry.aliasId, entry);
      if (held.dense.length === 0 && held.sparse.size === 0) names.delete(name);
    },
    next(name) {
      const held = names.get(name);
      if (held === undefined) return undefined;
      if (!(held instanceof Family)) return idOf(held) + 1;
      return held.sparse.size === 0 ? held.dense.length : Math.max(held.dense.length, held.sparseIds.next());
    },
    matching(name, id) {
      const held = names.get(name);
      if (held === undefined) return nothing;
      if (!(held instanceof Family)) return idOf(held) === id || held.aliasId === id ? [held] : nothing;
      if (held.byAlias.size === 0) return listed(held.get(id));
      return [...listed(held.get(id)), ...listed(held.byAlias.get(id))];
    },
  };
}

function listed<Entry>(cell: Cell<Entry> | undefined): readonly Entry[] {
  if (cell === undefined) return nothing;
  return Array.isArray(cell) ? cell : [cell];
}

function joined<Entry>(cell: Cell<Entry> | undefined, entry: Entry): Cell<Entry> {
  if (cell === undefined) return entry;
  return [...listed(cell), entry];
}

function without<Entry>(cell: Cell<Entry> | undefined, entry: Entry): Cell<Entry> | undefined {
  const rest = listed(cell).filter((other) => other !== entry);
  return rest.length > 1 ? rest : rest[0];
}

function withdraw<Entry>(map: Map<number, Cell<Entry>>, key: number, entry: Entry): void {
  const rest = without(map.get(key), entry);
  if (rest === undefined) map.delete(key);
  else map.set(key, rest);
}
