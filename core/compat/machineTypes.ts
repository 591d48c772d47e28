/** Machine types that a tree does not have: those of distributors, as `pc-q35-noble` and `pc-q35-10.0+pve1`. */
import { cachedByRevision } from "../project/cache";
import { type MachineVersion, machineVersion, order } from "./compatLists";

/** What a machine type is taken for. */
export interface TreatedAs {
  /** One with an upstream version, `pc-q35-10.0`; the given one where there is none of its kind, and nothing to choose. */
  readonly name: string;
  readonly version: MachineVersion | undefined;
  /** For people: why, and how to say another. undefined: it is a type of the tree, and its name has its version. */
  readonly note: string | undefined;
}

const suffix = "-machine";

/** Machine types that can be made in the tree, without aliases. */
export const machineTypes = cachedByRevision((project): readonly string[] =>
  [...project.types()].flatMap(({ name, abstract }) =>
    !abstract && name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [],
  ),
);

/**
 * The type of `names` that `given` is taken for: itself, or of those with the same words in front of the version that of the version which
 * its name has, else the newest. `as`: the one that a person wants it to be. undefined: there is none of its kind, or it names a version
 * that they do not have.
 */
export function treatedAs(names: readonly string[], given: string, as?: string): TreatedAs | undefined {
  if (given === "") return undefined;
  const isThere = names.includes(given);
  const version = machineVersion(given);
  if (isThere && version !== undefined) return { name: given, version, note: undefined };
  const wanted = as === undefined ? undefined : machineVersion(as);
  if (as !== undefined && wanted !== undefined) {
    return names.includes(as) ? said(given, { name: as, version: wanted }, "as was asked") : undefined;
  }
  const kin = kinOf(names, given);
  const [newest] = kin;
  if (newest === undefined) return isThere ? { name: given, version: undefined, note: undefined } : undefined;
  const own = version && kin.find((each) => order(each.version, version) === 0);
  if (own !== undefined) return said(given, own, "the version that its name has");
  // one of the tree's own kind that the tree is too old or too new for
  if (version !== undefined) return undefined;
  return said(given, newest, "the newest of its kind");
}

function said(given: string, { name, version }: Kin, why: string): TreatedAs {
  const note = `machine type ${given}: not one of QEMU's own with a version, treated as ${name}, ${why} (--treat-as TYPE takes another)`;
  return { name, version, note };
}

/** Those with a version, the newest first. */
export function newestFirst(names: readonly string[]): readonly string[] {
  return sorted(names.flatMap((name) => kinOfName(name) ?? [])).map(({ name }) => name);
}

function kinOfName(name: string): Kin | undefined {
  const version = machineVersion(name);
  return version && { name, version };
}

function sorted(kin: readonly Kin[]): readonly Kin[] {
  return [...kin].sort((a, b) => order(b.version, a.version));
}

interface Kin {
  readonly name: string;
  readonly version: MachineVersion;
}

/** Versioned types with the longest beginning that the given one has too, newest first. */
function kinOf(names: readonly string[], given: string): readonly Kin[] {
  let longest = "";
  const kin: Kin[] = [];
  for (const name of names) {
    const version = machineVersion(name);
    const stem = name.slice(0, name.lastIndexOf("-") + 1);
    if (version === undefined || stem === "" || !given.startsWith(stem) || stem.length < longest.length) continue;
    if (stem.length > longest.length) kin.length = 0;
    longest = stem;
    kin.push({ name, version });
  }
  return sorted(kin);
}
