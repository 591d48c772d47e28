/** What a function has run after it has returned: bottom halves and timers, and what a file has run when the machine goes on. */
import { accessesIn } from "../c/body/accesses";
import { type BodyCall, callsOf } from "../c/body/calls";
import { originOf, withoutAddress } from "../c/body/carried";
import { localsOf } from "../c/body/locals";
import type { FileFacts } from "../c/facts";
import type { Expression } from "../c/syntax";
import { bodyOf, callsStarting, functionsWith } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { timedRegistrars } from "./accessHandlers";
import { callGraph } from "./callGraph";
import type { FunctionNode } from "./functionNode";
import type { LoadReach } from "./loadEffects";

export interface Deferred {
  /** Of the function that runs. */
  readonly name: string;
  /** Offset of the name of what has it run. */
  readonly start: number;
  /** A timer's may run long after. */
  readonly isTimer: boolean;
}

/** By function that takes the callback itself, which argument that is. */
const once: ReadonlyMap<string, number> = new Map([
  ...["aio_bh_schedule_oneshot", "aio_bh_schedule_oneshot_full", "replay_bh_schedule_oneshot_event"].map(
    (name): [string, number] => [name, 1],
  ),
  ...["aio_wait_bh_oneshot", "async_run_on_cpu", "async_safe_run_on_cpu"].map((name): [string, number] => [name, 1]),
]);

/** What begins the names of functions that have something run, which their first argument is. */
const starting = ["qemu_bh_schedule", "replay_bh_schedule_event", "timer_mod", "qemu_mod_timer", "ptimer_run"];
/** In each of those names, and in those of the ones above. */
const stems = ["bh_schedule", "timer_mod", "mod_timer", "ptimer_run", "run_on_cpu", "bh_oneshot"];

/** The functions that what a function calls has run, by the calls. */
export function deferredIn(project: Project, fn: LocatedFunction): readonly Deferred[] {
  const { file, definition } = fn;
  const text = (project.text(file) ?? "").slice(definition.bodyStart, definition.bodyEnd);
  if (!stems.some((stem) => text.includes(stem))) return [];
  const body = bodyOf(project, fn);
  return callsOf(body).flatMap((call): readonly Deferred[] => {
    const { name, node, through, nameStart } = call;
    if (through !== undefined) return [];
    const given = node.arguments[once.get(name) ?? -1];
    const callback = given && withoutAddress(given);
    if (callback?.kind === "identifier") return [{ name: callback.name, start: nameStart, isTimer: false }];
    const [what] = node.arguments;
    if (what === undefined || !starting.some((each) => name.startsWith(each))) return [];
    const isTimer = name.includes("timer");
    const callbacks = callbacksOf(project, file, originOf(what, localsOf(body)));
    return callbacks.map((each) => ({ name: each, start: nameStart, isTimer }));
  });
}

function callbacksOf(project: Project, file: string, what: Expression): readonly string[] {
  if (what.kind === "call") return callbackOf(what) ?? [];
  const name = nameOf(what);
  return name === undefined ? [] : [...(handles(project, file).get(name) ?? [])];
}

function callbackOf({ callee, arguments: given }: BodyCall["node"]): readonly string[] | undefined {
  const callback = callee.kind === "identifier" ? given[timedRegistrars.get(callee.name) ?? -1] : undefined;
  const named = callback && withoutAddress(callback);
  return named?.kind === "identifier" ? [named.name] : undefined;
}

/** `bh` of `s->bh`, `s->chan[i].bh` and `&s->bh`. */
function nameOf(expression: Expression): string | undefined {
  let at = withoutAddress(expression);
  while (at.kind === "subscript") at = at.object;
  return at.kind === "member" || at.kind === "identifier" ? at.name : undefined;
}

type Handles = ReadonlyMap<string, ReadonlySet<string>>;

const known = new WeakMap<FileFacts, Handles>();

/** By the last name of what holds a bottom half or a timer, the callbacks that the file makes such of. */
function handles(project: Project, file: string): Handles {
  const facts = project.facts(file);
  const before = facts && known.get(facts);
  if (before !== undefined) return before;
  const found = new Map<string, Set<string>>();
  const note = (place: Expression | undefined, callbacks: readonly string[] | undefined): void => {
    const name = place && nameOf(place);
    if (name === undefined || callbacks === undefined) return;
    found.set(name, new Set([...(found.get(name) ?? []), ...callbacks]));
  };
  const makes = (text: string): boolean =>
    ["bh_new", "timer_new", "timer_init", "new_timer"].some((stem) => text.includes(stem));
  for (const fn of functionsWith(project, file, "_", makes)) {
    const body = bodyOf(project, fn);
    for (const { place, value } of accessesIn(body.block)) {
      if (value?.kind === "call") note(place, callbackOf(value));
    }
    for (const { name, node } of callsOf(body)) {
      if (name.startsWith("timer_init")) note(node.arguments[0], callbackOf(node));
    }
  }
  if (facts !== undefined) known.set(facts, found);
  return found;
}

/** Functions of the file that QEMU runs whenever the machine goes on, as it does behind a load. */
function runWhenGoingOn(project: Project, file: string): readonly string[] {
  const text = project.text(file) ?? "";
  if (!text.includes("add_vm_change_state_handler")) return [];
  const register = (start: string, argument: number): readonly string[] =>
    callsStarting(project, file, start).flatMap(({ node }) => {
      const callback = node.arguments[argument];
      return callback?.kind === "identifier" ? callback.name : [];
    });
  return [...register("qemu_add_vm_change_state_handler", 0), ...register("qdev_add_vm_change_state_handler", 1)];
}

const behind = new WeakMap<LoadReach, { readonly facts: FileFacts; readonly nodes: readonly FunctionNode[] }>();

/** Functions of the file that run while something is loaded, and those that run behind that: what they start, and what that calls in the file. */
export function withDeferred(project: Project, reach: LoadReach, file: string): readonly FunctionNode[] {
  const facts = project.facts(file);
  const before = behind.get(reach);
  if (facts === undefined || before?.facts === facts) return before?.nodes ?? [];
  const nodes = [...readDeferred(project, reach, file)];
  behind.set(reach, { facts, nodes });
  return nodes;
}

function readDeferred(project: Project, { functions }: LoadReach, file: string): ReadonlySet<FunctionNode> {
  const graph = callGraph(project);
  const found = new Set([...functions].filter((node) => node.file === file));
  const note = (name: string): void => {
    const node = graph.node(name, file);
    if (node?.file === file) found.add(node);
  };
  const start = ({ name }: FunctionNode): void => {
    const fn = project.function(name, file);
    if (fn?.file === file) for (const each of deferredIn(project, fn)) note(each.name);
  };
  const loading = new Set(found);
  runWhenGoingOn(project, file).forEach(note);
  // grows while it is walked
  for (const node of found) {
    start(node);
    if (loading.has(node)) continue;
    for (const edge of node.edges) if (edge.kind === "direct" && edge.file === file) note(edge.name);
  }
  return found;
}
