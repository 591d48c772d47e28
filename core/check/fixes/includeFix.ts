import type { Project } from "../../project/project";
import type { Edit } from "../diagnostic";

/** The header behind the file's other ones, unless it is there; undefined where the tree has none of that name. */
export function includeEdit(project: Project, file: string, header: string): readonly Edit[] | undefined {
  const own = project.facts(file)?.includes.filter(({ condition, system }) => condition === -1 && !system) ?? [];
  if (own.some(({ name }) => name === header)) return [];
  const last = own.at(-1);
  const text = project.text(file);
  if (last === undefined || text === undefined || !project.has(`include/${header}`)) return undefined;
  const end = text.indexOf("\n", last.start) + 1;
  return end === 0 ? undefined : [{ range: { file, start: end, end }, text: `#include "${header}"\n` }];
}
