/** IOMMUs that a property keeps from translating: `amd-iommu` of QEMU 10.2 and later without `dma-remap=on`. */
import { type BodyCall, callsOf } from "../../c/body/calls";
import { type Condition, conditionsAt, partsOf } from "../../c/body/conditions";
import { type Position, positionAt } from "../../c/range";
import type { Expression } from "../../c/syntax";
import { bodyOf } from "../../project/bodies";
import type { LocatedFunction, Project } from "../../project/project";
import { booleanProperty } from "../conditions";

export interface KeptOff {
  readonly property: string;
  readonly value: boolean;
  /** Where it is asked for. */
  readonly file: string;
  readonly position: Position;
}

interface Switch {
  readonly located: LocatedFunction;
  readonly call: BodyCall;
}

/**
 * The property without which no region of the unit's that translates is ever switched on (memory_region_set_enabled on what
 * memory_region_init_iommu has made); undefined where one is, where regions are not switched, or where more than properties decide.
 */
export function keptOff(project: Project, type: string, properties: ReadonlyMap<string, string>): KeptOff | undefined {
  let found: KeptOff | undefined;
  for (const file of new Set(project.ancestry(type).map((each) => each.file))) {
    for (const { located, call } of switchesOn(project, file)) {
      const conditions = conditionsAt(bodyOf(project, located), call.nameStart);
      const reason = conditions.map((each) => refuted(project, file, each, properties)).find((each) => each);
      if (reason === undefined) return undefined;
      found ??= reason;
    }
  }
  return found;
}

function switchesOn(project: Project, file: string): readonly Switch[] {
  const text = project.text(file);
  if (text?.includes("memory_region_init_iommu") !== true || !text.includes("memory_region_set_enabled")) return [];
  const calls = (project.facts(file)?.declarations ?? []).flatMap((definition) => {
    if (definition.kind !== "function") return [];
    const located = { file, definition };
    return callsOf(bodyOf(project, located)).map((call): Switch => ({ located, call }));
  });
  const region = ({ call }: Switch): string | undefined => regionIn(call.node.arguments[0]);
  const named = (name: string): readonly Switch[] => calls.filter(({ call }) => call.name === name);
  const translating = new Set(named("memory_region_init_iommu").map(region));
  return named("memory_region_set_enabled").filter((each) => {
    const value = each.call.node.arguments[1];
    const isOff = value !== undefined && ["false", "0"].includes(text.slice(value.start, value.end));
    const name = region(each);
    return !isOff && name !== undefined && translating.has(name);
  });
}

/** `iommu` of `&as->iommu` and of `MEMORY_REGION(&as->iommu)`. */
function regionIn(argument: Expression | undefined): string | undefined {
  switch (argument?.kind) {
    case "member":
      return argument.name;
    case "unary":
    case "cast":
      return regionIn(argument.operand);
    case "call":
      return argument.arguments.length === 1 ? regionIn(argument.arguments[0]) : undefined;
    default:
      return undefined;
  }
}

function refuted(
  project: Project,
  file: string,
  condition: Condition,
  properties: ReadonlyMap<string, string>,
): KeptOff | undefined {
  if (condition.kind !== "if" && condition.kind !== "operand" && condition.kind !== "left") return undefined;
  for (const { expression, holds } of partsOf(condition)) {
    if (expression.kind !== "member" || expression.object.kind !== "identifier") continue;
    const set = booleanProperty(project, file, expression.name, properties);
    if (set === undefined || set.value === holds) continue;
    return { ...set, file, position: positionAt(project.lines(file), expression.start) };
  }
  return undefined;
}
