/** A source tree as a side of a comparison. */
import { configurationFor } from "../c/configuration";
import { descriptionRoles } from "../analysis/registered";
import type { Project } from "../analysis/project";
import type { VMStateDescription } from "../vmstate/model";
import { readClasses } from "../wire/classes";
import { createCompiler } from "../wire/compile";
import { evaluatePredicate } from "../wire/putcode";
import type { Entry, EntrySide } from "./entries";
import type { Truth } from "./layout";
import { type MachineVersion, machineProperties } from "./properties";

/** `machine`: the version of machine type that both sides run; its compat properties decide test functions. `wanted` narrows the entries. */
export function treeSide(
  project: Project,
  label: string,
  machine: MachineVersion | undefined,
  wanted: (description: VMStateDescription) => boolean = () => true,
): EntrySide {
  const { source } = readClasses(project);
  const compiler = createCompiler(project);
  const properties = machineProperties(project, machine);

  /** Bits of a member that no property sets are tried both ways. */
  function ask(name: string, file: string, versionId: number): Truth {
    const answer = (open: boolean) =>
      evaluatePredicate(
        name,
        file,
        {
          versionId,
          member(path) {
            const known = properties.member(path, file);
            if (known === undefined) return undefined;
            return open ? known.value | (((1n << 64n) - 1n) & ~known.mask) : known.value;
          },
        },
        source,
      );
    const [low, high] = [answer(false), answer(true)];
    return typeof low === "boolean" && low === high ? low : { key: `${name}()` };
  }

  const entries: Entry[] = [];
  const roles = descriptionRoles(project);
  const architectures = configurationFor(project.scope("").target.name)?.architectures ?? [];
  /** Tests, and CPUs of targets that this configuration does not build. */
  const isElsewhere = (file: string): boolean => {
    const directory = /^target[/-]([^/]+)\//.exec(file)?.[1];
    return file.startsWith("tests/") || (directory !== undefined && !architectures.includes(directory));
  };
  for (const { description, types } of roles.registered.values()) {
    if (isElsewhere(description.file) || !wanted(description)) continue;
    const unmigratable = description.unmigratable.known && description.unmigratable.value;
    entries.push({ types, kind: "section", unmigratable, description: compiler.compile(description) });
  }
  for (const [key, types] of roles.insideVirtio) {
    const [file = "", symbol = ""] = key.split("\n");
    const description = project.description(symbol, file);
    if (description !== undefined && wanted(description)) {
      entries.push({ types, kind: "virtio", unmigratable: false, description: compiler.compile(description) });
    }
  }
  return {
    label,
    entries,
    complete: true,
    hasType: (name) => project.type(name) !== undefined,
    exists(field, description, versionId) {
      const name = field.exists;
      if (name === undefined) return true;
      if (name.startsWith("#if")) return { key: name };
      return ask(name, field.source?.file ?? description.file, versionId);
    },
    needed(subsection) {
      const name = subsection.hooks.needed;
      return name === undefined ? true : ask(name, subsection.file, subsection.versionId);
    },
  };
}
