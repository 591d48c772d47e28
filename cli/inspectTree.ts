/** Decoding by a source tree, for `inspect`. */
import { isTest } from "../core/c/paths";
import { configurationFor } from "../core/c/configuration";
import type { Project } from "../core/project";
import { levelName, levelOf, levelScheme } from "../core/priority";
import { machineTypes, treatedAs } from "../core/compat";
import { configuredIn, type MainMemory, type Outcome, writersMachine } from "../core/emulator";
import { createDecoder, type DecoderOptions, type DefinitionDecoder } from "../core/putcode/definitions";
import type { InspectOptions, Inspection } from "../core/wire/inspect/inspect";
import type { Io } from "./io";
import { openSession, type TreeOptions } from "./session";

export interface TreeDecoding extends InspectOptions {
  /** What a stream's machine type is treated as, where the tree does not have it. */
  readonly machineNote: (inspection: Inspection) => string | undefined;
  /** Where RAM lies in the machine that wrote the stream; a message where that cannot be built. */
  readonly memory: (inspection: Inspection) => Outcome<MainMemory>;
}

export function treeDecoding(io: Io, options: TreeOptions & { readonly treatAs?: string }): TreeDecoding {
  const { project } = openSession(io, options);
  return {
    ...projectDecoding(project, options.target, options.treatAs),
    machineNote: ({ configuration }) =>
      treatedAs(machineTypes(project), configuration?.machine ?? "", options.treatAs)?.note,
    memory({ configuration, sections }) {
      const events = sections.map(({ event }) => event);
      const machine = writersMachine(project, { configuration, sections: events }, options.treatAs);
      return machine.ok ? { ok: true, value: machine.value.ram } : machine;
    },
  };
}

export function projectDecoding(project: Project, target: string | undefined, treatAs?: string): InspectOptions {
  const decoder = projectDecoder(project, target, { moreHooks: configuredIn(project, treatAs) });
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

/** CPUs of all targets are called `cpu`: those of `target` (default x86_64) are tried first. */
export function projectDecoder(
  project: Project,
  target = "x86_64",
  options: Pick<DecoderOptions, "hooks" | "moreHooks" | "layoutHolds"> = {},
): DefinitionDecoder {
  const { target: read, architectures } = project.configuration;
  const folders = target === read.name ? architectures : (configurationFor(target)?.architectures ?? []);
  return createDecoder(project, {
    ...options,
    rank: ({ file }) => {
      const of = /^target\/([^/]+)\//.exec(file)?.[1];
      if (of !== undefined) return folders.includes(of) ? 0 : 10;
      if (isTest(file)) return 20;
      // of a device that exists in C and in Rust, the one that is built
      return project.compiles(file) === "false" ? 5 : 0;
    },
  });
}
