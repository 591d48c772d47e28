/** Whether what a load hook does outside itself can happen with the state that was loaded. */
import { lastName, withoutSubscripts } from "../../c/words";
import { effectGuards, type LoadEffect } from "../../code";
import { isAssignment } from "../../c/body/locals";
import { nodesIn, type Node } from "../../c/body/walk";
import { parseExpression } from "../../c/expression";
import { lex } from "../../c/lex";
import type { Expression } from "../../c/syntax";
import type { LocatedFunction, Project } from "../../project";
import { bodyOf } from "../../project/bodies";
import type { EffectGuard } from "../../code/effects";
import type { DescriptionState, FieldValue } from "../../wire";
import { evaluate } from "../../putcode";

/**
 * False only where the values rule it out: in every struct of the state that has the members of a guard, the guard fails.
 * What the guard asks elsewhere, and members that the hook itself sets before, are not known and may be anything; so may a
 * state that is larger than any device's.
 */
export function canHappen(project: Project, effect: LoadEffect, state: DescriptionState): boolean {
  const guards = effectGuards(project, effect);
  if (guards.length === 0) return true;
  const structs = structsIn(state);
  if (structs === undefined) return true;
  const groups = new Map<string, { readonly structs: readonly Members[]; readonly guards: Asked[] }>();
  for (const guard of guards) {
    const condition = parsed(project, guard);
    const members = membersIn(condition);
    if (members.length === 0) continue;
    const places: number[] = [];
    for (const [i, struct] of structs.entries()) if (members.every((member) => struct.has(member))) places.push(i);
    if (places.length === 0) continue;
    const key = places.join(" ");
    const asked = { guard, condition };
    const group = groups.get(key);
    if (group === undefined) {
      const having = places.flatMap((i) => structs[i] ?? []);
      groups.set(key, { structs: having, guards: [asked] });
    } else group.guards.push(asked);
  }
  return [...groups.values()].every((group) => {
    const asked = group.guards.map((each) => ({ each, changes: changesIn(project, effect, each) }));
    return group.structs.some((struct) => asked.every(({ each, changes }) => couldBe(project, each, struct, changes)));
  });
}

interface Asked {
  readonly guard: EffectGuard;
  readonly condition: Expression;
}

function parsed(project: Project, { text, range }: EffectGuard): Expression {
  return parseExpression({ tokens: lex(text, range.file), scope: project.scope(range.file) });
}

/** Members of one struct by the last part of their name; several values for `vq[0].num`, `vq[1].num` and for an array. */
type Members = ReadonlyMap<string, readonly FieldValue[]>;

/** Values that guards are asked of, structs and elements together. */
const valueLimit = 50_000;

/** undefined: more than the limit. */
function structsIn(state: DescriptionState): readonly Members[] | undefined {
  const found: Members[] = [];
  let size = 0;
  const visit = (fields: readonly { readonly name: string; readonly value: FieldValue }[]): void => {
    size++;
    if (size > valueLimit) return;
    const members = new Map<string, FieldValue[]>();
    found.push(members);
    for (const { name, value } of fields) {
      const last = lastName(withoutSubscripts(name)) || name;
      const values = members.get(last) ?? [];
      members.set(last, values);
      const elements = value.kind === "array" ? value.elements : [value];
      size += elements.length;
      if (size > valueLimit) return;
      for (const element of elements) values.push(element);
      within(value);
    }
  };
  const visitState = (inner: DescriptionState): void => {
    visit(inner.fields);
    for (const each of inner.subsections) visitState(each);
  };
  const within = (value: FieldValue): void => {
    switch (value.kind) {
      case "struct":
        return visitState(value.state);
      case "record":
        return visit(value.members);
      case "array":
        return value.elements.forEach(within);
      case "list":
        return value.elements.forEach(visitState);
      case "tree":
        return value.entries.forEach((entry) => visitState(entry.value));
      default:
    }
  };
  visitState(state);
  return size > valueLimit ? undefined : found;
}

/** `cmd` of `pr->cmd`, `state` of `s->dev[i].state`, `on` of `s->on[i]`: the last member of each path. */
function membersIn(condition: Expression): readonly string[] {
  const inner = new Set<Node>();
  const names: string[] = [];
  for (const node of nodesIn(condition)) {
    if (node.kind === "call") inner.add(node.callee);
    if (node.kind !== "member") continue;
    inner.add(withoutIndexes(node.object));
    if (!inner.has(node)) names.push(node.name);
  }
  return names;
}

function withoutIndexes(node: Expression): Expression {
  let array = node;
  while (array.kind === "subscript") array = array.object;
  return array;
}

/** What was made of a member between the stream and the guard. undefined: anything. */
type Change = ((value: bigint) => bigint) | undefined;

/** Writes on the way to the guard; behind it only those that could let it hold in another round of a loop. */
function changesIn(
  project: Project,
  { chain }: LoadEffect,
  { guard, condition }: Asked,
): ReadonlyMap<string, Change[]> {
  const members = new Set(membersIn(condition));
  const found = new Map<string, Change[]>();
  for (const step of chain) {
    const fn = project.function(step.function, step.file);
    if (fn === undefined) continue;
    const isWithin = fn.file === step.file && step.file === guard.range.file;
    const asks = isWithin && guard.range.start >= fn.definition.bodyStart && guard.range.end <= fn.definition.bodyEnd;
    const end = asks ? guard.range.start : step.range.start;
    for (const { member, operator, value, start } of writesOf(project, fn)) {
      if (!members.has(member) || (value && isReadFromStream(value))) continue;
      const operand = value && constantIn(project, textOf(project, fn, value), step.file);
      if (start > end && (operator === "&=" || (operator === "=" && operand === 0n))) continue;
      const changes = found.get(member) ?? [];
      found.set(member, changes);
      changes.push(changeOf(operator, operand));
    }
    if (asks) break;
  }
  return found;
}

interface Write {
  /** The last of the path. */
  readonly member: string;
  /** `=`, `|=`, `++`. */
  readonly operator: string;
  readonly value: Expression | undefined;
  readonly start: number;
}

function* writesOf(project: Project, fn: LocatedFunction): Iterable<Write> {
  for (const node of nodesIn(bodyOf(project, fn).block)) {
    if (node.kind === "binary") {
      if (isAssignment(node.operator)) yield* writeTo(node.left, node.operator, node.right);
    } else if (
      node.kind === "postfix" ||
      (node.kind === "unary" && (node.operator === "++" || node.operator === "--"))
    ) {
      yield* writeTo(node.operand, node.operator, undefined);
    }
  }
}

function writeTo(place: Expression, operator: string, value: Expression | undefined): readonly Write[] {
  const array = withoutIndexes(place);
  return array.kind === "member" ? [{ member: array.name, operator, value, start: array.start }] : [];
}

function textOf(project: Project, { file }: LocatedFunction, { start, end }: Expression): string {
  return (project.text(file) ?? "").slice(start, end);
}

function isReadFromStream(value: Expression): boolean {
  if (value.kind === "cast") return isReadFromStream(value.operand);
  return value.kind === "call" && value.callee.kind === "identifier" && value.callee.name.startsWith("qemu_get_");
}

function changeOf(operator: string, operand: bigint | undefined): Change {
  if (operand === undefined) return undefined;
  if (operator === "&=") return (before) => before & operand;
  if (operator === "|=") return (before) => before | operand;
  return operator === "=" ? () => operand : undefined;
}

function couldBe(
  project: Project,
  { guard, condition }: Asked,
  struct: Members,
  changes: ReadonlyMap<string, readonly Change[]>,
): boolean {
  const rounds = Math.max(...membersIn(condition).map((member) => struct.get(member)?.length ?? 0));
  const made: readonly Change[] = [(value) => value, ...[...changes.values()].flat()];
  return Array.from({ length: rounds }, (_, round) => round).some((round) =>
    made.some((change) => {
      if (change === undefined) return true;
      const truth = evaluate(condition, {
        leaf(leaf) {
          if (leaf.kind === "identifier") return constantIn(project, leaf.name, guard.range.file);
          const member = pathEnd(leaf);
          if (member === undefined) return undefined;
          const values = struct.get(member) ?? [];
          const value = plainInteger(values[values.length === 1 ? 0 : round]);
          return value === undefined || !changes.has(member) ? value : change(value);
        },
      });
      return truth === undefined || (truth !== 0n) === guard.holds;
    }),
  );
}

/** The last member of a path from a variable. */
function pathEnd(node: Expression): string | undefined {
  const end = withoutIndexes(node);
  if (end.kind !== "member") return undefined;
  let root = withoutIndexes(end.object);
  while (root.kind === "member") root = withoutIndexes(root.object);
  return root.kind === "identifier" ? end.name : undefined;
}

function plainInteger(value: FieldValue | undefined): bigint | undefined {
  return value?.kind === "integer" ? value.value : undefined;
}

function constantIn(project: Project, expression: string, file: string): bigint | undefined {
  if (expression === "true" || expression === "false") return expression === "true" ? 1n : 0n;
  if (expression === "NULL") return 0n;
  if (expression.length > 200) return undefined;
  const value = project.evaluate(expression, file);
  return value.known ? BigInt(value.value) : undefined;
}
