/** Breadth-first walk from a description's load callbacks to the API calls they end in. */
import type { VMStateDescription } from "../vmstate/model";
import { type CallGraph, callGraph } from "./callGraph";
import { loadCallbacks } from "./callbacks";
import type { AddressSpaceKind, CallStep, LoadEffect, LoadEffectKind } from "./effects";
import type { Argument, SpaceSource } from "./arguments";
import type { CallEdge, FunctionNode } from "./functionNode";
import { isSystemMember } from "./systemMembers";
import { handlerKey, handlersSummary, type LiveHandler } from "./liveHandlers";
import { memoByFiles, type Track } from "./memo";
import type { Project } from "../project/project";
import { createUses, noteSummary, noteUses, within } from "../project/uses";
import { classDescription, descriptionKey, descriptionRoles } from "./registered";
import { contextOf, type LoadContext, slotTargets, warmTables } from "./slots";

/** Deeper chains exist only through machinery that has nothing to do with the device. */
const depthLimit = 14;
const visitLimit = 4000;

interface Visit {
  readonly node: FunctionNode;
  readonly parent: Visit | undefined;
  /** The call in `parent` that leads here. */
  readonly edge: CallEdge | undefined;
  readonly indirect: boolean;
  readonly callback: string;
  readonly depth: number;
  /** Every call up to here looks at the result. */
  readonly checked: boolean;
}

/** All that runs while a section is loaded. */
export interface LoadReach {
  readonly effects: readonly LoadEffect[];
  readonly functions: Iterable<FunctionNode>;
  /** Keys of the descriptions whose callbacks count. */
  readonly descriptions: ReadonlySet<string>;
}

const memo = memoByFiles<LoadReach>();

/**
 * What loading the description does outside its own struct, each with the shortest chain of calls that shows it.
 * One entry for each kind, API function, address space and call in the callback. Never throws; code that the tree lacks is not followed.
 */
export function loadEffects(project: Project, description: VMStateDescription): readonly LoadEffect[] {
  return loadReach(project, description).effects;
}

export function loadReach(project: Project, description: VMStateDescription): LoadReach {
  const types = contextTypes(project, description);
  return memo(project, descriptionKey(description), [types], (track) => {
    const walk = walkFrom(project, description, types);
    for (const _ of steps(walk));
    return reachOf(walk, track);
  });
}

/** Computes `loadEffects` of every registered description, a few functions at a time; not of those that nobody will ask for. */
export function* warmLoadEffects(
  project: Project,
  isWanted: (description: VMStateDescription) => boolean = () => true,
): Generator<void> {
  yield* warmTables(project);
  for (const { description } of descriptionRoles(project).registered.values()) {
    const types = contextTypes(project, description);
    const key = descriptionKey(description);
    if (memo.has(project, key, [types]) || !isWanted(description)) continue;
    const { revision } = project;
    const uses = createUses();
    const walk = within(uses, () => walkFrom(project, description, types));
    const next = steps(walk);
    while (within(uses, () => next.next().done) !== true) yield;
    // an edit while it paused: whoever asks computes it
    if (project.revision !== revision) continue;
    memo(project, key, [types], (track) => {
      noteUses(uses);
      return reachOf(walk, track);
    });
  }
}

function walkFrom(project: Project, description: VMStateDescription, types: readonly string[]): Walk {
  const walk = createWalk(project, callGraph(project), contextOf(project, types, description.file));
  startAt(walk, description, undefined, undefined);
  return walk;
}

/** The same of what QEMU runs before it saves: the description's own pre_save. */
export function saveEffects(project: Project, description: VMStateDescription): readonly LoadEffect[] {
  const hook = description.hooks.pre_save ?? description.hooks.pre_save_errp;
  if (hook === undefined) return [];
  const types = contextTypes(project, description);
  return memo(project, `${descriptionKey(description)}\npre_save`, [types], (track) => {
    const walk = createWalk(project, callGraph(project), contextOf(project, types, description.file));
    enter(walk, hook.name, hook.range.file || description.file, undefined, undefined, false, "pre_save");
    for (const _ of steps(walk));
    return reachOf(walk, track);
  }).effects;
}

/** The same for a section without a description: what its load_state does. */
export function handlerEffects(project: Project, handler: LiveHandler): readonly LoadEffect[] {
  return handlerReach(project, handler).effects;
}

export function handlerReach(project: Project, handler: LiveHandler): LoadReach {
  noteSummary(handlersSummary);
  const { name, file } = handler.load;
  return memo(project, handlerKey(handler), [handler.types.join(" ")], (track) => {
    const walk = createWalk(project, callGraph(project), contextOf(project, handler.types, handler.file));
    enter(walk, name, file, undefined, undefined, false, "load_state");
    walk.files.add(handler.file);
    for (const _ of steps(walk));
    return reachOf(walk, track);
  });
}

function reachOf(walk: Walk, track: Track): LoadReach {
  for (const file of [...walk.files, ...walk.context.files]) track(file);
  const { seen, descriptions, effects } = walk;
  return { effects: [...effects.values()], functions: { [Symbol.iterator]: () => seen.keys() }, descriptions };
}

const none: readonly string[] = [];

function contextTypes(project: Project, description: VMStateDescription): readonly string[] {
  const key = descriptionKey(description);
  const { registered, insideVirtio } = descriptionRoles(project);
  const own = registered.get(key)?.types ?? none;
  return own.length > 0 ? own : (insideVirtio.get(key) ?? none);
}

interface Walk {
  readonly project: Project;
  readonly graph: CallGraph;
  readonly context: LoadContext;
  readonly queue: Visit[];
  /** With whether a chain of checked calls got there. */
  readonly seen: Map<FunctionNode, boolean>;
  readonly descriptions: Set<string>;
  readonly files: Set<string>;
  readonly effects: Map<string, LoadEffect>;
}

function createWalk(project: Project, graph: CallGraph, context: LoadContext): Walk {
  return {
    project,
    graph,
    context,
    queue: [],
    seen: new Map(),
    descriptions: new Set(),
    files: new Set(),
    effects: new Map(),
  };
}

function startAt(
  walk: Walk,
  description: VMStateDescription,
  parent: Visit | undefined,
  edge: CallEdge | undefined,
): void {
  for (const callback of loadCallbacks(walk.project, description, walk.descriptions)) {
    const label = parent ? parent.callback : callback.label;
    enter(walk, callback.name, callback.file, parent, edge, parent !== undefined, label);
  }
  for (const key of walk.descriptions) walk.files.add(key.slice(0, key.indexOf("\n")));
}

function enter(
  walk: Walk,
  name: string,
  file: string,
  parent: Visit | undefined,
  edge: CallEdge | undefined,
  indirect: boolean,
  callback: string,
): void {
  const depth = (parent?.depth ?? -1) + 1;
  if (depth > depthLimit || walk.seen.size >= visitLimit) return;
  const node = walk.graph.node(name, file);
  if (!node) return;
  const before = walk.seen.get(node);
  if (before === true) return;
  const checked = parent === undefined || (parent.checked && edge !== undefined && parent.node.isUsed(edge));
  if (before === checked) return;
  walk.seen.set(node, checked);
  walk.files.add(node.file);
  walk.queue.push({ node, parent, edge, indirect, callback, depth, checked });
}

/** Pauses after each function. */
function* steps(walk: Walk): Generator<void> {
  for (let i = 0; i < walk.queue.length; i++) {
    const visit = walk.queue[i];
    if (!visit) return;
    for (const edge of visit.node.edges) follow(walk, visit, edge);
    yield;
  }
}

function follow(walk: Walk, visit: Visit, edge: CallEdge): void {
  switch (edge.kind) {
    case "api":
      record(walk, visit, edge);
      return;
    case "direct":
      enter(walk, edge.name, edge.file, visit, edge, false, visit.callback);
      return;
    case "slot":
      for (const target of slotTargets(walk.project, walk.context, edge.slot, edge.structName, visit.node.file)) {
        enter(walk, target.name, target.file, visit, edge, true, visit.callback);
      }
      return;
    case "load":
      for (const description of loadedBy(walk, visit, edge)) startAt(walk, description, visit, edge);
  }
}

/** `vmstate_load_state(f, &x, …)` names it; `vdc->vmsd` is the description that the context's class holds. */
function loadedBy(walk: Walk, visit: Visit, edge: CallEdge & { kind: "load" }): readonly VMStateDescription[] {
  const { project } = walk;
  if (edge.symbol !== undefined) {
    const description = project.description(edge.symbol, visit.node.file);
    return description ? [description] : [];
  }
  const found = new Map<string, VMStateDescription>();
  for (const name of walk.context.types) {
    for (const type of project.ancestry(name)) {
      const own = type.descriptions.find((d) => d.classStruct === edge.structName);
      const description = own && classDescription(project, type, own);
      if (!description) continue;
      found.set(descriptionKey(description), description);
      break;
    }
  }
  return [...found.values()];
}

function record(walk: Walk, visit: Visit, edge: CallEdge & { kind: "api" }): void {
  const space = spaceAt(walk, visit, edge.space);
  const { entry } = edge;
  const checked = visit.checked && entry.silent !== true && canFail(entry.kind) && visit.node.isUsed(edge);
  const first = firstCall(visit)?.start ?? edge.start;
  const key = `${edge.entry.kind} ${edge.name} ${space} ${checked} ${first}`;
  if (walk.effects.has(key)) return;
  const chain: CallStep[] = [];
  let outgoing: CallEdge = edge;
  for (let step: Visit | undefined = visit; step; step = step.parent) {
    const { file, name } = step.node;
    const range = { file, start: outgoing.start, end: outgoing.start + calleeLength(outgoing) };
    chain.unshift({ function: name, file, range, indirect: step.indirect });
    if (step.edge) outgoing = step.edge;
  }
  walk.effects.set(key, { kind: edge.entry.kind, api: edge.name, space, chain, callback: visit.callback, checked });
}

/** The call in the callback itself that the chain begins with. */
function firstCall(visit: Visit): CallEdge | undefined {
  let at = visit;
  while (at.parent?.parent) at = at.parent;
  return at.edge;
}

function canFail(kind: LoadEffectKind): boolean {
  return kind.startsWith("dma-") || kind === "iommu-lookup" || kind === "block-write";
}

function calleeLength(edge: CallEdge): number {
  if (edge.kind === "slot") return edge.slot.length;
  if (edge.kind === "load") return "vmstate_load_state".length;
  return edge.name.length;
}

/** A parameter is what the caller passed; a member what the device's files assign to it. */
function spaceAt({ project, context }: Walk, visit: Visit, source: SpaceSource): AddressSpaceKind {
  let current = source;
  for (let at: Visit | undefined = visit; current.from === "parameter"; at = at?.parent) {
    const argument: Argument | undefined =
      at?.edge === undefined ? undefined : at.parent?.node.argumentsOf(at.edge)[current.index];
    if (argument === undefined) return "device";
    current = argument.space;
  }
  if (current.from !== "member") return current.from;
  return isSystemMember(project, context.files, current.member) ? "system" : "device";
}
