/** QEMU's own words. Releases word some messages differently: the tree's own text decides which is meant. */
import { textBetweenConversions } from "../../c/printf";
import type { CallStep, LoadEffect } from "../../code/effects";
import { bodyOf } from "../../project/bodies";
import type { Project } from "../../project/project";
import type { StreamError } from "../../wire";
import { type Condition, conditionsAt } from "../../c/body/conditions";
import type { Body } from "../../c/body/parse";
import { nodesIn } from "../../c/body/walk";
import type { Expression } from "../../c/syntax";

const meanings: ReadonlyMap<number, string> = new Map([
  [1, "Operation not permitted"],
  [2, "No such file or directory"],
  [5, "Input/output error"],
  [12, "Cannot allocate memory"],
  [14, "Bad address"],
  [16, "Device or resource busy"],
  [19, "No such device"],
  [22, "Invalid argument"],
  [28, "No space left on device"],
  [95, "Operation not supported"],
]);

const numbers: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ENOTSUP: 95,
};

/** What strerror gives for a positive errno. */
export function meaning(errno: number): string {
  return meanings.get(errno) ?? `Unknown error ${errno}`;
}

export function errnoOf(name: string): number {
  return numbers[name] ?? 22;
}

const streamErrnos = ["EPERM", "ENOENT", "EIO", "ENOTSUP"] as const;

/** The name of a positive errno, of those that a load is told to end with. */
export function errnoNamed(errno: number): StreamError["errno"] {
  return streamErrnos.find((name) => numbers[name] === errno) ?? "EINVAL";
}

/** The first wording that the tree's migration code contains; the last where there is no such code. */
export function wording(project: Project, file: string, variants: readonly [string, ...string[]]): string {
  const text = project.text(file) ?? "";
  for (const each of variants) {
    const literal = each.split("$", 1)[0]?.split("%", 1)[0] ?? "";
    if (literal !== "" && text.includes(literal)) return each;
  }
  return variants.at(-1) ?? variants[0];
}

/** Calls that print or set an error. */
const reporters: ReadonlySet<string> = new Set([
  "error_report",
  "error_setg",
  "error_prepend",
  "warn_report",
  "virtio_error",
]);

/** What the code on the way out prints when the last call of the chain fails, innermost first. */
export function reportedOnFailure(project: Project, chain: readonly CallStep[], api: string): readonly string[] {
  const messages: string[] = [];
  for (let i = chain.length - 1; i >= 0; i--) {
    const step = chain[i];
    const callee = chain[i + 1]?.function ?? api;
    const located = step && project.function(step.function, step.file);
    if (located === undefined) continue;
    for (const call of project.calls(located)) {
      if (!reporters.has(call.callee)) continue;
      const around = conditionsAt(bodyOf(project, located), call.start).findLast(({ kind }) => isAround.has(kind));
      if (around?.kind !== "if" || !names(around.expression, callee)) continue;
      const format = call.args.find((each) => each.includes('"'));
      const value = format === undefined ? undefined : project.string(format, located.file);
      if (value?.known) messages.push(textBetweenConversions(value.value).join("…"));
    }
  }
  return messages;
}

const isAround: ReadonlySet<Condition["kind"]> = new Set(["if", "loop", "case"]);

function names(expression: Expression, name: string): boolean {
  for (const node of nodesIn(expression)) if (node.kind === "identifier" && node.name === name) return true;
  return false;
}

/** The errno with which the callback fails when the chain's last call does: as its text returns, EINVAL where it does not say. */
export function errnoOnFailure(project: Project, { chain }: LoadEffect): number {
  for (const step of chain) {
    const located = project.function(step.function, step.file);
    if (located?.file !== step.file) continue;
    const value = returnedBehind(bodyOf(project, located), step.range.end);
    if (value?.kind !== "unary" || value.operator !== "-") continue;
    if (value.operand.kind === "integer") return Number(value.operand.value);
    if (value.operand.kind === "identifier") return errnoOf(value.operand.name);
  }
  return errnoOf("EINVAL");
}

/** What the first return behind the place gives back. */
function returnedBehind(body: Body, offset: number): Expression | undefined {
  for (const node of nodesIn(body.block)) if (node.kind === "return" && node.start >= offset) return node.value;
  return undefined;
}
