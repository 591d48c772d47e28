/** Whether a file sees what tables are made of, and the header that it lacks. */
import type { Project } from "../../project/project";

export function seesTables(project: Project, file: string): boolean {
  return project.field("VMSTATE_END_OF_LIST()", file) !== undefined;
}

/** The header whose macro ends a list of fields, as it is included: `migration/vmstate.h`. */
export function tablesHeader(project: Project): string | undefined {
  const [found, ...others] = project.macros("VMSTATE_END_OF_LIST").filter(({ file }) => file.endsWith(".h"));
  const folder = "include/";
  return others.length === 0 && found?.file.startsWith(folder) === true ? found.file.slice(folder.length) : undefined;
}
