/** Compat properties of machine types: `GlobalProperty hw_compat_9_2[]`, and before 4.0 `#define HW_COMPAT_2_4 …`. */
import { localsOf } from "../c/body/locals";
import type { FileFacts } from "../c/facts";
import { parseInitialiser, spell } from "../c/initialiser";
import { lex } from "../c/lex";
import type { SourceRange } from "../c/range";
import type { Span } from "../c/syntax";
import type { Token } from "../c/token";
import { isDigits } from "../c/words";
import { bodyOf } from "../project/bodies";
import { storeOf } from "../project/cache";
import type { LocatedFunction, Project } from "../project/project";

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
    const facts = file.startsWith("hw/") || file.startsWith("include/hw/") ? project.facts(file) : undefined;
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
  const text = project.text(file) ?? "";
  const found: CompatList[] = [];
  const add = (name: string, version: MachineVersion, { start, end }: Span): void => {
    const entries = readEntries(project, lex(text, file, start, end), file, version, name);
    found.push({ name, version, range: { file, start, end }, entries });
  };
  for (const declaration of facts.declarations) {
    if (declaration.kind === "function") {
      const version = versionOfOptions(declaration.name);
      if (version === undefined) continue;
      for (const list of listsInside(project, { file, definition: declaration })) add(declaration.name, version, list);
    } else if (declaration.kind === "variable") {
      const version = versionOfList(declaration.name);
      const { initStart: start, initEnd: end } = declaration;
      if (version !== undefined) add(declaration.name, version, { start, end });
    }
  }
  for (const { name, bodyStart, bodyEnd } of facts.macros) {
    const version = versionOfList(name);
    if (version !== undefined) add(name, version, { start: bodyStart, end: bodyEnd });
  }
  return found;
}

/** Initialisers of a function's own lists. */
function listsInside(project: Project, fn: LocatedFunction): readonly Span[] {
  const typeName = "GlobalProperty";
  const text = project.text(fn.file)?.slice(fn.definition.bodyStart, fn.definition.bodyEnd) ?? "";
  if (!text.includes(typeName)) return [];
  return localsOf(bodyOf(project, fn)).all.flatMap(({ declarator }) =>
    declarator.typeName === typeName && declarator.value !== undefined ? declarator.value : [],
  );
}

function namesVersion(declaration: { readonly kind?: string; readonly name?: string }): boolean {
  const name = declaration.name ?? "";
  return versionOfList(name) !== undefined || (declaration.kind === "function" && versionOfOptions(name) !== undefined);
}

/** `hw_compat_9_2`, `HW_COMPAT_2_4` */
function versionOfList(name: string): MachineVersion | undefined {
  const words = name.split("_");
  return words.length > 3 && words.at(-3)?.toLowerCase() === "compat" ? versionOf(words.slice(-2)) : undefined;
}

/** `ccw_machine_9_2_class_options`, with a list of its own inside. */
function versionOfOptions(name: string): MachineVersion | undefined {
  if (!name.endsWith("_options")) return undefined;
  const words = name.split("_").slice(0, -1);
  if (["class", "instance", "machine"].includes(words.at(-1) ?? "")) words.pop();
  return words.length > 2 ? versionOf(words.slice(-2)) : undefined;
}

function versionOf([major = "", minor = ""]: readonly string[]): MachineVersion | undefined {
  return isDigits(major) && isDigits(minor) ? { major: Number(major), minor: Number(minor) } : undefined;
}

/** Braces with three values, wherever they stand: a macro's list is a part of one. */
function readEntries(
  project: Project,
  tokens: readonly Token[],
  file: string,
  version: MachineVersion,
  list: string,
): CompatEntry[] {
  const found: CompatEntry[] = [];
  let open = -1;
  for (const [k, { text }] of tokens.entries()) {
    if (text === "{") open = k;
    if (text !== "}" || open === -1) continue;
    const entry = parseInitialiser(tokens, open, k + 1);
    open = -1;
    const [driver, property, value] = ["driver", "property", "value"].map((member, index) => {
      const elements = entry.kind === "list" && entry.elements.length === 3 ? entry.elements : [];
      const element = elements.find(({ designators }) => designators[0] === member) ?? elements[index];
      return element && project.string(spell(tokens, element.value.start, element.value.end), file);
    });
    if (driver?.known !== true || property?.known !== true || value?.known !== true) continue;
    found.push({ driver: driver.value, property: property.value, value: value.value, version, list });
  }
  return found;
}

/** The release that a tree is, or that its development started from: VERSION says 10.1.50 between 10.1 and 10.2. */
export function releaseOf(version: string | undefined): MachineVersion | undefined {
  return versionOf(version?.trim().split(".") ?? []);
}

/** `pc-q35-9.2` -> 9.2, also of a distributor's `virt-9.2+x` */
export function machineVersion(name: string): MachineVersion | undefined {
  for (const part of name.split("-")) {
    const [major = "", rest = ""] = (part.startsWith("v") ? part.slice(1) : part).split(".");
    let digits = 0;
    while (isDigits(rest.charAt(digits))) digits++;
    const version = versionOf([major, rest.slice(0, digits)]);
    if (version !== undefined) return version;
  }
  return undefined;
}
