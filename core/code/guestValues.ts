/** Where functions of a file put what the guest writes: into members of their structs. */
import { callsOf } from "../c/body/calls";
import { isAssignment, type Local, localsOf } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn, type Node } from "../c/body/walk";
import type { FunctionDefinition } from "../c/facts";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import { type AccessHandlers, accessHandlers } from "./accessHandlers";
import { assignedPlaces } from "./macroWrites";
import { placeStart } from "./memberPlaces";
import { assignedNames } from "./slots";
import { copiesValue, storedArgument } from "./stores";

const known = new WeakMap<AccessHandlers, ReadonlySet<number>>();
/** A value that goes through more functions than this is not followed. */
const depthLimit = 4;

/** Offsets of the members' names where the written value, or what is made of it, is put: by handlers and those they hand it to. */
export function guestValues(project: Project, file: string): ReadonlySet<number> {
  const handlers = accessHandlers(project, file);
  const before = known.get(handlers);
  if (before !== undefined) return before;
  const found = new Set<number>();
  known.set(handlers, found);
  const seen = new Map<FunctionDefinition, Set<number>>();
  const { writes, inputs, outside } = handlers;
  // how much has come from outside is no state by itself
  let level = [...writes, ...inputs].map(([name, index]) => ({ name, index, isWhole: !outside.has(name) }));
  for (let depth = 0; depth < depthLimit && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { name, index, isWhole } of level) {
      const fn = project.function(name, file);
      if (fn?.file !== file) continue;
      const done = seen.get(fn.definition) ?? new Set();
      if (done.has(index)) continue;
      seen.set(fn.definition, done.add(index));
      const body = bodyOf(project, fn);
      const carriers = carriersOf(body, body.parameters.slice(index, isWhole ? undefined : index + 1));
      const carries = (node: Node): boolean => mentions(node, body, carriers);
      for (const node of nodesIn(body.block)) {
        if (node.kind !== "binary" || !isAssignment(node.operator) || node.left.kind === "identifier") continue;
        if (carries(node.right)) found.add(placeStart(node.left));
      }
      for (const call of callsOf(body)) {
        const given = call.node.arguments;
        const carried = given.map(carries);
        if (!carried.includes(true)) continue;
        const callees = call.through === undefined ? [call.name] : (assignedNames(project, file).get(call.name) ?? []);
        for (const [k, each] of carried.entries())
          if (each) next.push(...callees.map((callee) => ({ name: callee, index: k, isWhole: false })));
        if (call.through !== undefined) continue;
        const isGiven = (but: number): boolean => carried.some((each, k) => each && k !== but);
        const stored = copiesValue(call.name) ? storedArgument(call.name) : undefined;
        const target = stored === undefined ? undefined : given[stored];
        if (stored !== undefined && target !== undefined && isGiven(stored)) found.add(placeStart(target));
        for (const { argument, place } of assignedPlaces(project, file, call)) {
          if (isGiven(argument)) found.add(placeStart(place));
        }
      }
    }
    level = next;
  }
  return found;
}

/** The parameters, and the variables that their values go into. */
function carriersOf(body: Body, parameters: Body["parameters"]): ReadonlySet<Local> {
  const { all } = localsOf(body);
  const given = new Set(parameters.map(({ nameStart }) => nameStart));
  const found = new Set(all.filter((local) => local.isParameter && given.has(local.declarator.nameStart)));
  // grows until nothing is added
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const local of all) {
      if (!found.has(local) && local.values.some((value) => value && mentions(value, body, found))) found.add(local);
    }
  }
  return found;
}

function mentions(root: Node, body: Body, carriers: ReadonlySet<Local>): boolean {
  const locals = localsOf(body);
  for (const node of nodesIn(root)) {
    if (node.kind !== "identifier") continue;
    const local = locals.at(node.name, node.start);
    if (local !== undefined && carriers.has(local)) return true;
  }
  return false;
}
