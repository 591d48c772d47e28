/** Descriptions compiled for the wire, once for each revision of a project. */
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";
import type { WireDescription } from "../wire";
import { createDecoder } from "../putcode/definitions";

export const decoderOf = cachedByRevision((project) => createDecoder(project));

export function schemaOf(project: Project, description: VMStateDescription | undefined): WireDescription | undefined {
  return description && decoderOf(project).compiler.compile(description);
}
