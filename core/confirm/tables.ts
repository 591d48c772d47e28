/** The tables that a binary prints of itself beside those that a tree has: what is equal, what differs and why. */
import {
  deviceDescription,
  type DumpDescription,
  type DumpField,
  type DumpType,
  type VmstateDump,
} from "../project/dump";
import type { Project } from "../project/project";
import { aligned } from "./align";

/** As -dump-vmstate prints it. */
export interface RealField {
  readonly field: string;
  readonly version_id: number;
  readonly field_exists: boolean;
  readonly num?: number | undefined;
  readonly size: number;
  readonly Description?: RealDescription | undefined;
}

export interface RealDescription {
  readonly name: string;
  readonly version_id: number;
  readonly minimum_version_id: number;
  readonly Fields?: readonly RealField[] | undefined;
  readonly Subsections?: readonly RealDescription[] | undefined;
}

export interface TableDifference {
  /** Name of the table it is in. */
  readonly table: string;
  /** Field or subsection; "" for the table itself. */
  readonly member: string;
  readonly what:
    | "name"
    | "version_id"
    | "minimum_version_id"
    | "field"
    | "field_exists"
    | "num"
    | "size"
    | "nested"
    | "subsection";
  readonly binary: string;
  readonly tree: string;
  /** Whether a stream shows it: the size of a struct in memory, which its table stands for, is not sent. */
  readonly sent: boolean;
  readonly reason?: string;
  /** QOM types whose table has it. */
  readonly types: readonly string[];
}

export interface OtherType {
  readonly type: string;
  /** What the tree makes it depend on. */
  readonly condition?: string;
}

export interface TablesReport {
  /** Types of the binary with a table; those of them whose tables are equal in all that is sent. */
  readonly types: number;
  readonly equal: number;
  readonly fields: number;
  /** Fields whose size the reading does not know; nothing is said of those. */
  readonly sizesUnknown: number;
  readonly differences: readonly TableDifference[];
  /** Of the binary only, and of the tree's build only: one that the build leaves out is no difference. */
  readonly onlyBinary: readonly OtherType[];
  readonly onlyTree: readonly OtherType[];
  /** `CONFIG_X` -> `y` or `n`, where the binary's types show another value than the one that was read. */
  readonly settings: readonly (readonly [name: string, value: "y" | "n"])[];
}

/** `tree` is `dumpVmstate(project, { explain: true })`. */
export function compareTables(
  project: Project,
  binary: ReadonlyMap<string, RealDescription>,
  tree: VmstateDump,
): TablesReport {
  const found = createFindings();
  let equal = 0;
  for (const [type, real] of binary) {
    const own = typeOf(tree, type);
    if (own !== undefined && !compareDescription(real, own.Description, type, found)) equal++;
  }
  return {
    types: binary.size,
    equal,
    fields: found.fields,
    sizesUnknown: found.sizesUnknown,
    differences: found.all(),
    onlyBinary: [...binary.keys()].filter((type) => typeOf(tree, type) === undefined).map((type) => ({ type })),
    onlyTree: Object.keys(tree).flatMap((name) => {
      const own = typeOf(tree, name);
      if (own === undefined || binary.has(name)) return [];
      const file = project.type(name)?.file ?? "";
      if (project.compiles(file) === "false") return [];
      return [{ type: name, ...(own.condition === undefined ? {} : { condition: own.condition }) }];
    }),
    settings: settingsShown(project, binary),
  };
}

function typeOf(tree: VmstateDump, name: string): DumpType | undefined {
  const own = Object.hasOwn(tree, name) ? tree[name] : undefined;
  return own !== undefined && hasTable(own) ? own : undefined;
}

function hasTable(type: VmstateDump[string]): type is DumpType {
  return "Description" in type;
}

/** Symbols that alone decide whether a file is built, by the types of that file that the binary has or lacks. */
function settingsShown(
  project: Project,
  binary: ReadonlyMap<string, RealDescription>,
): readonly (readonly [string, "y" | "n"])[] {
  const shown = new Map<string, Set<"y" | "n">>();
  const otherwise = new Set<string>();
  for (const type of project.types()) {
    const symbol = project.buildCondition(type.file);
    if (symbol === undefined || !/^CONFIG_\w+$/.test(symbol) || type.condition !== undefined) continue;
    const has = binary.has(type.name);
    if (!has && deviceDescription(project, type.name) === undefined) continue;
    const values = shown.get(symbol) ?? new Set();
    shown.set(symbol, values.add(has ? "y" : "n"));
    if (project.compiles(type.file) !== (has ? "true" : "false")) otherwise.add(symbol);
  }
  return [...shown].flatMap(([symbol, values]) => {
    const [value, other] = values;
    return value === undefined || other !== undefined || !otherwise.has(symbol) ? [] : [[symbol, value] as const];
  });
}

interface Findings {
  fields: number;
  sizesUnknown: number;
  add(difference: Omit<TableDifference, "types">, type: string): void;
  all(): readonly TableDifference[];
}

function createFindings(): Findings {
  const found = new Map<string, { difference: Omit<TableDifference, "types">; types: Set<string> }>();
  return {
    fields: 0,
    sizesUnknown: 0,
    add(difference, type) {
      const { table, member, what, binary, tree } = difference;
      const key = JSON.stringify([table, member, what, binary, tree]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { difference, types: new Set([type]) });
      else known.types.add(type);
    },
    all: () => [...found.values()].map(({ difference, types }) => ({ ...difference, types: [...types] })),
  };
}

/** Whether anything that is sent differs. */
function compareDescription(real: RealDescription, own: DumpDescription, type: string, found: Findings): boolean {
  let differs = false;
  const add = (difference: Omit<TableDifference, "types" | "table">): void => {
    found.add({ table: real.name, ...difference }, type);
    differs ||= difference.sent;
  };
  for (const what of ["name", "version_id", "minimum_version_id"] as const) {
    const value = own[what];
    if (value === null || value === real[what]) continue;
    add({ member: "", what, binary: String(real[what]), tree: String(value), sent: true });
  }
  for (const [each, ours] of aligned(real.Fields ?? [], own.Fields ?? [], (f) => f.field)) {
    if (each !== undefined) found.fields++;
    if (each === undefined || ours === undefined) {
      add({
        member: each?.field ?? ours?.field ?? "?",
        what: "field",
        binary: each === undefined ? "none" : "there",
        tree: ours === undefined ? "none" : "there",
        sent: true,
        ...because(ours?.condition),
      });
    } else if (compareField(real.name, each, ours, type, found)) differs = true;
  }
  for (const [each, ours] of aligned(real.Subsections ?? [], own.Subsections ?? [], (d) => d.name)) {
    if (each !== undefined && ours !== undefined) {
      if (compareDescription(each, ours, type, found)) differs = true;
      continue;
    }
    add({
      member: each?.name ?? ours?.name ?? "?",
      what: "subsection",
      binary: each === undefined ? "none" : "there",
      tree: ours === undefined ? "none" : "there",
      sent: true,
      ...because(ours?.condition),
    });
  }
  return differs;
}

function because(condition: string | undefined): { readonly reason?: string } {
  return condition === undefined ? {} : { reason: `in the tree only if ${condition}` };
}

function compareField(table: string, real: RealField, own: DumpField, type: string, found: Findings): boolean {
  let differs = false;
  const add = (what: TableDifference["what"], binary: unknown, tree: unknown): void => {
    const difference = { table, member: real.field, what, binary: String(binary), tree: String(tree), sent: true };
    found.add({ ...difference, ...because(own.condition) }, type);
    differs = true;
  };
  if (own.version_id !== null && own.version_id !== real.version_id) add("version_id", real.version_id, own.version_id);
  if (own.field_exists !== real.field_exists) add("field_exists", real.field_exists, own.field_exists);
  // an older binary prints no array lengths
  const { num } = own;
  if (num !== null && num !== undefined && real.num !== undefined && num !== real.num) add("num", real.num, num);
  if (own.size === null) found.sizesUnknown++;
  else if (own.size !== real.size) {
    const { Description: nested } = real;
    if (nested === undefined) add("size", real.size, own.size);
    else {
      const [binary, tree] = [String(real.size), String(own.size)];
      found.add({ table: nested.name, member: "", what: "size", binary, tree, sent: false }, type);
    }
  }
  if ((own.Description === undefined) !== (real.Description === undefined)) {
    add("nested", real.Description?.name ?? "none", own.Description?.name ?? "none");
  } else if (own.Description !== undefined && real.Description !== undefined) {
    if (compareDescription(real.Description, own.Description, type, found)) differs = true;
  }
  return differs;
}
