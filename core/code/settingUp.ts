/** What of a file runs to set a device up, to reset it or to load it. */
import { blanksAfter } from "../c/body";
import { namesIn, nameSpans } from "../c/words";
import { callsStarting } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { LocatedFunction, Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import type { VMStateDescription } from "../vmstate/model";
import { loadHooks } from "./callbacks";
import { deferredIn } from "./deferred";
import { classFunction, typeRoots } from "./reach";
import { typesByFile } from "./registered";

const tearing = ["reset", "unrealize", "exit", "finalize", "phases"];
/** In names of functions, by QEMU's custom. */
const settingWords = new Set(["reset", "init", "initfn", "realize", "finalize", "exit"]);

/** Functions of the file that run to set a device up, to reset it or to load it, and those that only they call. */
export function settingUp(project: Project, file: string, tables: readonly VMStateDescription[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (fn: LocatedFunction | undefined): void => {
    if (fn?.file === file) found.add(fn.definition.name);
  };
  for (const type of typesByFile(project).get(file) ?? []) {
    for (const fn of typeRoots(project, type)) add(fn);
    for (const { slot, value } of type.classSlots) {
      if (tearing.some((each) => slot.includes(each))) add(classFunction(project, type, value));
    }
  }
  for (const { hooks } of tables) {
    for (const hook of [...loadHooks, "pre_save", "post_save"] as const) {
      const reference = hooks[hook];
      if (reference) add(project.function(reference.name, file));
    }
  }
  const functions = functionTexts(project, file);
  for (const { name, node } of callsStarting(project, file, "qemu_register_reset")) {
    const [handler] = node.arguments;
    const isPlain = name === "qemu_register_reset" || name === "qemu_register_reset_nosnapshotload";
    if (isPlain && handler?.kind === "identifier") found.add(handler.name);
  }
  for (const { name } of functions) if (name.split("_").some((word) => settingWords.has(word))) found.add(name);
  addHelpers(found, callersIn(project, file, functions));
  return found;
}

const setUps = cachedByRevision(() => new Map<string, Found<ReadonlySet<string>>>(), "own");

/** The same with the file's own tables. */
export function settingUpIn(project: Project, file: string): ReadonlySet<string> {
  return recalled(setUps(project), file, () => settingUp(project, file, project.descriptionsIn(file)));
}

/** The post_load hooks of the file's tables, and what its own infos take out of the stream with. */
export function loadingRoots(project: Project, file: string): readonly string[] {
  const found = new Set<string>();
  for (const { hooks, fields } of project.descriptionsIn(file)) {
    for (const hook of [hooks.post_load, hooks.post_load_errp]) if (hook) found.add(hook.name);
    for (const { info: used } of fields) {
      const info = used?.range.file === file ? project.info(used.symbol, file) : undefined;
      if (info?.file === file && info.get) found.add(info.get.name);
    }
  }
  return [...found];
}

/** Those, and every function of the file that one of them comes to, or has run in a bottom half. */
export function afterLoading(project: Project, file: string): ReadonlySet<string> {
  const found = new Set(loadingRoots(project, file));
  if (found.size === 0) return found;
  const byName = new Map(functionTexts(project, file).map((each) => [each.name, each]));
  // grows while it is walked
  for (const name of found) {
    const fn = byName.get(name);
    if (fn === undefined) continue;
    for (const [callee, isCalled] of namesUsed(fn.body)) if (isCalled && byName.has(callee)) found.add(callee);
    for (const each of deferredIn(project, { file, definition: fn.definition }))
      if (!each.isTimer) found.add(each.name);
  }
  return found;
}

/** Adds whom only members of the set call, until there are no more. */
function addHelpers(set: Set<string>, callers: ReadonlyMap<string, ReadonlySet<string>>): void {
  const callees = new Map<string, string[]>();
  const others = new Map<string, number>();
  for (const [name, by] of callers) {
    others.set(name, by.size);
    for (const caller of by) {
      const list = callees.get(caller);
      if (list) list.push(name);
      else callees.set(caller, [name]);
    }
  }
  // grows while it is walked
  for (const caller of set) {
    for (const name of callees.get(caller) ?? []) {
      const left = (others.get(name) ?? 0) - 1;
      others.set(name, left);
      if (left === 0) set.add(name);
    }
  }
}

/** By name. A function that anybody mentions without calling it has a caller nobody knows: "". */
function callersIn(
  project: Project,
  file: string,
  functions: readonly FunctionText[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const own = new Set(functions.map(({ name }) => name));
  const callers = new Map<string, Set<string>>();
  const note = (name: string, caller: string): void => {
    const known = callers.get(name);
    if (known) known.add(caller);
    else callers.set(name, new Set([caller]));
  };
  for (const { name, body } of functions) {
    for (const [word, isCalled] of namesUsed(body)) {
      if (own.has(word) && word !== name) note(word, isCalled ? name : "");
    }
  }
  const text = project.text(file) ?? "";
  for (const declaration of project.facts(file)?.declarations ?? []) {
    if (declaration.kind === "function" && !declaration.isStatic) note(declaration.name, "");
    if (declaration.kind !== "variable") continue;
    for (const word of namesIn(text, declaration.initStart, declaration.initEnd)) if (own.has(word)) note(word, "");
  }
  return callers;
}

/** Names in a text, and whether a bracket opens behind them. */
function* namesUsed(text: string): Generator<readonly [name: string, isCalled: boolean]> {
  for (const [start, end] of nameSpans(text, 0, text.length)) {
    yield [text.slice(start, end), text[blanksAfter(text, end, text.length)] === "("];
  }
}
