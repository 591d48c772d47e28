/** Whether a condition of a device's set-up code holds, as far as properties decide it. */
import type { Project } from "../project/project";
import { type Condition, partsOf } from "../c/body/conditions";

/** true, false, or undefined where the text does not say. What has not failed and not left before is taken to go on. */
export function holdsAtSetUp(
  project: Project,
  file: string,
  condition: Condition,
  properties: ReadonlyMap<string, string>,
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
        const value = isMember ? booleanProperty(project, file, expression.name, properties) : undefined;
        return value === undefined ? undefined : value === holds;
      });
      if (parts.includes(false)) return false;
      return condition.kind === "left" || !parts.includes(undefined) ? true : undefined;
    }
  }
}

/** What a member that a DEFINE_PROP_BOOL of the file sets is: as -device gives it, or the default. */
function booleanProperty(
  project: Project,
  file: string,
  member: string,
  properties: ReadonlyMap<string, string>,
): boolean | undefined {
  const pattern = new RegExp(
    `\\bDEFINE_PROP_BOOL\\s*\\(([^,()]+),\\s*\\w+\\s*,\\s*${member}\\s*,\\s*(true|false)\\s*\\)`,
  );
  const match = pattern.exec(project.text(file) ?? "");
  if (match === null) return undefined;
  const name = project.string(match[1] ?? "", file);
  const given = name.known ? properties.get(name.value) : undefined;
  return given === undefined ? match[2] === "true" : given === "on" || given === "true" || given === "yes";
}
