/** Structs behind tables: what `opaque` points to, what a member is, what lies at the start of what. */
import { isName } from "../c/words";
import { type CType, type CTypes, type RecordType, unknownType } from "../c/ctype";
import { parseExpression } from "../c/expression";
import type { MemberReference, VMStateDescription, VMStateField } from "../vmstate/model";
import type { Project } from "./project";

/** A struct named as in source: `IOAPICState`, `struct PCIBus`. */
export function structNamed(project: Project, name: string, file: string): CType {
  const bare = bareName(name);
  if (!isName(bare)) return unknownType(`${name} is no struct's name`);
  const scope = project.scope(file);
  const types = project.ctypes();
  return bare === name ? types.named(name, scope) : types.tagged("struct", bare, scope);
}

/** Without `struct`: tag or typedef. */
export function bareName(structName: string): string {
  return structName.startsWith("struct ") ? structName.slice("struct ".length).trim() : structName;
}

/** The same by its last word, whether that is a typedef's name or a tag. */
export function taggedOrNamed(project: Project, name: string, file: string): CType {
  const plain = structNamed(project, name, file);
  return plain.kind === "unknown" ? structNamed(project, `struct ${name}`, file) : plain;
}

/** Several rules ask for the type of the same member; types are outdated by the next update. */
const memberTypes = new WeakMap<CTypes, WeakMap<MemberReference, CType>>();

/** Type of the member that a table names. */
export function typeOfMember(project: Project, member: MemberReference, file: string): CType {
  const types = project.ctypes();
  let known = memberTypes.get(types);
  if (known === undefined) {
    known = new WeakMap();
    memberTypes.set(types, known);
  }
  const before = known.get(member);
  if (before !== undefined) return before;
  const scope = project.scope(file);
  const context = { tokens: scope.expandText(`((${member.structName} *)0)->${member.path}`), scope };
  const type = types.typeOf(parseExpression(context), context);
  known.set(member, type);
  return type;
}

const structs = new WeakMap<VMStateDescription, readonly string[]>();

/** Names of the structs whose members the fields save, most used first. */
export function stateStructs(description: VMStateDescription): readonly string[] {
  let known = structs.get(description);
  if (known === undefined) {
    known = countStructs(description);
    structs.set(description, known);
  }
  return known;
}

function countStructs(description: VMStateDescription): readonly string[] {
  const counts = new Map<string, number>();
  for (const { member } of description.fields) {
    if (member !== undefined) counts.set(member.structName, (counts.get(member.structName) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** Whether a pointer to `outer` is as well one to `inner`; undefined where a definition is not to be seen. */
function startsWith(project: Project, outer: CType, inner: CType): boolean | undefined {
  if (outer.kind !== "record" || inner.kind !== "record") return undefined;
  if (inner.body === undefined) return undefined;
  return walk(project, outer, inner, 0);
}

function walk(project: Project, outer: RecordType, inner: RecordType, depth: number): boolean | undefined {
  if (outer.identity === inner.identity) return true;
  const members = project.ctypes().members(outer);
  if (!members.known || members.value.problem !== undefined || depth > 20) return undefined;
  const { list } = members.value;
  let undecided = false;
  for (const candidate of outer.recordKind === "union" ? list : list.slice(0, 1)) {
    if (candidate.condition !== undefined) return undefined;
    let type = candidate.type();
    while (type.kind === "array") type = type.element;
    if (type.kind === "unknown") undecided = true;
    if (type.kind !== "record") continue;
    const found = walk(project, type, inner, depth + 1);
    if (found === true) return true;
    if (found === undefined) undecided = true;
  }
  return undecided ? undefined : false;
}

/** Neither is at the start of the other. False where that is not certain. */
export function unrelated(project: Project, a: CType, b: CType): boolean {
  return startsWith(project, a, b) === false && startsWith(project, b, a) === false;
}

/** Fields of a member of another struct than most fields of the table, where neither is at the start of the other. */
export function strayFields(project: Project, description: VMStateDescription): readonly VMStateField[] {
  const [main, ...others] = stateStructs(description);
  if (main === undefined) return [];
  const own = taggedOrNamed(project, main, description.file);
  const strange = others.filter((name) => unrelated(project, own, taggedOrNamed(project, name, description.file)));
  if (strange.length === 0) return [];
  return description.fields.filter(({ member }) => member !== undefined && strange.includes(member.structName));
}
