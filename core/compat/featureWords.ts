/** CPU feature words that C code changes, and whether a machine type can tell it not to. */
import { cachedByRevision } from "../project/cache";
import { functionTexts } from "../project/functionTexts";
import { bodyOf, functionAround } from "../project/bodies";
import { type WrittenCondition, writtenConditions } from "../c/body/conditions";
import type { SourceRange } from "../c/range";
import type { MachineProperties } from "./properties";

/** `env->features[FEAT_1_ECX] &= ~CPUID_EXT_PDCM;` */
export interface FeatureWrite {
  /** `FEAT_1_ECX &= ~CPUID_EXT_PDCM`, to find it in another version. */
  readonly text: string;
  readonly word: string;
  readonly operator: string;
  readonly function: string;
  readonly range: SourceRange;
  /** What the conditions around it read: paths such as `cpu->enable_pmu`. */
  readonly conditions: readonly WrittenCondition[];
}

const write = /(?:->|\.)\s*features\s*\[\s*([A-Z]\w+)\s*\]\s*([|&]?=)(?!=)\s*([^;]{1,400});/g;

/** In the code of the target's CPUs; CPU models and their tables are another matter. */
export const featureWrites = cachedByRevision((project): readonly FeatureWrite[] => {
  const found: FeatureWrite[] = [];
  for (const file of project.paths()) {
    if (!/^target[/-].*\.c$/.test(file)) continue;
    const text = project.text(file) ?? "";
    if (!text.includes("features[")) continue;
    for (const { name, body, start } of functionTexts(project, file)) {
      for (const match of body.matchAll(write)) {
        const [all, word = "", operator = "", value = ""] = match;
        const at = start + match.index;
        const fn = functionAround(project, file, at);
        found.push({
          text: `${word} ${operator} ${value.replace(/\s+/g, " ").trim()}`,
          word,
          operator,
          function: name,
          range: { file, start: at, end: at + all.length },
          conditions: fn === undefined ? [] : writtenConditions(bodyOf(project, fn), text, at),
        });
      }
    }
  }
  return found;
});

/** A property that the machine type's lists set, or whose default switches it off, is among its conditions. */
export function isLeftToMachine({ conditions, range }: FeatureWrite, properties: MachineProperties): boolean {
  return conditions.some(({ text, holds }) =>
    [...text.matchAll(/(?:->|\.)\s*(\w+)\b(?!\s*(?:->|\.|\())/g)].some(([, member = ""]) =>
      properties.states(member, range.file).some(({ setBy, value }) => {
        if (setBy !== undefined) return true;
        return /^[\w>.-]+$/.test(text) && value !== undefined && (value !== 0n) !== holds;
      }),
    ),
  );
}
