/** What loading a section does outside itself, as the analysis of its C code says, carried out on the emulated machine. */
import type { CallStep, LoadEffect } from "../../code/effects";
import { loadEffects } from "../../code/loadEffects";
import type { Project } from "../../project/project";
import type { VMStateDescription } from "../../vmstate/model";

/** DMA while loading, in the order of the calls in the text. */
export interface LoadAction {
  readonly effect: LoadEffect;
  /** The hook and the description (C symbol) in which it happens; undefined for code that reads a field. */
  readonly hook: { readonly name: "pre_load" | "post_load"; readonly symbol: string } | undefined;
}

/** Where effects come from: the analysis, or a test. */
export type EffectSource = (project: Project, description: VMStateDescription) => readonly LoadEffect[];

export const analysedEffects: EffectSource = loadEffects;

const kept = new WeakMap<readonly LoadEffect[], readonly LoadAction[]>();

/** Accesses to the device's own address space; those to physical memory need no translation and cannot come too early. */
export function dmaActions(
  project: Project,
  description: VMStateDescription,
  source: EffectSource,
): readonly LoadAction[] {
  const effects = source(project, description);
  const known = kept.get(effects);
  if (known !== undefined) return known;
  const actions = effects
    .filter(({ kind, space }) => space === "device" && kind.startsWith("dma-"))
    .map((effect) => ({ effect, hook: hookOf(effect, description) }))
    .sort((a, b) => compareChains(a.effect.chain, b.effect.chain));
  kept.set(effects, actions);
  return actions;
}

/** Those in one hook of a description (by C symbol), or with `hook` undefined in code that reads fields. */
export function actionsIn(
  project: Project,
  description: VMStateDescription | undefined,
  source: EffectSource,
  hook: LoadAction["hook"],
): readonly LoadAction[] {
  if (description === undefined) return [];
  return dmaActions(project, description, source).filter(
    (action) => action.hook?.name === hook?.name && action.hook?.symbol === hook?.symbol,
  );
}

/** `post_load`, `post_load of vmstate_ahci`. */
function hookOf({ callback }: LoadEffect, description: VMStateDescription): LoadAction["hook"] {
  const [hook = "", symbol = description.symbol] = callback.split(" of ");
  const name = hook.endsWith("_errp") ? hook.slice(0, -"_errp".length) : hook;
  return name === "pre_load" || name === "post_load" ? { name, symbol } : undefined;
}

function compareChains(a: readonly CallStep[], b: readonly CallStep[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined || left.file !== right.file) return 0;
    if (left.function !== right.function) return 0;
    if (left.range.start !== right.range.start) return left.range.start - right.range.start;
  }
  return a.length - b.length;
}

/**
 * Whether loading a provider's section makes its translation take effect. A model that switches address spaces at run time
 * must do so after loading too; one that never does always translates.
 */
export function takesEffect(project: Project, description: VMStateDescription, source: EffectSource): boolean {
  const effects = source(project, description);
  if (effects.some(({ kind }) => kind === "memory-region")) return true;
  return !switchesRegions(project, description.file);
}

const switchCall = "memory_region_set_enabled";

function switchesRegions(project: Project, file: string): boolean {
  if (project.text(file)?.includes(switchCall) !== true) return false;
  return (project.facts(file)?.declarations ?? []).some(
    (each) =>
      each.kind === "function" && project.calls({ file, definition: each }).some(({ callee }) => callee === switchCall),
  );
}
