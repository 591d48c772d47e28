/** What one function calls, as far as its own text and the names in sight tell. Context (which device) comes later. */
import { localTypes, type LocalVariable } from "../c/assignments";
import { blanksBefore } from "../c/body";
import { callsIn } from "../c/calls";
import type { ApiEntry, ApiTable } from "./apiEffects";
import { memberType } from "../project/memberTypes";
import type { Call, LocatedFunction, Project } from "../project/project";

interface EdgeBase {
  readonly start: number;
  readonly end: number;
  readonly args: readonly string[];
  /** The result is looked at, so that a failure can travel upwards. */
  readonly used: boolean;
}

export type CallEdge =
  | (EdgeBase & { readonly kind: "direct"; readonly name: string; readonly file: string })
  | (EdgeBase & { readonly kind: "api"; readonly name: string; readonly entry: ApiEntry; readonly space: SpaceSource })
  /** `vdc->load(…)`: a slot of a class struct, or of an ops table held by the state. */
  | (EdgeBase & { readonly kind: "slot"; readonly slot: string; readonly structName: string; readonly through: string })
  /** `vmstate_load_state(f, &vmstate_x, …)`; symbol undefined: `vdc->vmsd` with structName. */
  | (EdgeBase & { readonly kind: "load"; readonly symbol: string | undefined; readonly structName: string });

/** Where an access' AddressSpace comes from. */
export type SpaceSource =
  | { readonly from: "device" | "system" | "none" }
  | { readonly from: "parameter"; readonly index: number }
  | { readonly from: "member"; readonly member: string };

export interface FunctionNode {
  readonly file: string;
  readonly name: string;
  readonly edges: readonly CallEdge[];
  readonly returnsVoid: boolean;
  readonly parameters: readonly string[];
  /** Names that were looked up and not found; a later definition changes the node. */
  readonly unresolved: readonly string[];
}

const descriptionLoaders = new Set(["vmstate_load_state", "vmstate_load_vmsd"]);

export function readNode(project: Project, fn: LocatedFunction, api: ApiTable): FunctionNode {
  const { file, definition } = fn;
  const text = project.text(file) ?? "";
  const locals = localTypes(text, definition);
  const parameters = parameterNames(text.slice(definition.parametersStart, definition.parametersEnd));
  const edges: CallEdge[] = [];
  const unresolved: string[] = [];
  const reader: Reader = { project, file, text, api, locals, parameters, fn, edges, unresolved };
  for (const call of project.calls(fn)) readCall(reader, call, call, 0);
  return {
    file,
    name: definition.name,
    edges,
    returnsVoid: returnsVoid(text, definition.start, definition.nameStart),
    parameters,
    unresolved,
  };
}

/** Firmware and user-mode emulation have functions of the same names; a device never calls them. */
const elsewhere = /^(?:roms|pc-bios|tests|linux-user|bsd-user|subprojects|contrib)\//;

function functionOf(project: Project, name: string, file: string): LocatedFunction | undefined {
  const found = project.function(name, file);
  return found && elsewhere.test(found.file) && !elsewhere.test(file) ? undefined : found;
}

interface Reader {
  readonly project: Project;
  readonly file: string;
  readonly text: string;
  readonly api: ApiTable;
  readonly locals: ReadonlyMap<string, LocalVariable>;
  readonly parameters: readonly string[];
  readonly fn: LocatedFunction;
  readonly edges: CallEdge[];
  readonly unresolved: string[];
}

/** `site` is where the reader sees it: for a call inside a macro, the macro's use. */
function readCall(reader: Reader, call: Call, site: Call, depth: number): void {
  const { api, project, file, edges } = reader;
  const name = call.callee;
  const base = { start: site.start, end: site.end, args: call.args, used: isUsed(reader, site) };
  if (call.through !== undefined) {
    edges.push({
      ...base,
      kind: "slot",
      slot: name,
      structName: structOf(reader, call.through),
      through: call.through,
    });
    return;
  }
  const entry = api.effect(name);
  if (entry) {
    edges.push({ ...base, kind: "api", name, entry, space: spaceSource(reader, entry, call.args) });
  }
  const called = api.callThrough(name);
  if (called !== undefined) readCallback(reader, call.args[called], base);
  if (entry || called !== undefined || api.isOpaque(name)) return;
  if (descriptionLoaders.has(name)) {
    readLoad(reader, call, base);
    return;
  }
  const local = reader.locals.get(name);
  if (local) return;
  const target = functionOf(project, name, file);
  if (target) {
    edges.push({ ...base, kind: "direct", name: target.definition.name, file: target.file });
    return;
  }
  reader.unresolved.push(name);
  if (depth < 3) readMacro(reader, name, site, depth);
}

function readCallback(reader: Reader, argument: string | undefined, base: EdgeBase): void {
  const name = argument === undefined ? undefined : /^&?\s*(?:\([^()]*\)\s*)?([A-Za-z_]\w*)$/.exec(argument)?.[1];
  if (name === undefined) return;
  const target = functionOf(reader.project, name, reader.file);
  if (target) reader.edges.push({ ...base, kind: "direct", name: target.definition.name, file: target.file, args: [] });
  else reader.unresolved.push(name);
}

function readLoad(reader: Reader, call: Call, base: EdgeBase): void {
  const argument = call.args[1]?.trim() ?? "";
  const symbol = /^&\s*([A-Za-z_]\w*)$/.exec(argument)?.[1];
  const member = /^(.*?)(?:->|\.)\s*\w+$/s.exec(argument);
  const structName = member?.[1] === undefined ? "" : structOf(reader, member[1]);
  if (symbol !== undefined || structName !== "") reader.edges.push({ ...base, kind: "load", symbol, structName });
}

/** A function-like macro of the same file: its body's calls happen where it is used. */
function readMacro(reader: Reader, name: string, site: Call, depth: number): void {
  const macros = reader.project.facts(reader.file)?.macros ?? [];
  const macro = macros.find((m) => m.name === name && m.parameters !== undefined && m.undefined === undefined);
  if (!macro) return;
  for (const inner of callsIn(reader.text, macro.bodyStart, macro.bodyEnd)) {
    if (inner.callee !== name) readCall(reader, inner, site, depth + 1);
  }
}

/** Struct that a call goes through: VirtioDeviceClass for `vdc` in `vdc->load`, SCSIBusInfo for `bus->info`; "" unknown. */
function structOf(reader: Reader, through: string): string {
  const path = through
    .replace(/\[[^\]]*\]/g, "")
    .split(/->|\./)
    .map((part) => part.trim());
  const variable = reader.locals.get(path[0] ?? "");
  if (variable && path.length <= 4) {
    let type = variable.typeName;
    for (const member of path.slice(1)) {
      type = type === "" ? "" : memberType(reader.project, type, member, reader.file);
    }
    return type;
  }
  const getter = /^([A-Z_0-9]+)_(?:GET_CLASS|CLASS)\s*\(/.exec(through);
  if (getter?.[1] !== undefined) return classStructOf(getter[1]);
  return "";
}

/** VIRTIO_DEVICE -> VirtioDeviceClass, as QEMU's naming goes; a wrong guess finds no slot. */
function classStructOf(macroStem: string): string {
  const words = macroStem.split("_").map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join("")}Class`;
}

function classifySpace(text: string): "system" | undefined {
  return /\baddress_space_(?:memory|io)\b|\bget_system_memory\b/.test(text) ? "system" : undefined;
}

function spaceSource(reader: Reader, entry: ApiEntry, args: readonly string[]): SpaceSource {
  const { space } = entry;
  if (space === undefined) return { from: "none" };
  if (typeof space === "string") return { from: space };
  const argument = args[space.argument];
  return argument === undefined ? { from: "device" } : sourceOf(reader, argument, 0);
}

function sourceOf(reader: Names, expression: string, depth: number): SpaceSource {
  if (classifySpace(expression)) return { from: "system" };
  const text = expression.trim().replace(/^&\s*/, "");
  if (/^\w+$/.test(text)) {
    const index = reader.parameters.indexOf(text);
    if (index !== -1) return { from: "parameter", index };
    const value = reader.locals.get(text)?.value ?? assignedValue(reader, text);
    return value !== undefined && depth < 4 ? sourceOf(reader, value, depth + 1) : { from: "device" };
  }
  const member = /(?:->|\.)\s*(\w+)$/.exec(text)?.[1];
  return member === undefined ? { from: "device" } : { from: "member", member };
}

/** Where `expression`, written inside the function of `node`, comes from. */
export function spaceOfExpression(project: Project, node: FunctionNode, expression: string): SpaceSource {
  const fn = project.function(node.name, node.file);
  const text = project.text(node.file);
  if (!fn || text === undefined) return { from: "device" };
  return sourceOf({ text, fn, locals: localTypes(text, fn.definition), parameters: node.parameters }, expression, 0);
}

type Names = Pick<Reader, "text" | "fn" | "locals" | "parameters">;

function assignedValue(reader: Names, name: string): string | undefined {
  const { bodyStart, bodyEnd } = reader.fn.definition;
  const match = new RegExp(`(?:^|[;{}\\s])${name}\\s*=(?!=)([^;]{0,1000});`).exec(
    reader.text.slice(bodyStart, bodyEnd),
  );
  return match?.[1];
}

/**
 * A call that stands as a statement of its own drops its result, unless it hands out a place that is read afterwards:
 * `map(as, &s->p, …); if (s->p == NULL)`.
 */
function isUsed(reader: Reader, call: Call): boolean {
  const { bodyStart, bodyEnd } = reader.fn.definition;
  const floor = Math.max(bodyStart, call.start - 400);
  const expressionStart = call.through === undefined ? call.start : reader.text.lastIndexOf(call.through, call.start);
  const before = blanksBefore(reader.text, Math.max(floor, expressionStart), floor);
  const last = reader.text[before - 1];
  const isStatement = last === ";" || last === "{" || last === "}" || last === ":";
  const isVoidCast = last === ")" && /\(\s*void\s*\)$/.test(reader.text.slice(Math.max(floor, before - 12), before));
  const isBranch =
    last === ")" && !isVoidCast && /\b(?:if|while|for)\s*\(/.test(lastLine(reader.text.slice(floor, before)));
  if (!isStatement && !isVoidCast && !isBranch) return !/\belse$/.test(reader.text.slice(floor, before));
  const behind = reader.text.slice(call.end, Math.min(bodyEnd, call.end + 10_000));
  return call.args.some((argument) => {
    const place = /^&\s*([\w.>[\]-]+)$/.exec(argument)?.[1];
    if (place === undefined || !/[.>]/.test(place)) return false;
    const at = behind.indexOf(place);
    return at !== -1 && /\bif\s*\([^;{]*$/.test(behind.slice(Math.max(0, at - 80), at));
  });
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

function parameterNames(text: string): readonly string[] {
  return text.split(",").map((parameter) => /(\w+)\s*(?:\[[^\]]*\])?\s*$/.exec(parameter.slice(-200))?.[1] ?? "");
}

function returnsVoid(text: string, start: number, nameStart: number): boolean {
  return /\bvoid\s*$/.test(text.slice(start, nameStart));
}
