/** Rules about the struct that `opaque` points to. */
import type { QomType } from "../qom/model";
import type { Project } from "../project/project";

/** The type, or the nearest ancestor, that says which struct an instance is. */
export function instanceOwner(project: Project, name: string): QomType | undefined {
  return project.ancestry(name).find((type) => type.instanceStruct !== undefined);
}
