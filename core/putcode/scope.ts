/** What variables stand for in the calls of put functions. */
import type { Expression } from "../c/syntax";
import type { PutFunction } from "./model";
import { isPath, spelled } from "./spelled";
import { structAround, withoutCasts } from "./substituted";

interface Binding {
  readonly value: Expression;
  readonly scope: Scope;
}

/** Variables of one function call. */
export interface Scope {
  readonly id: number;
  readonly fn: PutFunction;
  /** Counts what is done; throws where that is too much. */
  readonly spend: () => void;
  readonly variables: Map<string, Binding | undefined>;
  /** Loop variables with their round. */
  readonly rounds: Map<string, number>;
}

/** Variables that stand for variables, one behind the other, are followed so far. */
export const deepestBinding = 50;

/** Assignments read variables as they were: `n = n + 1` must not meet itself. */
export function snapshot(scope: Scope): Scope {
  return { ...scope, variables: new Map(scope.variables) };
}

/** Text of an expression with parameters and aliases put in, so that callers and callees agree. */
export function canonical(node: Expression, scope: Scope, depth = 0): string {
  return spelled(node, scope.fn.text, (name) => canonicalName(name, scope, depth));
}

export function canonicalName(name: string, scope: Scope, depth = 0): string {
  scope.spend();
  const round = scope.rounds.get(name);
  if (round !== undefined) return String(round);
  const binding = scope.variables.get(name);
  if (binding !== undefined && depth < 8 && isPath(binding.value)) {
    return canonical(binding.value, binding.scope, depth + 1);
  }
  return scope.variables.has(name) ? `${name}#${scope.id}` : name;
}

/** Designator in what the function is given, "" for all of it; undefined: something else, or not known. */
export function placeOf(node: Expression, scope: Scope, object: string | undefined, depth = 0): string | undefined {
  if (depth > deepestBinding) return undefined;
  const of = (inner: Expression, within = scope): string | undefined => placeOf(inner, within, object, depth + 1);
  if (node.kind === "identifier") {
    const binding = scope.variables.get(node.name);
    if (binding !== undefined) return of(binding.value, binding.scope);
    return scope.id === 0 && node.name === object && !scope.variables.has(node.name) ? "" : undefined;
  }
  const bare = withoutCasts(node);
  if (bare !== node) return of(bare);
  if (node.kind !== "member") return undefined;
  const around = of(node.object);
  if (around === "") return node.name;
  // a pointer leads to another object
  return around === undefined || node.arrow ? undefined : `${around}.${node.name}`;
}

/** What a member is reached by: `a.b->c`, in the struct of that name or, where there is none, in what the function is given. */
export interface MemberAt {
  readonly structName: string | undefined;
  readonly path: string;
}

/** Also behind pointers, and of the struct that the object lies in. undefined: something else, or not known. */
export function memberOf(node: Expression, scope: Scope, object: string | undefined, depth = 0): MemberAt | undefined {
  if (depth > deepestBinding) return undefined;
  const of = (inner: Expression, within = scope) => memberOf(inner, within, object, depth + 1);
  if (node.kind === "identifier") {
    const binding = scope.variables.get(node.name);
    if (binding !== undefined) return of(binding.value, binding.scope);
    const isObject = scope.id === 0 && node.name === object && !scope.variables.has(node.name);
    return isObject ? { structName: undefined, path: "" } : undefined;
  }
  const bare = withoutCasts(node);
  if (bare !== node) return of(bare);
  if (node.kind === "call") {
    const around = structAround(node);
    const inside = around && of(around.object);
    return around && inside && { structName: around.structName, path: "" };
  }
  if (node.kind !== "member") return undefined;
  const held = of(node.object);
  if (held === undefined) return undefined;
  const { structName, path } = held;
  return { structName, path: path === "" ? node.name : `${path}${node.arrow ? "->" : "."}${node.name}` };
}

/** Bits of a member of the object. */
interface MemberBitsAt {
  readonly place: string;
  readonly mask: bigint;
}

/** Where the expression is a member of the object, or bits of one: which. `worth`: of an expression in a scope. */
export function bitsAt(
  node: Expression,
  mask: bigint,
  scope: Scope,
  object: string | undefined,
  worth: (node: Expression, scope: Scope) => bigint | undefined,
  depth = 0,
): MemberBitsAt | undefined {
  if (depth > deepestBinding) return undefined;
  const of = (inner: Expression, bits = mask, within = scope): MemberBitsAt | undefined =>
    bitsAt(inner, bits, within, object, worth, depth + 1);
  const bare = withoutCasts(node);
  if (bare !== node) return of(bare);
  if (node.kind === "binary" && node.operator === "&") {
    const bits = worth(node.right, scope);
    return bits === undefined ? undefined : of(node.left, mask & bits);
  }
  if (node.kind === "identifier") {
    const binding = scope.variables.get(node.name);
    return binding && of(binding.value, mask, binding.scope);
  }
  const place = node.kind === "member" ? placeOf(node, scope, object) : undefined;
  return place === undefined ? undefined : { place, mask };
}
