/** Where functions go by the value of a member. */
import { accessesIn } from "../c/body/accesses";
import { bodyCall } from "../c/body/calls";
import { isAssignment } from "../c/body/locals";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { Expression, Span, Statement } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import type { FunctionText } from "../project/functionTexts";
import type { Project } from "../project/project";
import { addressGivers, nameOf, placesOf, placesThrough } from "./memberPlaces";
import { type MemberOf, spellingsOf } from "./spellings";
import { storedArgument } from "./stores";

/**
 * Offset in the file where the function goes by the member's value, through a pointer to the struct; not to print it, to
 * count it on, or to set it, and not behind a statement that has set it anew.
 */
export function memberUse(
  project: Project,
  file: string,
  fn: FunctionText,
  { structName, member }: MemberOf,
): number | undefined {
  const last = member.slice(member.lastIndexOf(".") + 1);
  if (!used.has(fn) && !fn.body.includes(last) && !isGivenAddress(project, file, fn, last)) return undefined;
  const uses = usesIn(project, file, fn);
  for (const spelling of spellingsOf(project, file, { structName, member })) {
    const found = uses.get(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isGivenAddress(project: Project, file: string, { body }: FunctionText, word: string): boolean {
  return addressGivers(project, file, new Set([word])).some((each) => body.includes(each));
}

const used = new WeakMap<FunctionText, ReadonlyMap<string, number>>();

/** By struct and member, where the function first goes by its value. */
function usesIn(project: Project, file: string, fn: FunctionText): ReadonlyMap<string, number> {
  const before = used.get(fn);
  if (before !== undefined) return before;
  const found = new Map<string, number>();
  used.set(fn, found);
  if (project.function(fn.name, file)?.file !== file) return found;
  const body = bodyOf(project, { file, definition: fn.definition });
  let unused: ReadonlySet<number> | undefined;
  let settled: ReadonlyMap<string, readonly Span[]> | undefined;
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || kind === "write" || place.kind === "identifier") continue;
    for (const { typeName, member } of placesThrough(project, place, body)) {
      const key = `${typeName} ${member}`;
      if (member === "" || found.has(key)) continue;
      unused ??= placesWithoutUse(body);
      const { start } = nameOf(place);
      if (unused.has(start)) continue;
      settled ??= settledIn(body);
      const isBehind = (spans: readonly Span[] | undefined): boolean =>
        spans?.some((span) => span.start <= start && start < span.end) === true;
      // an array that is filled, and then handed on
      const isFilled = place.kind === "member" && isBehind(settled.get(`${key}[]`));
      if (!isFilled && !isBehind(settled.get(key))) found.set(key, start);
    }
  }
  return found;
}

/**
 * By struct and member, the text behind a statement that sets it whole, as far as nothing leads there but the statement; with
 * `[]` behind the member, that sets an element.
 */
function settledIn(body: Body): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, Span[]>();
  for (const block of nodesIn(body.block)) {
    if (block.kind !== "block") continue;
    let open: [string, { readonly start: number; end: number }][] = [];
    for (const statement of block.statements) {
      const { kind, start } = statement;
      if (kind === "case" || kind === "default" || kind === "label") {
        for (const [, span] of open) span.end = start;
        open = [];
      }
      const set = kind === "expression" ? placeSet(statement.expression) : undefined;
      for (const { typeName, member } of set === undefined ? [] : placesOf(set, body)) {
        const span = { start: statement.end, end: block.end };
        const key = `${typeName} ${member}${set?.kind === "subscript" ? "[]" : ""}`;
        open.push([key, span]);
        found.set(key, [...(found.get(key) ?? []), span]);
      }
    }
  }
  return found;
}

/** `s->a` of `s->a = x;`, and of `memcpy(s->a, …);`; `s->a[i]` of `s->a[i] = x;`. */
function placeSet(expression: Expression): Expression | undefined {
  const target =
    expression.kind === "binary" && expression.operator === "="
      ? expression.left
      : expression.kind === "call"
        ? expression.arguments[storedArgument(bodyCall(expression).name) ?? -1]
        : undefined;
  return target?.kind === "member" || target?.kind === "subscript" ? target : undefined;
}

/** Where names stand whose value only goes into a message, or is counted on and no more. */
function placesWithoutUse(body: Body): ReadonlySet<number> {
  const found = new Set<number>();
  const add = (place: Expression): void => {
    found.add(nameOf(place).start);
  };
  for (const node of nodesIn(body.block)) {
    if (node.kind === "call" && isMessage(bodyCall(node).name)) {
      for (const argument of node.arguments) for (const { place } of accessesIn(argument)) add(place);
    } else if (node.kind === "call" && storedArgument(bodyCall(node).name) !== undefined) {
      const target = node.arguments[storedArgument(bodyCall(node).name) ?? 0];
      if (target !== undefined) add(target.kind === "binary" ? target.left : target);
    } else if (node.kind === "if" && node.otherwise === undefined && isOnlyTold(node.then)) {
      for (const { place } of accessesIn(node.condition)) add(place);
    } else if (node.kind === "if" && isDebugging(node.condition)) {
      for (const part of [node.condition, node.then]) for (const { place } of accessesIn(part)) add(place);
    } else if (node.kind === "binary" && isAssignment(node.operator)) {
      add(node.left);
    } else if (node.kind === "expression") {
      const { expression } = node;
      if (expression.kind === "postfix" || expression.kind === "unary") add(expression.operand);
    }
  }
  return found;
}

/** `if (s->debug) …`: what stands there is for messages. */
function isDebugging(condition: Expression): boolean {
  for (const { place } of accessesIn(condition)) {
    if ((place.kind === "member" || place.kind === "identifier") && place.name.toLowerCase() === "debug") return true;
  }
  return false;
}

/** Nothing but messages. */
function isOnlyTold(statement: Statement): boolean {
  if (statement.kind === "block")
    return statement.statements.some(isMessageCall) && statement.statements.every(isOnlyTold);
  if (statement.kind === "if") return statement.otherwise === undefined && isOnlyTold(statement.then);
  if (statement.kind !== "expression") return false;
  const { expression } = statement;
  // and that it has been told
  if (expression.kind === "binary") return expression.operator === "=" && expression.right.kind === "integer";
  return isMessageCall(statement);
}

function isMessageCall(statement: Statement): boolean {
  return (
    statement.kind === "expression" &&
    statement.expression.kind === "call" &&
    isMessage(bodyCall(statement.expression).name)
  );
}

function isMessage(name: string): boolean {
  const upper = name.toUpperCase();
  return name.startsWith("trace_") || name.startsWith("qemu_log") || upper.includes("PRINT") || upper.includes("DEBUG");
}
