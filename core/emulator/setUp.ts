/** What setting up one device does besides its own section: buses it opens, devices it makes, registrations it makes itself. */
import { cachedByRevision } from "../project/cache";
import { bodyOf } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { bodyCall, callsOf } from "../c/body/calls";
import { originOf } from "../c/body/carried";
import { type Condition, conditionsAt } from "../c/body/conditions";
import { localsOf } from "../c/body/locals";
import type { Call } from "../c/calls";
import type { Expression } from "../c/syntax";
import type { Registration } from "../qom/model";
import { holdsAtSetUp, type SetUpFacts } from "./conditions";
import { setUpFunctions } from "./traits";

export type SetUpStep =
  | {
      readonly kind: "bus";
      readonly type: string;
      readonly name: string | undefined;
      /** The child that has it; undefined: the device itself. */
      readonly child: string | undefined;
      /** QOM type, where it is another than the kind says. */
      readonly busClass: string | undefined;
    }
  | {
      readonly kind: "child";
      readonly type: string;
      /** The call that makes it. */
      readonly made: string;
      /** Types that it may have instead, where what decides is not known. */
      readonly others: readonly string[];
    }
  /** The device translates the accesses of what is on a bus. */
  | { readonly kind: "iommu" }
  | { readonly kind: "registration"; readonly registration: Registration };

interface Opener {
  readonly type: string;
  /** Arguments: the bus's name, and the device that has it. */
  readonly name?: number;
  readonly owner?: number;
  /** The argument with its QOM type. */
  readonly busClass?: number;
}

/** Functions of QEMU that open a bus of one kind. */
const openers: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  ["pci_bridge_initfn", { type: "PCI" }],
  ["pci_root_bus_new", { type: "PCI", name: 1, owner: 0, busClass: 5 }],
  ["pci_root_bus_init", { type: "PCI" }],
  ["pci_register_root_bus", { type: "PCI", name: 1, owner: 0, busClass: 9 }],
  ["usb_bus_new", { type: "usb-bus" }],
  ["scsi_bus_init", { type: "SCSI" }],
  ["scsi_bus_new", { type: "SCSI" }],
  ["scsi_bus_init_named", { type: "SCSI" }],
  ["ide_bus_init", { type: "IDE" }],
  ["ide_bus_new", { type: "IDE" }],
  ["isa_bus_new", { type: "ISA" }],
  ["i2c_init_bus", { type: "i2c-bus" }],
  ["hda_codec_bus_init", { type: "HDA" }],
]);

/** Those that open one of any kind: the arguments that name the kind, the device that has it and the bus. */
const plainOpeners: ReadonlyMap<string, { readonly type: number; readonly owner: number; readonly name: number }> =
  new Map([
    ["qbus_init", { type: 2, owner: 3, name: 4 }],
    ["qbus_new", { type: 0, owner: 1, name: 2 }],
    ["qbus_create_inplace", { type: 2, owner: 3, name: 4 }],
    ["qbus_create", { type: 0, owner: 1, name: 2 }],
  ]);

/** Functions that make a device which is realized along with its maker; the argument from the end that names the type. */
const makers: ReadonlyMap<string, number> = new Map([
  ["object_initialize_child", 0],
  ["qdev_new", 0],
  ["virtio_instance_init_common", 0],
  ["sysbus_create_simple", 2],
  ["isa_create_simple", 0],
  ["isa_new", 0],
]);

const installIommu: ReadonlySet<string> = new Set(["pci_setup_iommu", "pci_setup_iommu_per_bus"]);

const maximumDepth = 5;
const maximumFunctions = 400;

interface Walk {
  readonly project: Project;
  readonly properties: ReadonlyMap<string, string>;
  readonly registrations: ReadonlyMap<string, readonly Registration[]>;
  readonly seen: Set<string>;
  readonly steps: SetUpStep[];
}

/** The tree's registrations by the function that makes them. */
export const registrationIndex = cachedByRevision((project): ReadonlyMap<string, readonly Registration[]> => {
  const made = new Map<string, Registration[]>();
  for (const each of project.registrations()) {
    if (each.callee.includes("unregister") || each.callee.startsWith("vmstate_register_ram")) continue;
    const list = made.get(each.function);
    if (list === undefined) made.set(each.function, [each]);
    else list.push(each);
  }
  return made;
});

const walked = cachedByRevision(() => new Map<string, readonly SetUpStep[]>());

/** Steps in textual order of the calls, followed through direct calls. Code the tree lacks is not followed. */
export function setUpSteps(
  project: Project,
  type: string,
  properties: ReadonlyMap<string, string>,
): readonly SetUpStep[] {
  const store = walked(project);
  const key = [type, ...[...properties].flat()].join("\n");
  const known = store.get(key);
  if (known !== undefined) return known;
  const walk: Walk = { project, properties, registrations: registrationIndex(project), seen: new Set(), steps: [] };
  for (const { name, file } of setUpFunctions(project, type)) {
    const located = project.function(name, file);
    if (located !== undefined) follow(walk, located, { depth: 0, certain: true, once: true, parameters: new Map() });
  }
  store.set(key, walk.steps);
  return walk.steps;
}

interface Way {
  readonly depth: number;
  /** The function is called whatever conditions hold. Buses count either way; what registers must be certain. */
  readonly certain: boolean;
  /** It is, and in no loop. */
  readonly once: boolean;
  readonly parameters: ReadonlyMap<string, number>;
}

function follow(walk: Walk, located: LocatedFunction, way: Way): void {
  const { project, steps, seen } = walk;
  const { file, definition } = located;
  const key = [file, definition.name, ...[...way.parameters].flat()].join("\n");
  if (seen.has(key) || seen.size >= maximumFunctions) return;
  seen.add(key);
  const own = walk.registrations.get(definition.name);
  const facts: SetUpFacts = { properties: walk.properties, parameters: way.parameters };
  for (const call of project.calls(located)) {
    if (call.through !== undefined || passive.some((prefix) => call.callee.startsWith(prefix))) continue;
    if (installIommu.has(call.callee)) steps.push({ kind: "iommu" });
    const registration = own?.find(({ range }) => range.file === file && range.start === call.start);
    const opened = openedBy(walk, located, call);
    const behind = makers.get(call.callee);
    const callee = way.depth < maximumDepth ? project.function(call.callee, file) : undefined;
    if (registration === undefined && opened === undefined && behind === undefined && callee === undefined) continue;
    const conditions = conditionsAt(bodyOf(project, located), call.start);
    const runs = holdAll(walk, file, conditions, facts);
    if (runs === false) continue;
    const certain = way.certain && runs === true;
    if (registration !== undefined) {
      if (certain) steps.push({ kind: "registration", registration });
      continue;
    }
    if (opened !== undefined) steps.push(opened);
    if (behind === undefined && callee === undefined) continue;
    const once = way.once && certain && conditions.every(({ kind }) => kind !== "loop");
    if (behind !== undefined && certain) {
      const types = typesNamed(walk, located, call, call.args.length - 1 - behind, facts);
      const type = types.at(-1);
      // a loop over what the user gave may make none
      if (type !== undefined && (types.length === 1 || once)) {
        steps.push({ kind: "child", type, made: placeOf(file, call.start), others: types.slice(0, -1) });
      }
    }
    if (callee !== undefined) {
      const parameters = constantsGiven(walk, located, call, callee, way.parameters);
      follow(walk, callee, { depth: way.depth + 1, certain, once, parameters });
    }
  }
}

const placeOf = (file: string, start: number): string => `${file} ${start}`;

function openedBy(walk: Walk, located: LocatedFunction, call: Call): Extract<SetUpStep, { kind: "bus" }> | undefined {
  const { project } = walk;
  const opener = openers.get(call.callee);
  if (opener !== undefined) {
    const literal = opener.name === undefined ? undefined : stringLiteral(call.args[opener.name] ?? "");
    const named =
      opener.busClass === undefined ? undefined : project.string(call.args[opener.busClass] ?? "", located.file);
    const busClass = named?.known === true ? named.value : undefined;
    return {
      kind: "bus",
      type: opener.type,
      name: literal,
      child: childGiven(walk, located, call, opener.owner),
      busClass,
    };
  }
  const plain = plainOpeners.get(call.callee);
  if (plain === undefined) return undefined;
  const type = project.string(call.args[plain.type] ?? "", located.file);
  if (!type.known) return undefined;
  const name = argumentsOf(project, located, call)[plain.name];
  const origin = name && originOf(name, localsOf(bodyOf(project, located)));
  const literal = origin?.kind === "string" ? (project.text(located.file) ?? "").slice(origin.start, origin.end) : "";
  const child = childGiven(walk, located, call, plain.owner);
  return { kind: "bus", type: type.value, name: stringLiteral(literal), child, busClass: undefined };
}

function stringLiteral(text: string): string | undefined {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : undefined;
}

/** The call that made the device in that argument, where it is a variable that is set once. */
function childGiven(
  { project }: Walk,
  located: LocatedFunction,
  call: Call,
  index: number | undefined,
): string | undefined {
  const given = index === undefined ? undefined : argumentsOf(project, located, call)[index];
  if (given?.kind !== "identifier") return undefined;
  const value = originOf(given, localsOf(bodyOf(project, located)));
  const isMade = value.kind === "call" && makers.has(bodyCall(value).name);
  return isMade ? placeOf(located.file, bodyCall(value).nameStart) : undefined;
}

function argumentsOf(project: Project, located: LocatedFunction, call: Call): readonly Expression[] {
  return callsOf(bodyOf(project, located)).find(({ nameStart }) => nameStart === call.start)?.node.arguments ?? [];
}

/** Types that an argument may name, the one that nothing special asks for last. Empty where one of them is not known. */
function typesNamed(
  walk: Walk,
  located: LocatedFunction,
  call: Call,
  index: number,
  facts: SetUpFacts,
): readonly string[] {
  const { project } = walk;
  const direct = project.string(call.args[index] ?? "", located.file);
  if (direct.known) return [direct.value];
  const argument = argumentsOf(project, located, call)[index];
  if (argument === undefined) return [];
  const text = project.text(located.file) ?? "";
  const named = alternatives(walk, located, argument, facts).map((each) =>
    each === undefined ? undefined : project.string(text.slice(each.start, each.end), located.file),
  );
  const types = named.flatMap((each) => (each?.known === true ? [each.value] : []));
  return types.length === named.length ? types : [];
}

/** Both arms of a choice, and all that is put into a variable, but for what conditions rule out. */
function alternatives(
  walk: Walk,
  located: LocatedFunction,
  expression: Expression,
  facts: SetUpFacts,
): readonly (Expression | undefined)[] {
  const body = bodyOf(walk.project, located);
  if (expression.kind === "conditional") {
    return [expression.then ?? expression.test, expression.otherwise].filter(
      (arm) => holdAll(walk, located.file, conditionsAt(body, arm.start), facts) !== false,
    );
  }
  const local = expression.kind === "identifier" ? localsOf(body).at(expression.name, expression.start) : undefined;
  if (local === undefined || local.isParameter) return [undefined];
  return local.values.filter(
    (value) => value === undefined || holdAll(walk, located.file, conditionsAt(body, value.start), facts) !== false,
  );
}

/** Parameters of the callee that get a number here. */
function constantsGiven(
  { project }: Walk,
  caller: LocatedFunction,
  call: Call,
  callee: LocatedFunction,
  given: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const names = argumentsOf(project, caller, call);
  if (!names.some(({ kind }) => kind === "identifier")) return found;
  const [ours, theirs] = [localsOf(bodyOf(project, caller)), bodyOf(project, callee)];
  for (const [index, { name, nameStart }] of theirs.parameters.entries()) {
    const argument = names[index];
    if (argument?.kind !== "identifier" || (localsOf(theirs).at(name, nameStart)?.values.length ?? 0) > 0) continue;
    const local = ours.at(argument.name, argument.start);
    const constant = local === undefined ? project.evaluate(argument.name, caller.file) : undefined;
    const value =
      constant?.known === true ? constant.value : local?.isParameter === true ? given.get(argument.name) : undefined;
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function holdAll(
  { project }: Walk,
  file: string,
  conditions: readonly Condition[],
  facts: SetUpFacts,
): boolean | undefined {
  let all: boolean | undefined = true;
  for (const each of conditions) {
    const holds = holdsAtSetUp(project, file, each, facts);
    if (holds === false) return false;
    if (holds === undefined) all = undefined;
  }
  return all;
}

/** Families of functions that set up nothing and are called everywhere. */
const passive: readonly string[] = [
  "memory_region_",
  "vmstate_register_ram",
  "object_property_",
  "error_",
  "g_",
  "qdev_init_gpio",
  "qdev_connect",
  "qdev_prop",
  "trace_",
  "address_space_",
  "timer_",
  "qemu_",
  "pci_set_",
  "pci_get_",
  "pci_config_",
  "pci_add_capability_",
];
