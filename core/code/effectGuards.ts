/** What must be so in the loaded state for an effect to happen. */
import { type LocalVariable, localTypes } from "../c/assignments";
import { type WrittenCondition, writtenConditions } from "../c/body/conditions";
import { bodyOf } from "../project/bodies";
import { callGraph } from "./callGraph";
import type { CallStep, EffectGuard, LoadEffect } from "./effects";
import type { LocatedFunction, Project } from "../project/project";

const known = new WeakMap<LoadEffect, readonly EffectGuard[]>();

/** Conditions along the effect's chain, from the callback inwards. None: as far as the text tells it always happens. */
export function effectGuards(project: Project, effect: LoadEffect): readonly EffectGuard[] {
  const before = known.get(effect);
  if (before) return before;
  const found = effect.chain.flatMap((step): readonly EffectGuard[] => {
    const { conditions, fn, text } = conditionsOf(project, step);
    const locals = fn && conditions.length > 0 ? localTypes(text, fn.definition) : undefined;
    return conditions.flatMap(({ text: written, holds, start, end }) => {
      const inFull = withLocals(written, locals);
      return isAboutState(inFull) ? [{ text: inFull, holds, range: { file: step.file, start, end } }] : [];
    });
  });
  const guards = found.filter((guard, i) => found.findIndex((g) => sayingOf(g) === sayingOf(guard)) === i);
  known.set(effect, guards);
  return guards;
}

/** False where a caller in the chain passes a constant that rules the call out: `check(s, 0)` and `if (raise) qemu_irq_raise(…)`. */
export function isPossible(project: Project, { chain }: LoadEffect): boolean {
  const { node } = callGraph(project);
  return chain.every((step, i) => {
    const caller = chain[i - 1];
    const { conditions } = caller === undefined ? { conditions: [] } : conditionsOf(project, step);
    if (!caller || conditions.length === 0) return true;
    const call = node(caller.function, caller.file)?.edges.find((edge) => edge.start === caller.range.start);
    const parameters = node(step.function, step.file)?.parameters ?? [];
    return conditions.every(({ text, holds }) => {
      const argument = parameters.includes(text) ? call?.args[parameters.indexOf(text)]?.trim() : undefined;
      const value = /^(?:0|false|NULL)$/.test(argument ?? "") ? false : /^(?:[1-9]\d*|true)$/.test(argument ?? "");
      return argument === undefined || !/^(?:\d+|false|true|NULL)$/.test(argument) || value === holds;
    });
  });
}

interface StepConditions {
  readonly conditions: readonly WrittenCondition[];
  readonly fn: LocatedFunction | undefined;
  readonly text: string;
}

/** In front of a step's call, in its own function. */
function conditionsOf(project: Project, step: CallStep): StepConditions {
  const fn = project.function(step.function, step.file);
  const text = project.text(step.file) ?? "";
  if (fn?.file !== step.file) return { conditions: [], fn: undefined, text };
  return { conditions: writtenConditions(bodyOf(project, fn), text, step.range.start), fn, text };
}

/** `slot->addressed and not s->halted`; undefined where nothing guards the effect. */
export function guardText(guards: readonly EffectGuard[]): string | undefined {
  return guards.length === 0 ? undefined : guards.map(sayingOf).join(" and ");
}

function sayingOf({ text, holds }: EffectGuard): string {
  if (holds) return text;
  const denied = /^!\(([^()]*)\)$/.exec(text)?.[1];
  if (denied !== undefined) return denied;
  return /^[\w>.[\]-]+$|^\w+\([^()]*\)$/.test(text) ? `not ${text}` : `not (${text})`;
}

const outcome =
  /(?:^|\W)(?:ret|rc|r|err|error|local_err|errp|rv)(?:\W|$)|<\s*0\s*$|\)\s*(?:!=|==)\s*0\s*$|=\s*\w+\([^=]*\)\s*\)/;

/** `cmd_on` is `(pr->cmd & PORT_CMD_LIST_ON)` where its declaration says so. */
function withLocals(text: string, locals: ReadonlyMap<string, LocalVariable> | undefined): string {
  return text.replace(/(?<![\w.>])[A-Za-z_]\w*(?!\w|\s*(?:\(|->|\.))/g, (name) => {
    const value = locals?.get(name)?.value?.trim();
    if (value === undefined || !/->|\w\.\w/.test(value) || value.length > 80) return name;
    return name === text || /^[\w>.-]+$/.test(value) ? value : `(${value.replace(/\s+/g, " ")})`;
  });
}

/** A member, or a question to a function; not how another call went. */
function isAboutState(text: string): boolean {
  return /->|\w\.\w|\w\(/.test(text) && !outcome.test(text);
}
