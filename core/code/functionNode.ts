/** What one function calls, as far as its own tree and the names in sight tell. Context (which device) comes later. */
import { type BodyCall, callsOf } from "../c/body/calls";
import { isIdentifierPart } from "../c/body";
import { originOf, withoutAddress } from "../c/body/carried";
import { type Locals, localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { namedPath } from "../c/body/paths";
import type { Expression } from "../c/syntax";
import { isOutside } from "../c/paths";
import { bodyOf, macroBody } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import { declaredMember } from "../project/declaredMember";
import { structKey } from "../project/privateStructs";
import { bareName } from "../project/stateTypes";
import type { Call, LocatedFunction, Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import { classStructOf } from "../qom/read";
import type { ApiEntry, ApiTable } from "./apiEffects";
import { type Argument, argumentOf, noSpace, partOf, type SpaceSource, spaceOf } from "./arguments";
import { droppedIn } from "./dropped";

interface EdgeBase {
  /** Offsets of the name called and of the place behind `)`; for a call inside a macro, of the macro's use. */
  readonly start: number;
  readonly end: number;
}

export type CallEdge =
  | (EdgeBase & { readonly kind: "direct"; readonly name: string; readonly file: string })
  | (EdgeBase & { readonly kind: "api"; readonly name: string; readonly entry: ApiEntry; readonly space: SpaceSource })
  /** `vdc->load(…)`: a slot of a class struct, or of an ops table held by the state. */
  | (EdgeBase & { readonly kind: "slot"; readonly slot: string; readonly structName: string })
  /** `vmstate_load_state(f, &vmstate_x, …)`; symbol undefined: `vdc->vmsd` with structName. */
  | (EdgeBase & { readonly kind: "load"; readonly symbol: string | undefined; readonly structName: string });

/** The names that it calls are read by characters; what needs its tree is answered when asked. */
export interface FunctionNode {
  readonly file: string;
  readonly name: string;
  readonly edges: readonly CallEdge[];
  /** Names that were looked up and not found; a later definition changes the node. */
  readonly unresolved: readonly string[];
  /** The result is looked at, so that a failure can travel upwards. */
  isUsed(edge: CallEdge): boolean;
  argumentsOf(edge: CallEdge): readonly Argument[];
  /** The region, or the timer: `smb.io` of `memory_region_set_enabled(&s->smb.io, true)`; a variable's name. */
  partOf(edge: CallEdge): string | undefined;
}

const descriptionLoaders = new Set(["vmstate_load_state", "vmstate_load_vmsd"]);

export function readNode(project: Project, fn: LocatedFunction, api: ApiTable): FunctionNode {
  const { file, definition } = fn;
  const edges: CallEdge[] = [];
  const unresolved: string[] = [];
  const reader: Reader = { project, fn, text: project.text(file) ?? "", api, edges, unresolved };
  for (const call of project.calls(fn)) readCall(reader, call);
  let dropped: ReadonlySet<number> | undefined;
  const find = ({ start }: CallEdge): Seen | undefined => callAt(bodyOf(project, fn), start);
  return {
    file,
    name: definition.name,
    edges,
    unresolved,
    isUsed({ start }) {
      dropped ??= droppedIn(bodyOf(project, fn));
      return !dropped.has(start);
    },
    argumentsOf(edge) {
      const found = find(edge);
      return found === undefined ? [] : found.call.node.arguments.map((each) => argumentOf(each, found.locals));
    },
    partOf(edge) {
      const found = find(edge);
      return found && partOf(found.call, found.locals);
    },
  };
}

interface Seen {
  readonly call: BodyCall;
  readonly locals: Locals;
}

function callAt(body: Body, start: number): Seen | undefined {
  const call = callsOf(body).find(({ nameStart }) => nameStart === start);
  return call && { call, locals: localsOf(body) };
}

function functionOf(project: Project, name: string, file: string): LocatedFunction | undefined {
  const found = project.function(name, file);
  return found && isOutside(found.file) && !isOutside(file) ? undefined : found;
}

interface Reader {
  readonly project: Project;
  readonly fn: LocatedFunction;
  readonly text: string;
  readonly api: ApiTable;
  readonly edges: CallEdge[];
  readonly unresolved: string[];
}

function readCall(reader: Reader, { callee: name, through, start, end }: Call): void {
  const { api, project, fn } = reader;
  if (through !== undefined || needsTree(api, name)) {
    const found = callAt(bodyOf(project, fn), start);
    if (found !== undefined) readInTree(reader, found, { start, end });
    return;
  }
  const entry = api.effect(name);
  if (entry) reader.edges.push({ start, end, kind: "api", name, entry, space: fixedSpace(entry) });
  if (entry || api.isOpaque(name)) return;
  const target = functionOf(project, name, fn.file);
  if (target === undefined) {
    reader.unresolved.push(name);
    readMacro(reader, name, { start, end }, 0);
  } else if (!isLocal(reader, name, start)) reader.edges.push(directTo(target, { start, end }));
}

function needsTree(api: ApiTable, name: string): boolean {
  return (
    descriptionLoaders.has(name) || api.callThrough(name) !== undefined || typeof api.effect(name)?.space === "object"
  );
}

/** A variable of the function: its name stands there before the call, and not only to call it. */
function isLocal({ text, project, fn }: Reader, name: string, start: number): boolean {
  let at = text.indexOf(name, fn.definition.parametersStart);
  while (at < start && (text[at + name.length] === "(" || isPartOfName(text, at, name.length))) {
    at = text.indexOf(name, at + name.length);
  }
  return at < start && localsOf(bodyOf(project, fn)).at(name, start) !== undefined;
}

function isPartOfName(text: string, at: number, length: number): boolean {
  return isIdentifierPart(text.charCodeAt(at - 1)) || isIdentifierPart(text.charCodeAt(at + length));
}

function directTo({ file, definition }: LocatedFunction, base: EdgeBase): CallEdge {
  return { ...base, kind: "direct", name: definition.name, file };
}

/** `base` is where the reader sees the call: for one inside a macro, the macro's use. */
function readInTree(reader: Reader, { call, locals }: Seen, base: EdgeBase, depth = 0): void {
  const { api, project, fn, edges } = reader;
  const { name, through, node } = call;
  if (through !== undefined) {
    const structName = structOf(project, fn.file, through, locals);
    if (name !== "") edges.push({ ...base, kind: "slot", slot: name, structName });
    return;
  }
  const entry = api.effect(name);
  if (entry) edges.push({ ...base, kind: "api", name, entry, space: spaceFor(entry, node, locals) });
  const called = api.callThrough(name);
  if (called !== undefined) readCallback(reader, node.arguments[called], base);
  if (entry || called !== undefined || api.isOpaque(name)) return;
  if (descriptionLoaders.has(name)) {
    const [, description] = node.arguments;
    if (description !== undefined) readLoad(reader, description, locals, base);
    return;
  }
  const target = functionOf(project, name, fn.file);
  if (target === undefined) {
    reader.unresolved.push(name);
    if (depth < 3) readMacro(reader, name, base, depth);
  } else if (locals.at(name, call.nameStart) === undefined) edges.push(directTo(target, base));
}

function readCallback(reader: Reader, argument: Expression | undefined, base: EdgeBase): void {
  const named = argument && withoutAddress(argument);
  if (named?.kind !== "identifier") return;
  const target = functionOf(reader.project, named.name, reader.fn.file);
  if (target) reader.edges.push(directTo(target, base));
  else reader.unresolved.push(named.name);
}

function readLoad({ edges, project, fn }: Reader, argument: Expression, locals: Locals, base: EdgeBase): void {
  const named = withoutAddress(originOf(argument, locals));
  if (named.kind === "identifier" && locals.at(named.name, named.start) === undefined) {
    edges.push({ ...base, kind: "load", symbol: named.name, structName: "" });
  }
  const structName = named.kind === "member" ? structOf(project, fn.file, named.object, locals) : "";
  if (structName !== "") edges.push({ ...base, kind: "load", symbol: undefined, structName });
}

/** A function-like macro of the same file: its body's calls happen where it is used. */
function readMacro(reader: Reader, name: string, base: EdgeBase, depth: number): void {
  const { project, fn } = reader;
  const macros = project.facts(fn.file)?.macros ?? [];
  const macro = macros.find((m) => m.name === name && m.parameters !== undefined && m.undefined === undefined);
  if (!macro) return;
  const body = macroBody(project, fn.file, macro);
  const locals = localsOf(body);
  for (const call of callsOf(body)) if (call.name !== name) readInTree(reader, { call, locals }, base, depth + 1);
}

function fixedSpace({ space }: ApiEntry): SpaceSource {
  return typeof space === "string" ? { from: space } : noSpace;
}

function spaceFor(entry: ApiEntry, { arguments: given }: BodyCall["node"], locals: Locals): SpaceSource {
  const { space } = entry;
  const argument = typeof space === "object" ? given[space.argument] : undefined;
  return argument === undefined ? fixedSpace(entry) : spaceOf(argument, locals);
}

/** Struct that a call goes through: VirtioDeviceClass for `vdc` in `vdc->load`, SCSIBusInfo for `bus->info`; "" unknown. */
function structOf(project: Project, file: string, through: Expression, locals: Locals): string {
  if (through.kind === "call") return through.callee.kind === "identifier" ? classStructOf(through.callee.name) : "";
  if (through.kind === "cast" && through.type.base.kind === "name") return through.type.base.name;
  const path = namedPath(through, locals);
  let name = path?.typeName ?? "";
  for (const step of path?.steps ?? []) {
    if (name !== "" && step.startsWith(".")) name = memberStruct(project, file, name, step.slice(1));
  }
  return bareName(name);
}

const members = cachedByRevision(() => new Map<string, Found<string>>(), "own");

/** "" where it is not found. */
function memberStruct(project: Project, file: string, struct: string, member: string): string {
  return recalled(members(project), `${structKey(project, file, struct)}.${member}`, () => {
    const declared =
      declaredMember(project, struct, member, file) ?? declaredMember(project, `struct ${struct}`, member, file);
    return declared?.typeName ?? "";
  });
}
