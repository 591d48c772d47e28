/** Which functions use a member, or a parameter, where its range matters: without reading a tree. */
import { endingFlow, type Flow, type Followed, flowOf, parameterNames, reachedFrom, used } from "../c/body/flow";
import type { Body } from "../c/body/parse";
import type { FileFacts, FunctionDefinition } from "../c/facts";
import { CharClass, classOf, own } from "../c/lex";
import { isIdentifierPart } from "../c/body";
import { bodyOf } from "../project/bodies";
import { cachedByRevision, storeOf } from "../project/cache";
import type { LocatedFunction, Project } from "../project/project";
import { type Found, recalled } from "../project/uses";
import { copies } from "./copies";

const parameters = new WeakMap<FunctionDefinition, readonly string[]>();

/** The names of a function's parameters. */
export function parametersOf(project: Project, { file, definition }: LocatedFunction): readonly string[] {
  const before = parameters.get(definition);
  if (before !== undefined) return before;
  const names = parameterNames(project.text(file) ?? "", definition);
  parameters.set(definition, names);
  return names;
}

const flows = new WeakMap<Body, Flow>();

/** All that a name's value may go to in the function; kept as long as its tree is. */
export function reachedIn(project: Project, fn: LocatedFunction, name: string): ReadonlySet<string> {
  const body = bodyOf(project, fn);
  let flow = flows.get(body);
  if (flow === undefined) {
    flow = flowOf(project.text(fn.file) ?? "", fn.definition, followedFrom(project, fn.file));
    flows.set(body, flow);
  }
  return reachedFrom(flow, name);
}

const followedIn = new WeakMap<FileFacts, Followed>();

/** Copies, and the functions of the file. */
function followedFrom(project: Project, file: string): Followed {
  const facts = project.facts(file);
  const before = facts && followedIn.get(facts);
  if (before !== undefined) return before;
  const own = new Set(facts?.declarations.flatMap((each) => (each.kind === "function" ? each.name : [])));
  const followed: Followed = (callee) => copies.get(callee)?.length ?? (own.has(callee) ? "all" : undefined);
  if (facts !== undefined) followedIn.set(facts, followed);
  return followed;
}

const ending = new WeakMap<FunctionDefinition, Flow>();

/** Of a function the flows that end where ranges matter. */
function endingIn(project: Project, file: string, text: string, definition: FunctionDefinition): Flow {
  const before = ending.get(definition);
  if (before !== undefined) return before;
  const flow = endingFlow(flowOf(text, definition, followedFrom(project, file)));
  ending.set(definition, flow);
  return flow;
}

/** Calls are followed as far as this. */
const deepest = 1;

const feeding = cachedByRevision(() => new Map<FunctionDefinition, Map<string, Found<boolean>>>(), "own");

/** Whether the value of a variable, or of a member as ".pos", may become an index or a length, in the function or in what it calls. */
export function feedsUse(project: Project, fn: LocatedFunction, name: string, depth = 0): boolean {
  const memo = feeding(project);
  const known = memo.get(fn.definition) ?? new Map<string, Found<boolean>>();
  memo.set(fn.definition, known);
  return recalled(known, `${depth} ${name}`, () => feeds(project, fn, name, depth));
}

function feeds(project: Project, fn: LocatedFunction, name: string, depth: number): boolean {
  const flow = endingIn(project, fn.file, project.text(fn.file) ?? "", fn.definition);
  if (!flow.has(name)) return false;
  const reached = reachedFrom(flow, name);
  if (reached.has(used)) return true;
  if (depth >= deepest) return false;
  for (const each of reached) {
    const open = each.indexOf("(");
    const target = open === -1 ? undefined : project.function(each.slice(0, open), fn.file);
    const parameter = target && parametersOf(project, target)[Number(each.slice(open + 1))];
    if (target && parameter !== undefined && feedsUse(project, target, parameter, depth + 1)) return true;
  }
  return false;
}

/** By name of a member the functions of a file in which it stands, in textual order. */
type Naming = ReadonlyMap<string, readonly FunctionDefinition[]>;

/** Those of the files asked for last: the tables of a folder ask for the same ones. */
const namings = storeOf(() => new Map<FileFacts, Naming>());
const mostNamings = 128;

function namingIn(project: Project, facts: FileFacts): Naming {
  const known = namings(project);
  const before = known.get(facts);
  if (before !== undefined) return before;
  const made = readNaming(project.text(facts.path) ?? "", facts);
  known.set(facts, made);
  for (const oldest of known.keys()) {
    if (known.size <= mostNamings) break;
    known.delete(oldest);
  }
  return made;
}

function readNaming(text: string, facts: FileFacts): Naming {
  const found = new Map<string, FunctionDefinition[]>();
  for (const definition of facts.declarations) {
    if (definition.kind !== "function") continue;
    const body = text.slice(definition.bodyStart, definition.bodyEnd);
    for (const joint of ["->", "."]) {
      for (let at = body.indexOf(joint); at !== -1; at = body.indexOf(joint, at + 1)) {
        const name = nameBehind(body, at + joint.length);
        const list = found.get(name);
        if (list === undefined) found.set(own(name, 0, name.length), [definition]);
        else if (list.at(-1) !== definition) list.push(definition);
      }
    }
  }
  return found;
}

function nameBehind(text: string, start: number): string {
  let from = start;
  while (classOf(text.charCodeAt(from)) === CharClass.Space) from++;
  let to = from;
  while (to < text.length && classOf(text.charCodeAt(to)) >= CharClass.Identifier) to++;
  return text.slice(from, to);
}

/**
 * The functions of a file in which the value of a member of that name may become an index or a length, in textual order.
 * `isDirect`: only where it is one as it stands.
 */
export function* functionsUsing(
  project: Project,
  file: string,
  member: string,
  isDirect: boolean,
): Iterable<LocatedFunction> {
  const facts = project.facts(file);
  for (const definition of facts === undefined ? [] : (namingIn(project, facts).get(member) ?? [])) {
    const fn = { file, definition };
    const isUsed = isDirect ? isUsedAsIs(project, fn, `.${member}`) : feedsUse(project, fn, `.${member}`);
    if (isUsed) yield fn;
  }
}

function isUsedAsIs(project: Project, { file, definition }: LocatedFunction, name: string): boolean {
  return (
    endingIn(project, file, project.text(file) ?? "", definition)
      .get(name)
      ?.has(used) === true
  );
}

/** The functions of a file in which a member of that name stands, in textual order. */
export function functionsNaming(project: Project, file: string, member: string): readonly LocatedFunction[] {
  const facts = project.facts(file);
  const found = facts === undefined ? [] : (namingIn(project, facts).get(member) ?? []);
  return found.map((definition) => ({ file, definition }));
}

/** Whether the word stands in the function's text, comments included: what says no needs no tree. */
export function isNamed(project: Project, { file, definition }: LocatedFunction, name: string): boolean {
  const text = project.text(file) ?? "";
  const { bodyStart, bodyEnd } = definition;
  const body = text.slice(bodyStart, bodyEnd);
  for (let at = body.indexOf(name); at !== -1; at = body.indexOf(name, at + name.length)) {
    if (!isIdentifierPart(body.charCodeAt(at - 1)) && !isIdentifierPart(body.charCodeAt(at + name.length))) return true;
  }
  return false;
}
