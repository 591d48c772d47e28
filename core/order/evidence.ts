import { positionAt, type SourceRange } from "../c/range";
import type { LoadEffect } from "../code/effects";
import type { Evidence } from "./order";
import type { Project } from "../project/project";

/** A place with what it shows. */
export function evidenceAt(project: Project, range: SourceRange, text: string): Evidence {
  return { file: range.file, line: lineOf(project, range), text, range };
}

export function lineOf(project: Project, range: SourceRange): number {
  return project.has(range.file) ? positionAt(project.lines(range.file), range.start).line : 0;
}

/** `usb_xhci_post_load calls xhci_dma_read_u32s`, one for each hop; the last one names the API. */
export function chainEvidence(project: Project, effect: LoadEffect): readonly Evidence[] {
  const known = evidences.get(effect);
  if (known) return known;
  const made = describeChain(project, effect);
  evidences.set(effect, made);
  return made;
}

/** Effects are made anew when a file of theirs changes, so that their lines hold. */
const evidences = new WeakMap<LoadEffect, readonly Evidence[]>();

function describeChain(project: Project, effect: LoadEffect): readonly Evidence[] {
  return effect.chain.map((step, i) => {
    const next = effect.chain[i + 1];
    const entered = i === 0 ? ` (${effect.callback})` : "";
    const called = next === undefined ? effect.api : next.function;
    const how = next?.indirect === true ? "calls, through a pointer," : "calls";
    return evidenceAt(project, step.range, `${step.function}${entered} ${how} ${called}`);
  });
}

/** `post_load -> ahci_state_post_load -> … -> dma_memory_map` in one line. */
export function chainText(effect: LoadEffect): string {
  return [...effect.chain.map((step) => step.function), effect.api].join(" -> ");
}
