/** Code whose types the configured target says nothing about. */
import type { CType } from "../c/ctype";
import { architectureOf } from "../c/paths";
import type { Project } from "../project/project";

/** Types in `target/arm/` are those of a build for arm; for another target their sizes say nothing. */
export function isOtherTarget(project: Project, file: string): boolean {
  const directory = architectureOf(file);
  return directory !== undefined && !project.configuration.architectures.includes(directory);
}

/** `target_ulong` in a file that this target's emulator is built without. */
export function isSizedElsewhere(project: Project, file: string, type: CType | undefined): boolean {
  return type?.kind === "scalar" && type.name.startsWith("target_") && project.compiles(file) === "false";
}
