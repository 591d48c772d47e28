/** A source tree as a side of a comparison. */
import { architectureOf, isTest } from "../c/paths";
import { lastName } from "../c/words";
import { descriptionKey, descriptionRoles, typesByFile } from "../code/registered";
import { filesBeside } from "../project/folders";
import type { Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";
import { readClasses } from "../putcode/classes";
import type { WireDescription, WireField } from "../wire/values/schema";
import { allBits } from "../wire/values/scope";
import { createCompiler } from "../putcode/compile";
import { decidePredicate } from "../putcode";
import type { Side } from "./model";
import type { Entry, EntrySide } from "./entries";
import type { Truth } from "./layout";
import { numberings } from "./numbering";
import type { MachineVersion } from "./compatLists";
import { decisionOf } from "./decision";
import { derivationOf } from "./derived";
import { featureWrites, isLeftToMachine } from "./featureWords";
import { otherObjectRead } from "./otherObject";
import { machineProperties, type MemberValue, type PropertyState } from "./properties";
import { writtenBeforeSave } from "./written";
import { savedByCode, sectionConditions } from "./sections";

/**
 * `machine`: the version of machine type that both sides run; its compat properties decide test functions. `given` narrows the
 * entries. `derived`: with what values come from that a load checks; default where the entries are not narrowed.
 */
export function treeSide(
  project: Project,
  label: string,
  machine: MachineVersion | undefined,
  given?: (description: VMStateDescription) => boolean,
  { derived = given === undefined }: { readonly derived?: boolean } = {},
): EntrySide {
  const wanted = given ?? (() => true);
  const { source } = readClasses(project);
  const compiler = createCompiler(project);
  const properties = machineProperties(project, machine);

  const asked = new Map<string, { readonly truth: Truth; readonly states: readonly PropertyState[] }>();

  function ask(name: string, file: string, versionId: number, saver?: Side): Truth {
    return question(name, file, versionId, saver).truth;
  }

  function question(name: string, file: string, versionId: number, saver?: Side) {
    const key = `${file} ${name} ${versionId} ${saver?.label ?? label}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    const states = new Set<PropertyState>();
    const answer = { truth: truthOf(name, file, versionId, saver, states), states: [...states] };
    asked.set(key, answer);
    return answer;
  }

  /** Bits of a member that no property sets are tried both ways. */
  function truthOf(
    name: string,
    file: string,
    versionId: number,
    saver: Side | undefined,
    states: Set<PropertyState>,
  ): Truth {
    const written = (member: string): MemberValue | undefined => {
      const value = saver?.written === undefined ? writtenBeforeSave(project, member) : saver.written(member);
      return value === undefined ? undefined : { value, mask: allBits };
    };
    const bits = (path: string): MemberValue | undefined => {
      for (const state of properties.states(path, file)) states.add(state);
      return properties.member(path, file) ?? written(lastName(path));
    };
    const truth = decidePredicate(name, file, { versionId, bits }, source);
    return typeof truth === "boolean" ? truth : { key: `${name}()` };
  }

  const entries: Entry[] = [];
  const roles = descriptionRoles(project);
  const { architectures } = project.configuration;
  /** Tests, and CPUs of targets that this configuration does not build. */
  const isElsewhere = (file: string): boolean => {
    const directory = architectureOf(file);
    return isTest(file) || (directory !== undefined && !architectures.includes(directory));
  };
  const sections = sectionConditions(project, properties, ask);
  for (const { description, types, registrations } of roles.registered.values()) {
    if (isElsewhere(description.file) || !wanted(description)) continue;
    const unmigratable = description.unmigratable.known && description.unmigratable.value;
    const sent = sections.sent(description, registrations);
    const owners = types.length > 0 ? [] : (typesByFile(project).get(description.file) ?? []).map(({ name }) => name);
    entries.push({ types, owners, kind: "section", unmigratable, sent, description: compiler.compile(description) });
  }
  for (const each of savedByCode(project, roles)) {
    if (isElsewhere(each.description.file) || !wanted(each.description)) continue;
    const description = compiler.compile(each.description);
    entries.push({ types: [], kind: "code", unmigratable: false, ...each.load, description });
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
    written: (member) => writtenBeforeSave(project, member),
    ...(given === undefined
      ? {
          numberings: () => numberings(project),
          features: {
            writes: () => featureWrites(project).filter(({ range }) => !isElsewhere(range.file)),
            hasWord: ({ word, range }) => project.evaluate(word, range.file).known,
            isLeftToMachine: (write) => isLeftToMachine(write, properties),
          },
        }
      : {}),
    hasType: (name) => project.type(name) !== undefined,
    exists(field, description, versionId, saver) {
      const name = field.exists;
      if (name === undefined) return true;
      if (name.startsWith("#if")) return { key: name };
      return ask(name, field.source?.file ?? description.file, versionId, saver);
    },
    needed(subsection) {
      const name = subsection.hooks.needed;
      return name === undefined ? true : ask(name, subsection.file, subsection.versionId);
    },
    ...(derived
      ? {
          derivation: (field: WireField, { file }: WireDescription) =>
            derivationOf(project, filesBeside(project, file), field),
        }
      : {}),
    otherObject: (field, description) => otherObjectRead(project, field, description),
    decision({ field, description }) {
      const name = field === undefined ? description.hooks.needed : field.exists;
      if (field === undefined && name === undefined) {
        const { registrations = [] } = roles.registered.get(descriptionKey(description)) ?? {};
        return decisionOf(project, machine, sections.states(registrations));
      }
      if (name === undefined || name.startsWith("#if")) return undefined;
      const { states } = question(name, field?.source?.file ?? description.file, description.versionId);
      return decisionOf(project, machine, states);
    },
  };
}
