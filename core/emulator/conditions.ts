/** Whether a condition of a device's set-up code holds, as far as properties decide it. */
import { propertiesOfMember } from "../code/deviceProperties";
import type { Project } from "../project/project";
import { type Condition, partsOf } from "../c/body/conditions";
import type { Expression } from "../c/syntax";

export interface SetUpFacts {
  /** As -device gives them. */
  readonly properties: ReadonlyMap<string, string>;
  /** Parameters of the function that callers give a constant. */
  readonly parameters: ReadonlyMap<string, number>;
}

/** true, false, or undefined where the text does not say. What has not failed and not left before is taken to go on. */
export function holdsAtSetUp(
  project: Project,
  file: string,
  condition: Condition,
  { properties, parameters }: SetUpFacts,
): boolean | undefined {
  switch (condition.kind) {
    case "loop":
    case "macro":
    case "failed":
    case "asserted":
      return true;
    case "case":
      return undefined;
    case "if":
    case "operand":
    case "left": {
      const parts = partsOf(condition).map(({ expression, holds }) => {
        const isMember = expression.kind === "member" && expression.object.kind === "identifier";
        const value = isMember
          ? booleanProperty(project, file, expression.name, properties)?.value
          : parameterTest(project, file, expression, parameters);
        return value === undefined ? undefined : value === holds;
      });
      if (parts.includes(false)) return false;
      return condition.kind === "left" || !parts.includes(undefined) ? true : undefined;
    }
  }
}

/** `type == PCIE`, where the caller says which type. */
function parameterTest(
  project: Project,
  file: string,
  expression: Expression,
  parameters: ReadonlyMap<string, number>,
): boolean | undefined {
  const given = (each: Expression): number | undefined =>
    each.kind === "identifier" ? parameters.get(each.name) : undefined;
  if (expression.kind !== "binary") {
    const value = given(expression);
    return value === undefined ? undefined : value !== 0;
  }
  const { operator, left, right } = expression;
  const [one, other] = given(left) === undefined ? [given(right), left] : [given(left), right];
  if (one === undefined || (operator !== "==" && operator !== "!=")) return undefined;
  const value = project.evaluate((project.text(file) ?? "").slice(other.start, other.end), file);
  return value.known ? (value.value === one) === (operator === "==") : undefined;
}

/** The boolean property of the file that sets a member, with what -device gives, or the default; undefined where it has none. */
export function booleanProperty(
  project: Project,
  file: string,
  member: string,
  properties: ReadonlyMap<string, string>,
): { readonly property: string; readonly value: boolean } | undefined {
  const property = propertiesOfMember(project, file, member).find(({ kind }) => kind === "bool");
  if (property === undefined) return undefined;
  const given = properties.get(property.name);
  if (given === undefined && property.byDefault === undefined) return undefined;
  const value = given === undefined ? property.byDefault !== 0n : ["on", "true", "yes"].includes(given);
  return { property: property.name, value };
}
