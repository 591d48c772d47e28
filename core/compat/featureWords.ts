/** CPU feature words that C code changes, and whether a machine type can tell it not to. */
import { accessesIn } from "../c/body/accesses";
import {
  type Condition,
  stateConditions,
  writtenConditions,
  type WrittenCondition,
  writtenIn,
} from "../c/body/conditions";
import { isAssignment } from "../c/body/locals";
import { nodesIn } from "../c/body/walk";
import { architectureOf, isSource } from "../c/paths";
import type { SourceRange } from "../c/range";
import type { Binary, Expression } from "../c/syntax";
import { bodyOf, functionsWith } from "../project/bodies";
import { cachedByRevision } from "../project/cache";
import type { LocatedFunction, Project } from "../project/project";
import type { MachineProperties } from "./properties";

/** `env->features[FEAT_1_ECX] &= ~CPUID_EXT_PDCM;` */
export interface FeatureWrite {
  /** `FEAT_1_ECX &= ~CPUID_EXT_PDCM`, to find it in another version. */
  readonly text: string;
  readonly word: string;
  readonly operator: string;
  readonly function: string;
  readonly range: SourceRange;
  /** What the conditions around it read, as it is written. */
  readonly conditions: readonly WrittenCondition[];
  readonly asked: readonly AskedMembers[];
}

/** Members that a condition reads. */
interface AskedMembers {
  readonly members: readonly string[];
  /** It is nothing but one of them: whether that must be other than 0. */
  readonly holds: boolean | undefined;
}

/** In the code of the target's CPUs; CPU models and their tables are another matter. */
export const featureWrites = cachedByRevision((project): readonly FeatureWrite[] => {
  const found: FeatureWrite[] = [];
  for (const file of project.paths()) {
    if (architectureOf(file) === undefined || !isSource(file)) continue;
    for (const fn of functionsWith(project, file, "features[")) {
      for (const node of nodesIn(bodyOf(project, fn).block)) {
        const word = node.kind === "binary" ? wordSetBy(node) : undefined;
        if (node.kind === "binary" && word !== undefined) found.push(writeOf(project, fn, node, word));
      }
    }
  }
  return found;
});

/** `FEAT_1_ECX` of `env->features[FEAT_1_ECX] |= …` */
function wordSetBy({ operator, left }: Binary): string | undefined {
  if (!isAssignment(operator) || left.kind !== "subscript" || left.index.kind !== "identifier") return undefined;
  const isFeatures = left.object.kind === "member" && left.object.name === "features";
  const isConstant = left.index.name !== left.index.name.toLowerCase();
  return isFeatures && isConstant ? left.index.name : undefined;
}

function writeOf(project: Project, fn: LocatedFunction, node: Binary, word: string): FeatureWrite {
  const { file, definition } = fn;
  const text = project.text(file) ?? "";
  const body = bodyOf(project, fn);
  const { start, end, operator, right } = node;
  return {
    text: `${word} ${operator} ${writtenIn(text, right)}`,
    word,
    operator,
    function: definition.name,
    range: { file, start, end },
    conditions: writtenConditions(body, text, start),
    asked: stateConditions(body, start).map(askedIn),
  };
}

function askedIn({ expression, holds }: Condition): AskedMembers {
  const inner = new Set<Expression>();
  const members: string[] = [];
  for (const { place } of accessesIn(expression)) {
    if (place.kind !== "member") continue;
    inner.add(place.object);
    if (!inner.has(place)) members.push(place.name);
  }
  return { members, holds: expression.kind === "member" ? holds : undefined };
}

/** A property that the machine type's lists set, or whose default switches it off, is among its conditions. */
export function isLeftToMachine({ asked, range }: FeatureWrite, properties: MachineProperties): boolean {
  return asked.some(({ members, holds }) =>
    members.some((member) =>
      properties
        .states(member, range.file)
        .some(
          ({ setBy, value }) =>
            setBy !== undefined || (holds !== undefined && value !== undefined && (value !== 0n) !== holds),
        ),
    ),
  );
}
