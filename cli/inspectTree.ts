/** Decoding by a source tree, for `inspect`. */
import type { Project } from "../core/analysis";
import { levelName, levelOf, levelScheme } from "../core/priority";
import { createDecoder, type DefinitionDecoder } from "../core/wire/definitions";
import type { InspectOptions } from "../core/wire/inspect";
import type { Io } from "./io";
import { openSession, type TreeOptions } from "./session";

export function treeDecoding(io: Io, options: TreeOptions): InspectOptions {
  const { project } = openSession(io, options);
  const decoder = projectDecoder(project);
  const scheme = levelScheme(project.priorityLevels());
  return {
    decoder: decoder.decode,
    level: (section) => {
      const description = decoder.candidates(section.idstr)[0];
      const level = description && levelOf(description, scheme);
      return level?.known === true ? { name: levelName(level.value, scheme), value: level.value } : undefined;
    },
  };
}

export function projectDecoder(project: Project): DefinitionDecoder {
  return createDecoder(project);
}
