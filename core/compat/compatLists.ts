/** Compat properties of machine types: `GlobalProperty hw_compat_9_2[]`, and before 4.0 `#define HW_COMPAT_2_4 …`. */
import { storeOf } from "../project/cache";
import type { Project } from "../project/project";
import type { FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";

/** `X.Y`, as in `pc-q35-9.2` and `hw_compat_9_2`. */
export interface MachineVersion {
  readonly major: number;
  readonly minor: number;
}

export interface CompatEntry {
  readonly driver: string;
  readonly property: string;
  readonly value: string;
  readonly version: MachineVersion;
  /** `hw_compat_9_2`; for a list inside a function the function's name. */
  readonly list: string;
}

export interface CompatList {
  readonly name: string;
  readonly version: MachineVersion;
  /** From the brace (or the macro's first line) on. */
  readonly range: SourceRange;
  readonly entries: readonly CompatEntry[];
}

interface Kept {
  revision: number;
  lists: readonly CompatList[];
  byProperty: ReadonlyMap<string, readonly CompatEntry[]>;
}

const kept = storeOf<Kept>(() => ({ revision: -1, lists: [], byProperty: new Map() }));
const perFile = new WeakMap<FileFacts, readonly CompatList[]>();

function current(project: Project): Kept {
  const store = kept(project);
  if (store.revision === project.revision) return store;
  const lists: CompatList[] = [];
  for (const file of project.paths()) {
    const facts = /^(?:hw|include\/hw)\//.test(file) ? project.facts(file) : undefined;
    if (facts === undefined) continue;
    let own = perFile.get(facts);
    if (own === undefined) {
      own = listsIn(project, facts);
      perFile.set(facts, own);
    }
    lists.push(...own);
  }
  const byProperty = new Map<string, CompatEntry[]>();
  // an older list is applied after a newer one
  const entries = lists.flatMap((list) => list.entries).sort((a, b) => order(b.version, a.version));
  for (const entry of entries) {
    const list = byProperty.get(entry.property);
    if (list) list.push(entry);
    else byProperty.set(entry.property, [entry]);
  }
  return Object.assign(store, { revision: project.revision, lists, byProperty });
}

/** Entries that set a property, the list of the newest version first. */
export function compatEntries(project: Project, property: string): readonly CompatEntry[] {
  return current(project).byProperty.get(property) ?? [];
}

export function compatLists(project: Project): readonly CompatList[] {
  return current(project).lists;
}

/** Below zero where `a` is the older one. */
export function order(a: MachineVersion, b: MachineVersion): number {
  return a.major - b.major || a.minor - b.minor;
}

function listsIn(project: Project, facts: FileFacts): readonly CompatList[] {
  if (!facts.declarations.some(namesVersion) && !facts.macros.some(namesVersion)) return [];
  const file = facts.path;
  const text = project.text(file);
  if (text === undefined || !/_compat_\d|_COMPAT_\d|GlobalProperty/.test(text)) return [];
  const found: CompatList[] = [];
  const add = (name: string, version: MachineVersion, start: number, end: number): void => {
    const entries = readEntries(project, file, text.slice(start, end), version, name);
    found.push({ name, version, range: { file, start, end }, entries });
  };
  for (const declaration of facts.declarations) {
    if (declaration.kind === "function") {
      const version = versionOfOptions(declaration.name);
      if (version === undefined) continue;
      const body = text.slice(declaration.bodyStart, declaration.bodyEnd);
      for (const match of body.matchAll(/\bGlobalProperty\b[^;]*;/g)) {
        const start = declaration.bodyStart + match.index;
        add(declaration.name, version, start, start + match[0].length);
      }
    } else if (declaration.kind === "variable") {
      const version = versionOfList(declaration.name);
      if (version !== undefined) add(declaration.name, version, declaration.initStart, declaration.initEnd);
    }
  }
  for (const { name, bodyStart, bodyEnd } of facts.macros) {
    const version = versionOfList(name);
    if (version !== undefined) add(name, version, bodyStart, bodyEnd);
  }
  return found;
}

function namesVersion(declaration: { readonly kind?: string; readonly name?: string }): boolean {
  const name = declaration.name ?? "";
  return versionOfList(name) !== undefined || (declaration.kind === "function" && versionOfOptions(name) !== undefined);
}

function versionOfList(name: string): MachineVersion | undefined {
  const match = /_compat_(\d+)_(\d+)$/i.exec(name);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** `ccw_machine_9_2_class_options`, with a list of its own inside. */
function versionOfOptions(name: string): MachineVersion | undefined {
  const match = /_(\d+)_(\d+)_(?:class_|instance_|machine_)?options$/.exec(name);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

function readEntries(
  project: Project,
  file: string,
  text: string,
  version: MachineVersion,
  list: string,
): CompatEntry[] {
  const found: CompatEntry[] = [];
  const plain = text.replace(/\\\n/g, " ").replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
  const pattern = /\{([^,{}]+),([^,{}]+),([^,{}]+)(?:,\s*)?\}/g;
  for (const match of plain.matchAll(pattern)) {
    const [driver, property, value] = [match[1], match[2], match[3]].map((each = "") =>
      stringOf(project, file, each.trim().replace(/^\.(?:driver|property|value)\s*=\s*/, "")),
    );
    if (driver !== undefined && property !== undefined && value !== undefined) {
      found.push({ driver, property, value, version, list });
    }
  }
  return found;
}

function stringOf(project: Project, file: string, text: string): string | undefined {
  const literal = /^"([^"\\]*)"$/.exec(text)?.[1];
  if (literal !== undefined) return literal;
  const value = project.string(text, file);
  return value.known ? value.value : undefined;
}

/** The release that a tree is, or that its development started from: VERSION says 10.1.50 between 10.1 and 10.2. */
export function releaseOf(version: string | undefined): MachineVersion | undefined {
  const match = /^\s*(\d+)\.(\d+)/.exec(version ?? "");
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** `pc-q35-9.2` -> 9.2 */
export function machineVersion(name: string): MachineVersion | undefined {
  const match = /(?:^|-)v?(\d+)\.(\d+)(?:\D|$)/.exec(name);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}
