/** Parts of CPUs whose sections only the order of creation tells apart. */
import { type BodyCall, callsOf } from "../../../c/body/calls";
import { type Node, nodesIn } from "../../../c/body/walk";
import type { FileFacts } from "../../../c/facts";
import { architectureOf, isSource } from "../../../c/paths";
import type { SourceRange } from "../../../c/range";
import { answered } from "../../../project/answers";
import { bodyOf, functionsWith } from "../../../project/bodies";
import { cachedByRevision, cachedByShape } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { isUnmigratable, nameOf } from "../../tables";
import { rule } from "../../rule";

const makers: ReadonlySet<string> = new Set(["qdev_new", "qdev_create", "qdev_try_create"]);

function isMaker(name: string): boolean {
  return name.startsWith("object_new") || name.startsWith("object_initialize") || makers.has(name);
}

interface Creation {
  readonly functionName: string;
  readonly range: SourceRange;
}

const cpuFiles = cachedByShape((project) =>
  project.paths().filter((path) => {
    const isNamed = path.startsWith("cpu", path.lastIndexOf("/") + 1);
    return isNamed && isSource(path) && architectureOf(path) !== undefined;
  }),
);

const perFile = new WeakMap<FileFacts, ReadonlyMap<string, Creation>>();

/** Types that a file's functions make, by name. */
function madeIn(project: Project, file: string): ReadonlyMap<string, Creation> {
  const facts = project.facts(file);
  if (facts === undefined) return new Map();
  const known = perFile.get(facts);
  if (known !== undefined) return known;
  const found = new Map(answered(project, `makes ${file}`, file, () => [...readMade(project, file)]));
  perFile.set(facts, found);
  return found;
}

function readMade(project: Project, file: string): ReadonlyMap<string, Creation> {
  const found = new Map<string, Creation>();
  const mayMake = (text: string): boolean => text.includes("object_") || text.includes("qdev_");
  for (const fn of functionsWith(project, file, "_", mayMake)) {
    const body = bodyOf(project, fn);
    const calls = callsOf(body);
    if (!calls.some(({ name }) => isMaker(name))) continue;
    const others = new Set(calls.flatMap(argumentsWithoutType));
    const { name: functionName, nameStart } = fn.definition;
    const range = { file, start: nameStart, end: nameStart + functionName.length };
    for (const node of nodesIn(body.block)) {
      if (others.has(node)) continue;
      const name = typeNamed(project, file, node);
      if (name !== undefined && !found.has(name)) found.set(name, { functionName, range });
    }
  }
  return found;
}

/** Strings that name no type: a property, a child, a message. */
function argumentsWithoutType({ name, node }: BodyCall): readonly Node[] {
  const strings = node.arguments.filter(({ kind }) => kind === "string");
  if (name.endsWith("class_by_name")) return [];
  if (!isMaker(name)) return strings;
  // qom/object.c: the child's name before the type, or properties behind it
  if (name.startsWith("object_initialize_child")) return node.arguments.slice(1, 2);
  return name.startsWith("object_new_with") ? strings.filter((each) => each !== node.arguments[0]) : [];
}

/** `"demo"`, `TYPE_DEMO` */
function typeNamed(project: Project, file: string, node: Node): string | undefined {
  if (node.kind === "string") return node.value;
  if (node.kind !== "identifier" || !node.name.startsWith("TYPE_")) return undefined;
  const value = project.string(node.name, file);
  return value.known ? value.value : undefined;
}

/** Types that code of a CPU makes, by name: one for each CPU. */
const madeByCpus = cachedByRevision((project): ReadonlyMap<string, Creation> => {
  const found = new Map<string, Creation>();
  for (const file of cpuFiles(project)) {
    for (const [name, creation] of madeIn(project, file)) if (!found.has(name)) found.set(name, creation);
  }
  return found;
});

/** savevm's calculate_new_instance_id counts the sections of one name; a CPU that is unplugged leaves a gap that the destination has not. */
export const instanceIdByOrder = rule({
  code: "instance-id-by-order",
  group: "tables",
  severity: "information",
  default: "on",
  title: "Instance id by order of creation",
  summary: "A part of each CPU has a section whose instance id is the order in which the CPUs were created.",
  *check({ project, descriptions }) {
    const { registered } = descriptionRoles(project);
    for (const description of descriptions) {
      const own = registered.get(descriptionKey(description));
      if (own === undefined || own.types.length === 0 || own.registrations.length > 0 || isUnmigratable(description))
        continue;
      const made = own.types.flatMap((name) => partOfCpu(project, name) ?? [])[0];
      if (made === undefined) continue;
      yield {
        range: description.nameRange,
        message: `${made.functionName} makes a ${made.type} for each CPU, and nothing but the order tells their sections ${nameOf(description)} apart: after a CPU was unplugged the destination numbers them otherwise. Register the table with an id of the CPU's (vmstate_register) instead of by dc->vmsd.`,
        related: [{ range: made.range, message: `${made.functionName} makes it` }],
      };
    }
  },
});

/** The type, or one that inherits its table, that a CPU makes; a CPU itself has an index of its own. */
function partOfCpu(project: Project, name: string): (Creation & { readonly type: string }) | undefined {
  const pending = [name];
  for (const type of pending) {
    if (project.ancestry(type).some((each) => each.name === "cpu")) return undefined;
    const creation = madeByCpus(project).get(type);
    if (creation !== undefined) return { ...creation, type };
    if (pending.length < 64) pending.push(...project.children(type));
  }
  return undefined;
}
