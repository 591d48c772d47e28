/** What the tree's own code sends where releases differ, read from its functions. */
import { callsOf } from "../../c/body/calls";
import { localsOf } from "../../c/body/locals";
import type { Body } from "../../c/body/parse";
import { type Node, nodesIn } from "../../c/body/walk";
import type { Call, Expression } from "../../c/syntax";
import { bodyOf } from "../../project/bodies";
import { cachedByRevision } from "../../project/cache";
import type { LocatedFunction, Project } from "../../project/project";
import type { ArrayLengths, VmdescStyle } from "../../wire";

export interface Saver {
  /** Where tables with early_setup are sent: in list order among the live handlers, or before all of these. */
  readonly early: "in order" | "first";
  readonly describesConfiguration: boolean;
  readonly style: VmdescStyle;
}

const savevm = "migration/savevm.c";
const vmstate = "migration/vmstate.c";

export const saverOf: (project: Project) => Saver = cachedByRevision((project) => {
  const sending = functionsIn(project, savevm);
  const describing = functionsIn(project, vmstate);
  return {
    early: earlyPlace(project, sending),
    describesConfiguration: sending.some((fn) => says(project, fn, "configuration")),
    style: { mark: markName(project, describing), lengths: lengthsOf(project, describing) },
  };
});

function functionsIn(project: Project, file: string): readonly LocatedFunction[] {
  const declarations = project.facts(file)?.declarations ?? [];
  return declarations.flatMap((each) => (each.kind === "function" ? [{ file, definition: each }] : []));
}

/** Whether the function hands the text to something that it calls. */
function says(project: Project, fn: LocatedFunction, text: string): boolean {
  return callsOf(bodyOf(project, fn)).some(({ node }) => node.arguments.some((each) => isText(each, text)));
}

function isText(node: Expression, text: string): boolean {
  return node.kind === "string" && node.value === text;
}

/** First, where the function that starts the live handlers leaves early tables to one that its caller runs before. */
function earlyPlace(project: Project, functions: readonly LocatedFunction[]): Saver["early"] {
  const starting = functions.filter((fn) => callsOf(bodyOf(project, fn)).some(({ name }) => name === "save_setup"));
  const early = new Set(functions.filter((fn) => looksAtEarly(project, fn)).map(({ definition }) => definition.name));
  const names = new Set(starting.map(({ definition }) => definition.name));
  if (starting.some(({ definition }) => early.has(definition.name))) return "in order";
  const isFirst = functions.some((fn) => {
    const called = callsOf(bodyOf(project, fn)).map(({ name }) => name);
    const start = called.findIndex((name) => names.has(name));
    return called.slice(0, Math.max(0, start)).some((name) => early.has(name));
  });
  return isFirst ? "first" : "in order";
}

function looksAtEarly(project: Project, fn: LocatedFunction): boolean {
  for (const node of nodesIn(bodyOf(project, fn).block)) {
    if (node.kind === "member" && node.name === "early_setup") return true;
  }
  return false;
}

/** The info of the field that stands for a pointer: what a function that makes a field puts into `info`. */
function markName(project: Project, functions: readonly LocatedFunction[]): string | undefined {
  for (const fn of functions) {
    for (const node of nodesIn(bodyOf(project, fn).block)) {
      const value = infoGiven(node);
      if (value?.kind !== "unary" || value.operator !== "&" || value.operand.kind !== "identifier") continue;
      const name = project.info(value.operand.name, fn.file)?.name;
      if (name?.known) return name.value;
    }
  }
  return undefined;
}

/** What the node puts into a member `info`, by assignment or in an initialiser. */
function infoGiven(node: Node): Expression | undefined {
  if (node.kind === "binary" && node.operator === "=") {
    return node.left.kind === "member" && node.left.name === "info" ? node.right : undefined;
  }
  const list = node.kind === "compound" ? node.list : node.kind === "list" ? node : undefined;
  return list?.items.find(({ designators: [first] }) => first?.kind === "member" && first.name === "info")?.value;
}

/** By what the function that writes `array_len` is given for it. */
function lengthsOf(project: Project, functions: readonly LocatedFunction[]): ArrayLengths {
  let given = functions.flatMap((fn) =>
    callsOf(bodyOf(project, fn))
      .filter(({ node }) => node.arguments.some((each) => isText(each, "array_len")))
      .flatMap(({ node }) => {
        const value = node.arguments.at(-1);
        return value === undefined ? [] : [{ fn, value }];
      }),
  );
  for (let depth = 0; depth < deepest && given.length > 0; depth++) {
    const outer = given.flatMap(({ fn, value }) => givenByCallers(project, functions, fn, value));
    if (outer.length === 0) break;
    given = outer;
  }
  const values = given.flatMap(({ fn, value }) => [...put(value, bodyOf(project, fn))]);
  if (values.some(({ kind }) => kind === "conditional")) return "of what is described once";
  return values.some((node) => node.kind === "binary" && node.operator === "-") ? "what is left" : "whole";
}

const deepest = 4;

/** The nodes of the expression; of a variable those of all that is put into it. */
function* put(value: Expression, body: Body): Iterable<Node> {
  const local = value.kind === "identifier" ? localsOf(body).at(value.name, value.start) : undefined;
  for (const each of local?.values ?? [value]) if (each !== undefined) yield* nodesIn(each);
}

interface Given {
  readonly fn: LocatedFunction;
  readonly value: Expression;
}

function givenByCallers(
  project: Project,
  functions: readonly LocatedFunction[],
  { file, definition }: LocatedFunction,
  value: Expression,
): readonly Given[] {
  const callee = bodyOf(project, { file, definition });
  const argument = (call: Call): Expression | undefined => {
    if (value.kind !== "identifier") return undefined;
    const at = callee.parameters.findIndex(({ name }) => name === value.name);
    return at === -1 ? undefined : call.arguments[at];
  };
  return functions.flatMap((fn) =>
    callsOf(bodyOf(project, fn))
      .filter(({ name }) => name === definition.name)
      .flatMap(({ node }) => {
        const given = argument(node);
        return given === undefined ? [] : [{ fn, value: given }];
      }),
  );
}
