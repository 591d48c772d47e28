/** What must be so in the loaded state for an effect to happen. */
import { type LocalVariable, localTypes } from "../c/assignments";
import { conditionsAt } from "../c/guards";
import type { EffectGuard, LoadEffect } from "./effects";
import type { Project } from "./project";

const known = new WeakMap<LoadEffect, readonly EffectGuard[]>();

/** Conditions along the effect's chain, from the callback inwards. None: as far as the text tells it always happens. */
export function effectGuards(project: Project, effect: LoadEffect): readonly EffectGuard[] {
  const before = known.get(effect);
  if (before) return before;
  const found = effect.chain.flatMap((step): readonly EffectGuard[] => {
    const fn = project.function(step.function, step.file);
    const text = project.text(step.file);
    if (fn?.file !== step.file || text === undefined) return [];
    const { bodyStart, bodyEnd } = fn.definition;
    const conditions = conditionsAt(text, bodyStart, bodyEnd, step.range.start);
    const locals = conditions.length === 0 ? undefined : localTypes(text, fn.definition);
    return conditions.flatMap(({ text: written, holds, start, end }) => {
      const inFull = withLocals(written, locals);
      return isAboutState(inFull) ? [{ text: inFull, holds, range: { file: step.file, start, end } }] : [];
    });
  });
  const guards = found.filter((guard, i) => found.findIndex((g) => sayingOf(g) === sayingOf(guard)) === i);
  known.set(effect, guards);
  return guards;
}

/** `slot->addressed and not s->halted`; undefined where nothing guards the effect. */
export function guardText(guards: readonly EffectGuard[]): string | undefined {
  return guards.length === 0 ? undefined : guards.map(sayingOf).join(" and ");
}

function sayingOf({ text, holds }: EffectGuard): string {
  if (holds) return text;
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
