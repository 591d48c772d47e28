import { isName } from "../../../c/words";
import { accessesIn } from "../../../c/body/accesses";
import { callsOf } from "../../../c/body/calls";
import { localsOf } from "../../../c/body/locals";
import type { Body } from "../../../c/body/parse";
import { keyOf, memberPlace, namedPath, pathOf } from "../../../c/body/paths";
import type { Expression } from "../../../c/syntax";
import { bodyOf } from "../../../project/bodies";
import type { VMStateDescription } from "../../../vmstate/model";
import { callGraph } from "../../../code/callGraph";
import type { Related } from "../../diagnostic";
import type { CallEdge, FunctionNode } from "../../../code/functionNode";
import { handlerKey, liveHandlers } from "../../../code/liveHandlers";
import { handlerReach, type LoadReach, loadReach } from "../../../code/loadEffects";
import type { LocatedFunction, Project } from "../../../project/project";
import { descriptionKey, descriptionRoles, typesByFile } from "../../../code/registered";
import { contextOf, slotTargets } from "../../../code/slots";
import { answered } from "../../../project/answers";
import { type Found, recalled } from "../../../project/uses";
import { type Finding, rule, type RuleContext, wants } from "../../rule";

/** Code that loads by hand: a method in its middle sees what is loaded behind it as reset left it. */
export const readBeforeLoad = rule({
  code: "read-before-load",
  group: "hooks",
  severity: "warning",
  default: "on",
  title: "A load method reads what is loaded after it",
  summary: "A device's load method reads a member that the code which calls it loads afterwards.",
  *check(context) {
    const { project } = context;
    const reported = new Set<string>();
    for (const section of loaded(context)) {
      const { key, file } = section;
      for (const { method, read } of answered(project, `late members ${key}`, file, () => readsIn(project, section))) {
        const name = `${method.file} ${method.name} ${method.member}`;
        if (reported.has(name) || !wants(context, method.file)) continue;
        reported.add(name);
        if (read !== undefined) yield read;
      }
    }
  },
});

interface Read {
  readonly method: { readonly file: string; readonly name: string; readonly member: string };
  /** undefined where it does not read the member. */
  readonly read: Finding | undefined;
}

/** The methods that run before a member of theirs is loaded. */
function readsIn(project: Project, { reach, types, file }: Loaded): readonly Read[] {
  const found = new Map<string, Read>();
  const context = contextOf(project, types, file);
  for (const node of reach().functions) {
    for (const late of lateMembers(project, node)) {
      for (const target of slotTargets(project, context, late.slot.slot, late.slot.structName, node.file)) {
        const fn = project.function(target.name, target.file);
        const method = { file: target.file, name: target.name, member: late.member };
        const key = Object.values(method).join(" ");
        if (!fn || found.has(key)) continue;
        const read = firstRead(project, fn, late);
        found.set(key, { method, read: read && finding(node, fn, late, read) });
      }
    }
  }
  return [...found.values()];
}

interface Loaded {
  readonly key: string;
  reach(): LoadReach;
  readonly types: readonly string[];
  readonly file: string;
}

/** Of all, or of those whose methods may be in the file that is asked for. */
function* loaded({ project, path }: RuleContext): Iterable<Loaded> {
  const here =
    path === undefined
      ? undefined
      : new Set(
          typesByFile(project)
            .get(path)
            ?.map(({ name }) => name),
        );
  const isWanted = (types: readonly string[]): boolean => here === undefined || types.some((type) => here.has(type));
  for (const { description, types } of descriptionRoles(project).registered.values()) {
    if (!isWanted(types)) continue;
    const key = descriptionKey(description);
    yield { key, reach: () => loadReach(project, description), types, file: description.file };
  }
  for (const handler of liveHandlers(project)) {
    if (!isWanted(handler.types)) continue;
    const reach = (): LoadReach => handlerReach(project, handler);
    yield { key: handlerKey(handler), reach, types: handler.types, file: handler.file };
  }
}

type SlotEdge = CallEdge & { readonly kind: "slot" };

interface LateMember {
  readonly member: string;
  readonly structName: string;
  /** The call that comes too early for it. */
  readonly slot: SlotEdge;
  /** The vmstate_load_state that loads it. */
  readonly load: CallEdge;
}

const known = new WeakMap<FunctionNode, Found<readonly LateMember[]>>();

function lateMembers(project: Project, node: FunctionNode): readonly LateMember[] {
  return recalled(known, node, () => readLateMembers(project, node));
}

/** `k->load(vdev, f)` and, behind it, `vmstate_load_state(f, &vmstate_x, vdev, 1)`: members of vdev that only the latter loads. */
function readLateMembers(project: Project, node: FunctionNode): readonly LateMember[] {
  const slots = node.edges.filter((edge) => edge.kind === "slot");
  const loads = node.edges.filter((edge) => edge.kind === "load" && edge.symbol !== undefined);
  if (slots.length === 0 || loads.length === 0) return [];
  const fn = project.function(node.name, node.file);
  if (!fn) return [];
  const body = bodyOf(project, fn);
  const given = (edge: CallEdge, index: number): string | undefined => {
    const argument = callsOf(body).find(({ nameStart }) => nameStart === edge.start)?.node.arguments[index];
    return argument && keyIn(body, argument);
  };
  const found: LateMember[] = [];
  for (const slot of slots) {
    const state = given(slot, 0);
    const set = state === undefined ? new Set() : setBefore(body, slot.start, state);
    for (const load of loads) {
      if (load.kind !== "load" || load.start < slot.start || state === undefined || given(load, 2) !== state) continue;
      const description = project.description(load.symbol ?? "", node.file);
      for (const { member, structName } of description ? membersOf(project, description) : []) {
        if (!set.has(member)) found.push({ member, structName, slot, load });
      }
    }
  }
  return found;
}

/** Members of the state that are set before the place, or handed to a function that may read them from the stream. */
function setBefore(body: Body, offset: number, state: string): ReadonlySet<string> {
  const given = new Set<Expression>(callsOf(body).flatMap(({ node }) => node.arguments));
  const found = new Set<string>();
  for (const { place, kind } of accessesIn(body.block)) {
    if (place.kind !== "member" || place.start >= offset || (kind === "read" && !given.has(place))) continue;
    if (keyIn(body, place.object) === state) found.add(place.name);
  }
  return found;
}

function keyIn(body: Body, place: Expression): string | undefined {
  const path = pathOf(place, localsOf(body));
  return path && keyOf(path);
}

function membersOf(
  project: Project,
  description: VMStateDescription,
): readonly { readonly member: string; readonly structName: string }[] {
  const all = [description, ...description.subsections.flatMap((reference) => project.resolve(reference) ?? [])];
  return all.flatMap(({ fields }) =>
    fields.flatMap(({ member }) =>
      member && isName(member.path) ? [{ member: member.path, structName: member.structName }] : [],
    ),
  );
}

const depthLimit = 3;

/** A place that reads the member of a variable of the struct, in the method or in what it calls by name. */
function firstRead(project: Project, method: LocatedFunction, late: LateMember): Related | undefined {
  const graph = callGraph(project);
  const seen = new Set<string>();
  let level: readonly LocatedFunction[] = [method];
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    const next: LocatedFunction[] = [];
    for (const fn of level) {
      const { name } = fn.definition;
      if (seen.has(name)) continue;
      seen.add(name);
      const read = readIn(project, fn, late);
      if (read) return read;
      for (const edge of graph.node(name, fn.file)?.edges ?? []) {
        const target = edge.kind === "direct" ? project.function(edge.name, edge.file) : undefined;
        if (target) next.push(target);
      }
    }
    level = next;
  }
  return undefined;
}

function readIn(project: Project, fn: LocatedFunction, late: LateMember): Related | undefined {
  const { file, definition } = fn;
  if (project.text(file)?.slice(definition.bodyStart, definition.bodyEnd).includes(late.member) !== true)
    return undefined;
  const body = bodyOf(project, fn);
  for (const { place, kind } of accessesIn(body.block)) {
    if (place.kind !== "member" || place.name !== late.member || kind === "write") continue;
    const path = namedPath(place, localsOf(body));
    const found = path && memberPlace(path);
    if (found?.typeName !== late.structName || found.member !== late.member) continue;
    return { range: { file, start: place.start, end: place.end }, message: `${definition.name} reads it` };
  }
  return undefined;
}

function finding(node: FunctionNode, method: LocatedFunction, late: LateMember, read: Related): Finding {
  const { nameStart, name } = method.definition;
  return {
    range: { file: method.file, start: nameStart, end: nameStart + name.length },
    message: `${name} runs in the middle of ${node.name} and reads ${late.member}, which ${node.name} loads only afterwards: it sees what a reset device has.`,
    related: [
      read,
      { range: { file: node.file, start: late.slot.start, end: late.slot.end }, message: `${node.name} calls it here` },
      {
        range: { file: node.file, start: late.load.start, end: late.load.end },
        message: `${late.member} is loaded here`,
      },
    ],
  };
}
