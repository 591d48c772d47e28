/** Structs that stand in the C file of their table. */
import type { Project } from "../project/project";

/** A struct that no other file can see. */
export function isPrivate(project: Project, file: string, name: string): boolean {
  const tag = name.replace(/^struct\s+/, "");
  const declarations = project.facts(file)?.declarations ?? [];
  return declarations.some(
    (each) =>
      (each.kind === "struct" && each.tag === tag) ||
      (each.kind === "typedef" && each.names.includes(tag) && isWhole(project, file, each)),
  );
}

/** `typedef struct { … } X;` and not a name for what is defined elsewhere. */
function isWhole(
  project: Project,
  file: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  return project.text(file)?.slice(start, end).includes("{") === true;
}
