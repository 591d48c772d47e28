/** What setting up one device does besides its own section: buses it opens, devices it makes, registrations it makes itself. */
import { cachedByRevision } from "../project/cache";
import { bodyOf } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { conditionsAt } from "../c/body/conditions";
import type { Registration } from "../qom/model";
import { holdsAtSetUp } from "./conditions";
import { setUpFunctions } from "./traits";

export type SetUpStep =
  | { readonly kind: "bus"; readonly type: string; readonly name: string | undefined }
  | { readonly kind: "child"; readonly type: string }
  /** The device translates the accesses of what is on a bus. */
  | { readonly kind: "iommu" }
  | { readonly kind: "registration"; readonly registration: Registration };

/** Functions of QEMU that open a bus: the kind of bus, and which argument names it. */
const openers: ReadonlyMap<string, { readonly type: string; readonly name?: number }> = new Map([
  ["pci_bridge_initfn", { type: "PCI" }],
  ["pci_root_bus_new", { type: "PCI", name: 1 }],
  ["pci_root_bus_init", { type: "PCI" }],
  ["pci_register_root_bus", { type: "PCI", name: 1 }],
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

/** Functions that make a device which is realized along with its maker; the argument from the end that names the type. */
const makers: ReadonlyMap<string, number> = new Map([
  ["object_initialize_child", 0],
  ["qdev_new", 0],
  ["virtio_instance_init_common", 0],
  ["sysbus_create_simple", 2],
  ["isa_create_simple", 0],
  ["isa_new", 0],
]);

const installsIommu = /^pci_setup_iommu(?:_per_bus)?$/;

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
    if (located !== undefined) follow(walk, located, 0, true);
  }
  store.set(key, walk.steps);
  return walk.steps;
}

/** `certain`: the function is called whatever conditions hold. Buses count either way; what registers must be certain. */
function follow(walk: Walk, located: LocatedFunction, depth: number, certain: boolean): void {
  const { project, steps, seen } = walk;
  const key = `${located.file}\n${located.definition.name}`;
  if (seen.has(key) || seen.size >= maximumFunctions) return;
  seen.add(key);
  const own = walk.registrations.get(located.definition.name);
  for (const call of project.calls(located)) {
    if (call.through !== undefined || passive.test(call.callee)) continue;
    if (installsIommu.test(call.callee)) steps.push({ kind: "iommu" });
    const registration = own?.find(({ range }) => range.file === located.file && range.start === call.start);
    const opener = openers.get(call.callee);
    const behind = makers.get(call.callee);
    const callee = depth < maximumDepth ? project.function(call.callee, located.file) : undefined;
    if (registration === undefined && opener === undefined && behind === undefined && callee === undefined) continue;
    const runs = runsAt(walk, located, call.start);
    if (runs === false) continue;
    const sure = certain && runs === true;
    if (registration !== undefined) {
      if (sure) steps.push({ kind: "registration", registration });
      continue;
    }
    if (opener !== undefined) {
      const literal = opener.name === undefined ? undefined : /^"([^"]*)"$/.exec(call.args[opener.name] ?? "")?.[1];
      steps.push({ kind: "bus", type: opener.type, name: literal });
    }
    if (behind !== undefined && sure) {
      const name = project.string(call.args[call.args.length - 1 - behind] ?? "", located.file);
      if (name.known) steps.push({ kind: "child", type: name.value });
    }
    if (callee !== undefined) follow(walk, callee, depth + 1, sure);
  }
}

function runsAt(walk: Walk, fn: LocatedFunction, offset: number): boolean | undefined {
  let all: boolean | undefined = true;
  for (const each of conditionsAt(bodyOf(walk.project, fn), offset)) {
    const holds = holdsAtSetUp(walk.project, fn.file, each, walk.properties);
    if (holds === false) return false;
    if (holds === undefined) all = undefined;
  }
  return all;
}

/** Families of functions that set up nothing and are called everywhere. */
const passive =
  /^(?:memory_region_|vmstate_register_ram|object_property_|error_|g_|qdev_(?:init_gpio|connect|prop)|trace_|address_space_|timer_|qemu_|pci_(?:set|get|config|add_capability)_)/;
