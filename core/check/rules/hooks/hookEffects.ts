/** Rules about what a load hook itself does: each finding is on the hook, with the chain. */
import type { VMStateDescription } from "../../../vmstate/model";
import { loadHooks } from "../../../code/callbacks";
import type { Diagnostic, Severity } from "../../diagnostic";
import { isPossible } from "../../../code/effectGuards";
import type { LoadEffect } from "../../../code/effects";
import { chainEvidence, chainText } from "../../../order/evidence";
import { liveHandlers } from "../../../code/liveHandlers";
import { handlerEffects, loadEffects } from "../../../code/loadEffects";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { type Rule, type RuleContext, wants } from "../../rule";

interface HookRule {
  readonly code: string;
  readonly summary: string;
  readonly severity: Severity;
  /** Chains of more steps prove too little. */
  readonly steps: number;
  accepts(effect: LoadEffect, isCpu: () => boolean): boolean;
  message(effect: LoadEffect, name: string): string;
}

function hookRule(rule: HookRule): Rule {
  return { code: rule.code, summary: rule.summary, check: (context) => findings(rule, context) };
}

function* findings(rule: HookRule, context: RuleContext): Iterable<Diagnostic> {
  const { project, descriptions } = context;
  for (const description of descriptions) {
    if (description.file.startsWith("tests/") || isUnmigratable(description)) continue;
    if (!loadHooks.some((hook) => description.hooks[hook])) continue;
    const name = description.name.known ? description.name.value : description.symbol;
    const isCpu = (): boolean => belongsToCpu(project, description);
    const reported = new Set<string>();
    for (const effect of loadEffects(project, description)) {
      const hook = loadHooks.find((each) => each === effect.callback);
      const reference = hook && description.hooks[hook];
      if (!reference || reported.has(effect.callback) || !isShown(rule, project, effect, isCpu)) continue;
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

function finding(
  rule: HookRule,
  project: Project,
  effect: LoadEffect,
  name: string,
  range: Diagnostic["range"],
): Diagnostic {
  return {
    code: rule.code,
    severity: rule.severity,
    range,
    message: rule.message(effect, name),
    related: chainEvidence(project, effect).map(({ range: at, text }) => ({ range: at, message: text })),
    fixes: [],
  };
}

function isUnmigratable({ unmigratable }: VMStateDescription): boolean {
  return unmigratable.known && unmigratable.value;
}

function belongsToCpu(project: Project, description: VMStateDescription): boolean {
  const types = descriptionRoles(project).registered.get(descriptionKey(description))?.types ?? [];
  if (types.some((type) => project.ancestry(type).some((a) => a.name === "cpu"))) return true;
  return description.file.startsWith("target/") || description.file.startsWith("target-");
}

export const irqInPostLoad = hookRule({
  code: "irq-in-post-load",
  summary: "A load hook changes an interrupt line, which is another device's input.",
  severity: "information",
  steps: 5,
  accepts: (effect, isCpu) => effect.kind === "irq" && !isCpu(),
  message: (effect, name) =>
    `${effect.callback} of ${name} changes an interrupt line (${chainText(effect)}): the device at its other end may be loaded before or after, and has its own saved level.`,
});

const crossDeviceApis = new Set(["object_resolve_path", "object_resolve_path_type", "qdev_find_recursive"]);

export const crossDeviceAccess = hookRule({
  code: "cross-device-access-in-post-load",
  summary: "A load hook reaches for another device or for the CPUs, whose state may not be loaded yet.",
  severity: "warning",
  steps: 2,
  accepts: (effect, isCpu) =>
    effect.kind === "device-lookup" ? crossDeviceApis.has(effect.api) : effect.kind === "cpu-access" && !isCpu(),
  message: (effect, name) =>
    effect.kind === "cpu-access"
      ? `${effect.callback} of ${name} works on CPUs (${chainText(effect)}): their state is loaded before or after, as it happens to come in the stream.`
      : `${effect.callback} of ${name} looks up another device (${chainText(effect)}): its state is loaded before or after, as it happens to come in the stream.`,
});

export const blockWriteInPostLoad = hookRule({
  code: "block-write-in-post-load",
  summary: "A load hook writes to a block backend, which is still inactive on the destination.",
  severity: "error",
  steps: 6,
  accepts: (effect) => effect.kind === "block-write",
  message: (effect, name) =>
    `${effect.callback} of ${name} writes to its block backend (${chainText(effect)}): until the guest runs, the source still owns the image and the write fails.`,
});
