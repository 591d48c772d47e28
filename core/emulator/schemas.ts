/** Descriptions compiled for the wire, once for each revision of a project. */
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";
import type { WireDescription } from "../wire";
import { readClasses } from "../putcode/classes";
import { createDecoder } from "../putcode/definitions";

export const decoderOf = cachedByRevision((project) => {
  const { compiler, fieldExists, holds } = createDecoder(project);
  /** The device whose class the description's codecs ask. */
  const { owner } = readClasses(project);
  return { compiler, fieldExists, holds, owner };
});

export function schemaOf(project: Project, description: VMStateDescription | undefined): WireDescription | undefined {
  return description && decoderOf(project).compiler.compile(description);
}
