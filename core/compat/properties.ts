/** What a machine of an older version sets: device properties, their defaults, and the lists of compat properties. */
import { storeOf } from "../analysis/cache";
import type { Project } from "../analysis/project";
import type { FileFacts } from "../c/facts";

/** `X.Y`, as in `pc-q35-9.2` and `hw_compat_9_2`. */
export interface MachineVersion {
  readonly major: number;
  readonly minor: number;
}

export interface MemberValue {
  readonly value: bigint;
  /** Bits that are known; the others may be set by code. */
  readonly mask: bigint;
}

export interface MachineProperties {
  /** What the member that a property sets holds on the machine; undefined where no property sets it. */
  member(path: string, file: string): MemberValue | undefined;
}

interface Property {
  readonly name: string;
  readonly structName: string;
  readonly member: string;
  readonly bit: number | undefined;
  readonly byDefault: bigint;
  readonly file: string;
}

interface CompatEntry {
  readonly driver: string;
  readonly property: string;
  readonly value: string;
  readonly version: MachineVersion;
}

const allBits = (1n << 64n) - 1n;

/** Lists of compat properties apply from their version on down to older machines. */
export function machineProperties(project: Project, machine: MachineVersion | undefined): MachineProperties {
  let entries: ReadonlyMap<string, readonly CompatEntry[]> | undefined;

  function valueOf(property: Property): bigint {
    entries ??= machine === undefined ? new Map() : compatLists(project, machine);
    let value = property.byDefault;
    for (const entry of entries.get(property.name) ?? []) {
      if (!drives(project, entry.driver, property)) continue;
      value = parseValue(entry.value) ?? value;
    }
    return value;
  }

  return {
    member(path, file) {
      const last = /([A-Za-z_]\w*)$/.exec(path)?.[1];
      if (last === undefined) return undefined;
      const ofFile = propertiesIn(project, file).filter((each) => each.member === last);
      const near = ofFile.length > 0 ? ofFile : neighbours(project, file).filter((each) => each.member === last);
      const first = near[0];
      if (first === undefined || near.some((each) => each.structName !== first.structName)) return undefined;
      if (first.bit === undefined) {
        return near.length === 1 ? { value: valueOf(first), mask: allBits } : undefined;
      }
      let value = 0n;
      let mask = 0n;
      for (const each of near) {
        const bit = 1n << BigInt(each.bit ?? 0);
        mask |= bit;
        if (valueOf(each) !== 0n) value |= bit;
      }
      return { value, mask };
    },
  };
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

const macro = /\bDEFINE_PROP_(BOOL|BIT|BIT64|U?INT(?:8|16|32|64)|SIZE(?:32)?)\s*\(([^;{}]*?)\)\s*,/g;

const perFile = new WeakMap<FileFacts, readonly Property[]>();

function propertiesIn(project: Project, file: string): readonly Property[] {
  const facts = project.facts(file);
  if (facts === undefined) return [];
  const known = perFile.get(facts);
  if (known !== undefined) return known;
  const found: Property[] = [];
  const text = project.text(file);
  if (text?.includes("DEFINE_PROP_") === true) {
    for (const match of text.matchAll(macro)) {
      const property = readProperty(project, file, match[1] ?? "", match[2] ?? "");
      if (property !== undefined) found.push(property);
    }
  }
  perFile.set(facts, found);
  return found;
}

interface Folders {
  count: number;
  files: ReadonlyMap<string, readonly string[]>;
}

const foldersOf = storeOf<Folders>(() => ({ count: -1, files: new Map() }));

/** Properties of the other files of a folder: a device and its helpers. */
function neighbours(project: Project, file: string): readonly Property[] {
  const folders = foldersOf(project);
  const paths = project.paths();
  if (folders.count !== paths.length) {
    folders.count = paths.length;
    const files = new Map<string, string[]>();
    for (const path of paths) {
      if (!path.endsWith(".c")) continue;
      const list = files.get(folder(path));
      if (list) list.push(path);
      else files.set(folder(path), [path]);
    }
    folders.files = files;
  }
  return (folders.files.get(folder(file)) ?? []).flatMap((path) => (path === file ? [] : propertiesIn(project, path)));
}

function readProperty(project: Project, file: string, kind: string, text: string): Property | undefined {
  const parts = splitArguments(text);
  const [name, structName, path] = parts;
  const member = path === undefined ? undefined : /([A-Za-z_]\w*)$/.exec(path)?.[1];
  if (name === undefined || structName === undefined || member === undefined) return undefined;
  const literal = /^"([^"]*)"$/.exec(name)?.[1];
  const bits = kind.startsWith("BIT");
  const last = parts[bits ? 4 : 3];
  const bit = bits && parts[3] !== undefined ? project.evaluate(parts[3], file) : undefined;
  const byDefault = last === undefined ? undefined : truthValue(project, last, file);
  if (literal === undefined || byDefault === undefined || (bits && bit?.known !== true)) return undefined;
  return { name: literal, structName, member, bit: bit?.known === true ? bit.value : undefined, byDefault, file };
}

function truthValue(project: Project, text: string, file: string): bigint | undefined {
  if (text === "true") return 1n;
  if (text === "false") return 0n;
  const value = project.evaluate(text, file);
  return value.known && Number.isSafeInteger(value.value) ? BigInt(value.value) : undefined;
}

/** `a, f(b, c), d` -> three. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

interface Lists {
  key: string;
  lists: ReadonlyMap<string, readonly CompatEntry[]>;
}

const kept = storeOf<Lists>(() => ({ key: "", lists: new Map() }));

function compatLists(project: Project, machine: MachineVersion): ReadonlyMap<string, readonly CompatEntry[]> {
  const store = kept(project);
  const key = `${project.revision} ${machine.major}.${machine.minor}`;
  if (store.key !== key) Object.assign(store, { key, lists: readCompatLists(project, machine) });
  return store.lists;
}

/** `GlobalProperty hw_compat_9_2[] = {…}`, and before 4.0 `#define HW_COMPAT_2_4 …`. */
function readCompatLists(project: Project, machine: MachineVersion): ReadonlyMap<string, readonly CompatEntry[]> {
  const entries: CompatEntry[] = [];
  for (const file of project.paths()) {
    const facts = /^(?:hw|include\/hw)\//.test(file) ? project.facts(file) : undefined;
    const lists = facts !== undefined && (facts.declarations.some(namesVersion) || facts.macros.some(namesVersion));
    const text = lists ? project.text(file) : undefined;
    if (facts === undefined || text === undefined || !/_compat_\d|_COMPAT_\d|GlobalProperty/.test(text)) continue;
    for (const declaration of facts.declarations) {
      if (declaration.kind === "function") {
        const version = versionOfOptions(declaration.name);
        if (version === undefined || isOlder(version, machine)) continue;
        const body = text.slice(declaration.bodyStart, declaration.bodyEnd);
        for (const [list] of body.matchAll(/\bGlobalProperty\b[^;]*;/g))
          entries.push(...readEntries(project, file, list, version));
        continue;
      }
      if (declaration.kind !== "variable") continue;
      const version = versionOfList(declaration.name);
      if (version === undefined || isOlder(version, machine)) continue;
      entries.push(...readEntries(project, file, text.slice(declaration.initStart, declaration.initEnd), version));
    }
    for (const { name, bodyStart, bodyEnd } of facts.macros) {
      const version = versionOfList(name);
      if (version === undefined || isOlder(version, machine)) continue;
      entries.push(...readEntries(project, file, text.slice(bodyStart, bodyEnd), version));
    }
  }
  // an older list is applied after a newer one
  entries.sort((a, b) => b.version.major - a.version.major || b.version.minor - a.version.minor);
  const byProperty = new Map<string, CompatEntry[]>();
  for (const entry of entries) {
    const list = byProperty.get(entry.property);
    if (list) list.push(entry);
    else byProperty.set(entry.property, [entry]);
  }
  return byProperty;
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

function isOlder(a: MachineVersion, b: MachineVersion): boolean {
  return a.major !== b.major ? a.major < b.major : a.minor < b.minor;
}

function readEntries(project: Project, file: string, text: string, version: MachineVersion): CompatEntry[] {
  const found: CompatEntry[] = [];
  const plain = text.replace(/\\\n/g, " ").replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
  const pattern =
    /\{\s*(?:\.driver\s*=\s*)?([^,{}]+?)\s*,\s*(?:\.property\s*=\s*)?([^,{}]+?)\s*,\s*(?:\.value\s*=\s*)?([^,{}]+?)\s*,?\s*\}/g;
  for (const match of plain.matchAll(pattern)) {
    const [driver, property, value] = [match[1], match[2], match[3]].map((each) => stringOf(project, file, each ?? ""));
    if (driver !== undefined && property !== undefined && value !== undefined) {
      found.push({ driver, property, value, version });
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

function parseValue(text: string): bigint | undefined {
  if (text === "on" || text === "true" || text === "yes") return 1n;
  if (text === "off" || text === "false" || text === "no") return 0n;
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined;
}

/** Whether a compat entry's driver has the property: the type, its ancestors or descendants are of the property's file. */
function drives(project: Project, driver: string, property: Property): boolean {
  const ancestry = project.ancestry(driver);
  if (ancestry.length === 0) return true;
  const near = (file: string): boolean => file === property.file || folder(file) === folder(property.file);
  if (ancestry.some((type) => near(type.file))) return true;
  const pending = [...project.children(driver)];
  for (let i = 0; i < pending.length && i < 200; i++) {
    const child = pending[i] ?? "";
    if (near(project.type(child)?.file ?? "")) return true;
    pending.push(...project.children(child));
  }
  return false;
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
