/** Rules about what a load hook itself does: each finding is on the hook, with the chain. */
import { isTest } from "../c/paths";
import type { VMStateDescription } from "../vmstate/model";
import { loadHooks } from "../code/callbacks";
import type { SourceRange } from "../c/range";
import { isPossible } from "../code/effectGuards";
import type { LoadEffect } from "../code/effects";
import { isBeforeItsGuard } from "../code/hookOrder";
import { chainEvidence } from "../order/evidence";
import { liveHandlers } from "../code/liveHandlers";
import { handlerEffects, loadEffects } from "../code/loadEffects";
import type { Project } from "../project/project";
import { descriptionKey, descriptionRoles } from "../code/registered";
import { isUnmigratable } from "./tables";
import { type Finding, type Rule, rule, type RuleContext, type RuleDeclaration, wants } from "./rule";

interface HookRule extends Omit<RuleDeclaration, "check"> {
  /** Chains of more steps prove too little. */
  readonly steps: number;
  accepts(effect: LoadEffect, isCpu: () => boolean): boolean;
  message(effect: LoadEffect, name: string): string;
}

export function hookRule(declaration: HookRule): Rule {
  return rule({ ...declaration, byFile: sectionFiles, check: (context) => findings(declaration, context) });
}

function sectionFiles(project: Project): ReadonlySet<string> {
  return new Set([...project.descriptions(), ...liveHandlers(project)].map(({ file }) => file));
}

function* findings(rule: HookRule, context: RuleContext): Iterable<Finding> {
  const { project, descriptions } = context;
  for (const description of descriptions) {
    if (isTest(description.file) || isUnmigratable(description)) continue;
    if (!loadHooks.some((hook) => description.hooks[hook])) continue;
    const name = description.name.known ? description.name.value : description.symbol;
    const isCpu = (): boolean => belongsToCpu(project, description);
    const reported = new Set<string>();
    for (const effect of loadEffects(project, description)) {
      const hook = loadHooks.find((each) => each === effect.callback);
      const reference = hook && description.hooks[hook];
      if (!reference || reported.has(effect.callback) || !isShown(rule, project, effect, isCpu)) continue;
      if (isBeforeItsGuard(project, description, effect)) continue;
      reported.add(effect.callback);
      yield finding(rule, project, effect, name, reference.range);
    }
  }
  for (const handler of liveHandlers(project)) {
    // what comes with the guest's memory fills images and memory as its purpose
    if (handler.phase === "iterated" || !wants(context, handler.file)) continue;
    const effect = handlerEffects(project, handler).find((each) => isShown(rule, project, each, () => false));
    if (effect) yield finding(rule, project, effect, handler.name, handler.load.range);
  }
}

function isShown(rule: HookRule, project: Project, effect: LoadEffect, isCpu: () => boolean): boolean {
  if (!rule.accepts(effect, isCpu)) return false;
  if (effect.chain.length > rule.steps || effect.chain.some((step) => step.indirect)) return false;
  return isPossible(project, effect);
}

function finding(rule: HookRule, project: Project, effect: LoadEffect, name: string, range: SourceRange): Finding {
  return {
    range,
    message: rule.message(effect, name),
    related: chainEvidence(project, effect).map(({ range: at, text }) => ({ range: at, message: text })),
  };
}

/** A CPU's interrupt inputs are part of itself. */
export function belongsToCpu(project: Project, description: VMStateDescription): boolean {
  const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
  if (types.some((type) => project.ancestry(type).some((a) => a.name === "cpu"))) return true;
  return description.file.startsWith("target/") || description.file.startsWith("target-");
}
