/** What a destination's device is configured to, as far as its tree and command line say: what the stream does not carry. */
import { isDigits, lastIndex } from "../../c/words";
import { startsWithPciPath } from "../../wire/framing/devicePath";
import { createdSize } from "../../code/createdSizes";
import { accessesIn } from "../../c/body/accesses";
import type { MachineVersion } from "../../compat/compatLists";
import { machineTypes, treatedAs } from "../../compat/machineTypes";
import { machineProperties, type MachineProperties, type MemberValue } from "../../compat/properties";
import { bodyOf, typesIn } from "../../project/bodies";
import { cachedByRevision } from "../../project/cache";
import type { Project } from "../../project/project";
import { decidePredicate } from "../../putcode";
import type { HooksOf } from "../../putcode/definitions";
import type { QomType } from "../../qom/model";
import { integer, type LoadHooks } from "../../wire";
import type { PutOwner, SlotName } from "../../wire/values/owner";
import { allBits, type Scope } from "../../wire/values/scope";
import type { WireMember } from "../../wire/values/schema";
import type { VMStateDescription } from "../../vmstate/model";
import { decoderOf } from "../schemas";
import { isA } from "../traits";
import type { Machine } from "../machine";
import type { Entry } from "../world";
import type { SetUp } from "./setUpMember";

export interface Configured {
  /** Of the machine type: its compat lists decide. undefined: the newest. */
  readonly version: MachineVersion | undefined;
  /** -m slots. */
  readonly memorySlots: number;
  readonly description: VMStateDescription | undefined;
  /** As the command line has them. */
  readonly properties: ReadonlyMap<string, string>;
  /** What set-up code leaves for test functions. */
  readonly setUp?: Pick<SetUp, "tested" | "machineClass">;
  /** The type that opens the bus which the device is on, or only what all such types are. */
  readonly opener?: { readonly type: string } | { readonly base: string };
}

/** Answers for the load of the entry's section; what is not known is left open. */
export function configuredHooks(
  project: Project,
  { version, request }: Machine,
  entry: Entry,
  setUp?: Configured["setUp"],
): LoadHooks {
  const { device, description } = entry.owner;
  return hooksFor(project, {
    ...(setUp === undefined ? {} : { setUp }),
    version,
    memorySlots: request.memorySlots,
    description,
    properties: device?.properties ?? new Map(),
    ...(device?.bus === undefined ? {} : { opener: { type: device.bus.parent.type } }),
  });
}

/** The same where no machine is built. */
function hooksFor(project: Project, configured: Configured): LoadHooks {
  const { version, memorySlots, description, properties: given, opener, setUp } = configured;
  const { classes } = decoderOf(project);
  const { source } = classes;
  const properties = propertiesOf(project, version);
  const own = description && classes.owner(description);
  const beside = opener && busOwner(project, opener);

  const valueOf = (path: string, file: string): MemberValue | undefined => {
    const [state, ...others] = properties.states(path, file).filter(({ property }) => given.has(property.name));
    if (state === undefined) return properties.member(path, file);
    const text = given.get(state.property.name) ?? "";
    const single = others.length === 0 && state.property.bit === undefined && isPlainNumber(text);
    return single ? { value: BigInt(text), mask: allBits } : undefined;
  };

  /** What does not depend on what has been loaded. */
  const steady = new Map<string, boolean>();
  const fieldExists: NonNullable<LoadHooks["fieldExists"]> = (name, field, scope) => {
    const file = field.source?.file ?? scope.description.file;
    const key = `${file} ${name} ${scope.versionId}`;
    const before = steady.get(key);
    if (before !== undefined) return before;
    let asked = false;
    const bits = (path: string): MemberValue | undefined => {
      const loaded = scope.known(path);
      const left = loaded === undefined ? setUp?.tested(path, scope) : undefined;
      asked ||= loaded !== undefined || left !== undefined;
      return left === undefined ? (loaded ?? valueOf(path, file)) : { value: left, mask: allBits };
    };
    const machineClass = (member: string): bigint | undefined => setUp?.machineClass(member, file);
    const truth = decidePredicate(name, file, { versionId: scope.versionId, bits, machineClass }, source);
    if (!asked && typeof truth === "boolean") steady.set(key, truth);
    return truth;
  };

  const sizes = new Map<string, bigint | undefined>();
  const sizeOf: SizeOf = (structName, path, file) => {
    const key = `${structName} ${path} ${file}`;
    if (!sizes.has(key)) {
      const size = createdSize(project, structName, path, file, (of, member, from) => {
        const ofMachine = of === "MachineState" && member === "ram_slots" ? memorySlots : undefined;
        if (ofMachine !== undefined) return BigInt(ofMachine);
        const known = valueOf(member, from);
        return known?.mask === allBits ? known.value : undefined;
      });
      sizes.set(key, size);
    }
    return sizes.get(key);
  };

  return {
    fieldExists,
    member: (member, scope) => {
      // of another object, in which the same name is another thing
      if (member.path.includes("->")) return undefined;
      const known = valueOf(member.path, scope.description.file);
      const size = sizeIn(member, scope, sizeOf) ?? (known?.mask === allBits ? known.value : undefined);
      return size === undefined ? undefined : integer(size);
    },
    ...(own === undefined && beside === undefined ? {} : { owner: either(own, beside) }),
  };
}

/** Devices as the stream's machine type has them where the command line says nothing. */
export function configuredIn(project: Project, treatAs?: string): HooksOf {
  return (description, { idstr }, machine = "") =>
    hooksFor(project, {
      ...{
        version: treatedAs(machineTypes(project), machine, treatAs)?.version,
        memorySlots: 0,
        description,
        properties: new Map(),
      },
      ...(startsWithPciPath(idstr) ? { opener: { base: "pci-device" } } : {}),
    });
}

const readings = cachedByRevision(() => ({
  properties: new Map<string | undefined, MachineProperties>(),
  buses: new Map<string, PutOwner | undefined>(),
}));

function propertiesOf(project: Project, version: MachineVersion | undefined): MachineProperties {
  const { properties } = readings(project);
  const key = version && `${version.major}.${version.minor}`;
  let known = properties.get(key);
  if (known === undefined) {
    known = machineProperties(project, version);
    properties.set(key, known);
  }
  return known;
}

/** What a member that only properties set holds on the machine type, by the file that defines the property. */
export function propertyValue(
  project: Project,
  { version }: Machine,
  member: string,
  file: string,
): bigint | undefined {
  const known = version && propertiesOf(project, version).member(member, file);
  return known?.mask === allBits ? known.value : undefined;
}

type SizeOf = (structName: string, path: string, file: string) => bigint | undefined;

/** As QEMU and BigInt read it alike. */
function isPlainNumber(text: string): boolean {
  return isDigits(text) || (text.toLowerCase().startsWith("0x") && Number.isFinite(Number(text)));
}

/** By the structs around the member, nearest first. */
function sizeIn({ structName, path }: WireMember, scope: Scope, sizeOf: SizeOf): bigint | undefined {
  const own = structName === "" ? undefined : sizeOf(structName, path, scope.description.file);
  if (own !== undefined) return own;
  let inner = path;
  for (let at = scope; at.link.kind !== "root"; at = at.link.parent) {
    if (at.link.kind === "same") continue;
    const { parent, path: place } = at.link;
    if (place === undefined) return undefined;
    const bare = lastIndex(place)?.array ?? place;
    inner = `${bare}.${inner}`;
    const around = parent.description.fields.find(({ member }) => member?.path === bare)?.member?.structName;
    const size = around === undefined ? undefined : sizeOf(around, inner, parent.description.file);
    if (size !== undefined) return size;
  }
  return undefined;
}

function either(own: PutOwner | undefined, beside: PutOwner | undefined): PutOwner {
  return {
    slotFunctions: (slot) => own?.slotFunctions(slot) ?? beside?.slotFunctions(slot),
    slotDescriptions: (slot) => own?.slotDescriptions(slot) ?? beside?.slotDescriptions(slot),
    slotValue: (slot) => beside?.slotValue?.(slot),
  };
}

/** The class of the bus: the one that is registered in the file of the nearest of its opener's classes. */
function busOwner(project: Project, opener: NonNullable<Configured["opener"]>): PutOwner | undefined {
  const { buses } = readings(project);
  const key = JSON.stringify(opener);
  if (!buses.has(key)) {
    const all = [...project.types()].filter(({ name }) =>
      project.ancestry(name).some(({ parent }) => parent === "bus"),
    );
    buses.set(key, "type" in opener ? nearestBus(project, all, opener.type) : anyBus(project, all, opener.base));
  }
  return buses.get(key);
}

function nearestBus(project: Project, all: readonly QomType[], opener: string): PutOwner | undefined {
  const near = project.ancestry(opener).map((each) => all.filter(({ file }) => file === each.file));
  const [only, ...more] = near.find((found) => found.length > 0) ?? [];
  return only === undefined || more.length > 0 ? undefined : ownerOf(project, only);
}

/** Of the buses that are registered beside a type of that kind, the only one with such a slot. */
function anyBus(project: Project, all: readonly QomType[], base: string): PutOwner {
  const files = new Set([...project.types()].flatMap(({ name, file }) => (isA(project, name, base) ? [file] : [])));
  const owners = all.filter(({ file }) => files.has(file)).map((type) => ownerOf(project, type));
  const only = <T>(answers: readonly (T | undefined)[]): T | undefined => {
    const known = answers.filter((each) => each !== undefined);
    return known.length === 1 ? known[0] : undefined;
  };
  return {
    slotFunctions: (slot) => only(owners.map((owner) => owner.slotFunctions(slot))),
    slotDescriptions: () => undefined,
    slotValue: (slot) => only(owners.map((owner) => owner.slotValue?.(slot))),
  };
}

function ownerOf(project: Project, { name }: QomType): PutOwner {
  const ancestry = project.ancestry(name);
  const isOf = ({ structName }: SlotName): boolean =>
    ancestry.some(({ classSlots }) => classSlots.some(({ classStruct }) => classStruct === structName));
  return {
    slotFunctions(slot) {
      if (!isOf(slot)) return undefined;
      const value = ancestry
        .flatMap(({ classSlots }) => classSlots)
        .find((each) => each.classStruct === slot.structName && each.slot === slot.slot)?.value;
      return value === undefined ? [] : [{ name: value.name, file: value.range.file }];
    },
    slotDescriptions: () => undefined,
    slotValue: (slot) => (isOf(slot) ? plainValue(project, ancestry, slot.slot) : undefined),
  };
}

/** What class_init functions put into a slot, the nearest class's, else 0; undefined where one puts in what is no number. */
function plainValue(project: Project, ancestry: readonly QomType[], slot: string): bigint | undefined {
  for (const { classInit, file } of ancestry) {
    const fn = classInit === undefined ? undefined : project.function(classInit.name, file);
    if (fn === undefined) {
      if (classInit !== undefined) return undefined;
      continue;
    }
    for (const { place, kind, value } of accessesIn(bodyOf(project, fn).block)) {
      if (kind !== "write" || place.kind !== "member" || place.name !== slot) continue;
      const known = value && typesIn(project, fn).integer(value);
      return known?.known === true ? known.value : undefined;
    }
  }
  return 0n;
}
