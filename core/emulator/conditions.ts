/** Whether a condition of a device's set-up code holds, as far as properties decide it. */
import type { Enclosing } from "../c/enclosing";
import type { Project } from "../analysis/project";

/** true, false, or undefined where the text does not say. */
export function holdsAtSetUp(
  project: Project,
  file: string,
  { kind, condition }: Enclosing,
  properties: ReadonlyMap<string, string>,
): boolean | undefined {
  if (kind === "loop") return true;
  if (kind === "switch") return undefined;
  const match = /^(!?)\s*\w+\s*(?:->|\.)\s*(\w+)$/.exec(condition);
  const value = match?.[2] === undefined ? undefined : booleanProperty(project, file, match[2], properties);
  if (value === undefined) return undefined;
  const truth = match?.[1] === "!" ? !value : value;
  return kind === "else" ? !truth : truth;
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
