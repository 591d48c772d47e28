/** Whom a call through a pointer reaches: class methods and ops tables, where the tree says so. */
import { lex } from "../c/lex";
import { isTest } from "../c/paths";
import type { Token } from "../c/token";
import type { FileFacts } from "../c/facts";
import type { QomType } from "../qom/model";
import type { FunctionReference } from "../vmstate/model";
import { answered } from "../project/answers";
import { cachedByRevision, tableByRevision } from "../project/cache";
import { cachedByStructure } from "../project/stamps";
import type { Project } from "../project/project";
import { structKey } from "../project/privateStructs";
import { classFunction } from "./reach";

/** Beyond this many candidates a pointer tells nothing about one device. */
const candidateLimit = 8;

export interface SlotTarget {
  readonly name: string;
  readonly file: string;
}

/** The device whose load is followed. */
export interface LoadContext {
  readonly types: readonly string[];
  /** Files of the description, its types and their ancestors. */
  readonly files: readonly string[];
}

/** Ancestors whose files are the machinery of all devices, not one device's own. */
export const generic: ReadonlySet<string> = new Set([
  "object",
  "device",
  "sys-bus-device",
  "pci-device",
  "virtio-device",
  "scsi-device",
  "usb-device",
]);

export function contextOf(project: Project, types: readonly string[], ownFile: string): LoadContext {
  const files = new Set([ownFile]);
  for (const name of types) {
    for (const type of project.ancestry(name)) if (!generic.has(type.name)) files.add(type.file);
  }
  return { types, files: [...files] };
}

export function slotTargets(
  project: Project,
  context: LoadContext,
  slot: string,
  structName: string,
  callFile: string,
): readonly SlotTarget[] {
  if (structName === "" || structName.endsWith("Class")) {
    const own = ownMethods(project, context, slot, structName);
    if (own.length > 0) return own;
    if (structName !== "") {
      if (ownStructs(project, context).has(structName)) return [];
      return limited(classMethods(project, structName, slot, callFile));
    }
  }
  const key = structKey(project, callFile, structName);
  const typed = (tables(project).get(slot) ?? []).flatMap(({ structName: name, target }) =>
    name === structName && structKey(project, target.file, name) === key ? [target] : [],
  );
  if (typed.length > 0) return limited(typed);
  const files = new Set([...context.files, callFile]);
  const found = new Map<string, SlotTarget>();
  for (const file of files) {
    for (const name of assignedNames(project, file).get(slot) ?? []) {
      const target = project.function(name, file);
      if (target) found.set(`${target.file}\n${name}`, { name, file: target.file });
    }
  }
  return limited([...found.values()]);
}

function limited(targets: readonly SlotTarget[]): readonly SlotTarget[] {
  return targets.length <= candidateLimit ? targets : [];
}

/** Class structs of the context's own types: a slot that they leave empty calls nothing. */
function ownStructs(project: Project, context: LoadContext): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of context.types) {
    for (const type of project.ancestry(name)) for (const { classStruct } of type.classSlots) found.add(classStruct);
  }
  return found;
}

/** What the context's types, or their nearest ancestors, assign to the slot in class_init. */
function ownMethods(project: Project, context: LoadContext, slot: string, structName: string): readonly SlotTarget[] {
  const found = new Map<string, SlotTarget>();
  for (const name of context.types) {
    for (const type of project.ancestry(name)) {
      const assigned = type.classSlots.find(
        (s) => s.slot === slot && (structName === "" || s.classStruct === structName),
      );
      if (!assigned) continue;
      const fn = classFunction(project, type, assigned.value);
      if (fn) found.set(`${fn.file}\n${fn.definition.name}`, { name: fn.definition.name, file: fn.file });
      break;
    }
  }
  return [...found.values()];
}

/** What all classes assign to a slot of a class struct. */
function classMethods(project: Project, structName: string, slot: string, callFile: string): readonly SlotTarget[] {
  const found = new Map<string, SlotTarget>();
  const key = structKey(project, callFile, structName);
  for (const { type, value } of classSlots(project).get(`${structName}.${slot}`) ?? []) {
    if (structKey(project, type.file, structName) !== key) continue;
    const fn = classFunction(project, type, value);
    if (fn) found.set(`${fn.file}\n${fn.definition.name}`, { name: fn.definition.name, file: fn.file });
  }
  return [...found.values()];
}

interface AssignedSlot {
  readonly type: QomType;
  readonly value: FunctionReference;
}

const classSlots = tableByRevision(cachedByStructure(readClassSlots), {
  name: "class slot",
  keyOf: (slot) => slot,
  said: (assigned) => assigned.map(({ type: { name, file }, value }) => [name, file, value]),
});

function readClassSlots(project: Project): ReadonlyMap<string, readonly AssignedSlot[]> {
  const found = new Map<string, AssignedSlot[]>();
  for (const type of project.types()) {
    for (const { classStruct, slot, value } of type.classSlots) {
      if (classStruct === "") continue;
      const key = `${classStruct}.${slot}`;
      const list = found.get(key);
      if (list) list.push({ type, value });
      else found.set(key, [{ type, value }]);
    }
  }
  return found;
}

interface TableMember {
  readonly structName: string;
  readonly member: string;
  readonly target: SlotTarget;
}

const perFileTables = new WeakMap<FileFacts, readonly TableMember[]>();
/** Tables of data, or of hooks that the walk knows by other ways. */
const notOps = ["VMState", "TypeInfo", "Property", "MemoryRegionOps", "GraphicHwOps", "QemuOpt"];

/** A struct of QEMU's own, and none of those. */
function isOps(typeName: string): boolean {
  const first = typeName.charAt(0);
  if (first < "A" || first > "Z" || typeName === typeName.toUpperCase() || typeName === "BlockDriver") return false;
  return !notOps.some((each) => typeName.startsWith(each));
}

/** By what stands in the initialisers that are a part of a file's face (core/project/known.ts). */
const tables = cachedByRevision((project): ReadonlyMap<string, readonly TableMember[]> => {
  const found = new Map<string, TableMember[]>();
  for (const file of project.paths()) {
    if (!mayHaveTables(file)) continue;
    for (const entry of tablesIn(project, file)) {
      const list = found.get(entry.member);
      if (list) list.push(entry);
      else found.set(entry.member, [entry]);
    }
  }
  return found;
}, "own");

/** Reads what slot calls through tables are looked up in, one file a step. */
export function* warmTables(project: Project): Generator<void> {
  for (const file of project.paths()) {
    if (!mayHaveTables(file)) continue;
    tablesIn(project, file);
    yield;
  }
}

function mayHaveTables(file: string): boolean {
  return file.endsWith(".c") && !isTest(file);
}

function tablesIn(project: Project, file: string): readonly TableMember[] {
  const facts = project.facts(file);
  if (!facts) return [];
  const known = perFileTables.get(facts);
  if (known) return known;
  const found = answered(project, `slots ${file}`, file, () => readTables(project, file, facts));
  perFileTables.set(facts, found);
  return found;
}

function readTables(project: Project, file: string, facts: FileFacts): readonly TableMember[] {
  const found: TableMember[] = [];
  let text: string | undefined;
  for (const d of facts.declarations) {
    if (d.kind !== "variable" || d.pointer || d.array || d.initEnd - d.initStart < 8) continue;
    if (d.initEnd - d.initStart > 6000 || !isOps(d.typeName)) continue;
    text ??= project.text(file) ?? "";
    for (const [member, name] of namesSet(lex(text, file, d.initStart, d.initEnd))) {
      if (name.charAt(0) !== name.charAt(0).toUpperCase() || name.startsWith("_"))
        found.push({ structName: d.typeName, member, target: { name, file } });
    }
  }
  return found;
}

const perFile = new WeakMap<FileFacts, ReadonlyMap<string, readonly string[]>>();

/** `.read = f,` in tables and `s->read = f;` in functions of one file. */
export function assignedNames(project: Project, file: string): ReadonlyMap<string, readonly string[]> {
  const facts = project.facts(file);
  if (!facts) return new Map();
  const known = perFile.get(facts);
  if (known) return known;
  const found = new Map<string, string[]>();
  for (const [member, name] of namesSet(lex(project.text(file) ?? "", file))) {
    const list = found.get(member);
    if (!list) found.set(member, [name]);
    else if (!list.includes(name)) list.push(name);
  }
  perFile.set(facts, found);
  return found;
}

/** Members that are set to what a name alone says, in a table or in a statement. */
function* namesSet(tokens: readonly Token[]): Generator<readonly [member: string, name: string]> {
  for (let k = 0; k + 4 < tokens.length; k++) {
    const member = tokens[k + 1];
    const joint = tokens[k]?.text;
    if ((joint !== "." && joint !== "->") || member?.kind !== "identifier" || tokens[k + 2]?.text !== "=") continue;
    const at = tokens[k + 3]?.text === "&" ? k + 4 : k + 3;
    const name = tokens[at];
    const behind = tokens[at + 1]?.text;
    if (name?.kind === "identifier" && (behind === "," || behind === ";" || behind === "}"))
      yield [member.text, name.text];
  }
}
