/** What members that properties set hold on a machine type: defaults, and the compat lists that the machine applies. */
import { readInteger } from "../c/literal";
import { lastName } from "../c/words";
import { filesBeside } from "../project/folders";
import type { Project } from "../project/project";
import { type CompatEntry, compatEntries, type MachineVersion, order } from "./compatLists";
import { type DeviceProperty, ownersOf, propertiesOfMember } from "../code/deviceProperties";
import type { MemberBits } from "../wire/values/schema";
import { allBits } from "../wire/values/scope";
import { memberIsAssigned, setByCode, type Setter } from "./propertyCode";

/** Bits beyond the mask may be set by code. */
export type MemberValue = MemberBits;

/** A property that a test function reads, on the machine. */
export interface PropertyState {
  readonly property: DeviceProperty;
  readonly value: bigint | undefined;
  /** The compat entry that sets it on this machine; undefined: the default holds. */
  readonly setBy: CompatEntry | undefined;
  /** An entry for it in a list that this machine does not use, the newest. */
  readonly unused: CompatEntry | undefined;
  /** Code sets the property too, after the lists. */
  readonly byCode: Setter;
}

export interface MachineProperties {
  /** What the member that a property sets holds on the machine; undefined where no property sets it. */
  member(path: string, file: string): MemberValue | undefined;
  /** The properties that set a member. */
  states(path: string, file: string): readonly PropertyState[];
  state(property: DeviceProperty): PropertyState;
}

/** Lists of compat properties apply from their version on down to older machines. */
export function machineProperties(project: Project, machine: MachineVersion | undefined): MachineProperties {
  const known = new Map<DeviceProperty, PropertyState>();

  function state(property: DeviceProperty): PropertyState {
    const before = known.get(property);
    if (before !== undefined) return before;
    let value = property.kind === "on_off_auto" && property.byDefault === 0n ? undefined : property.byDefault;
    let setBy: CompatEntry | undefined;
    let unused: CompatEntry | undefined;
    for (const entry of compatEntries(project, property.name)) {
      if (!drives(project, entry.driver, property)) continue;
      if (machine === undefined || order(entry.version, machine) < 0) {
        unused ??= entry;
        continue;
      }
      value = parseValue(entry.value, property.kind);
      setBy = entry;
    }
    const byCode = setByCode(project, property, value);
    const found = { property, value, setBy, unused, byCode };
    known.set(property, found);
    return found;
  }

  function states(path: string, file: string): readonly PropertyState[] {
    const last = lastName(path);
    if (last === "") return [];
    const ofFile = propertiesOfMember(project, file, last);
    const near = ofFile.length > 0 ? ofFile : neighbours(project, file, last);
    return near.map(state);
  }

  return {
    state,
    states,
    member(path, file) {
      const near = states(path, file);
      const [first] = near;
      if (first === undefined) return undefined;
      if (first.property.bit === undefined) return common(near);
      if (near.some(({ property }) => property.structName !== first.property.structName)) return undefined;
      let value = 0n;
      // other bits of a member that only its properties set are clear
      const own = first.property.file === file;
      const code = filesBeside(project, file);
      let mask = !own || memberIsAssigned(project, first.property.member, code) ? 0n : allBits;
      const isOpen = ({ property, value, byCode }: PropertyState): boolean =>
        value === undefined ||
        byCode !== "nobody" ||
        // another type has it otherwise
        near.some((other) => other.property.bit === property.bit && other.value !== value);
      for (const each of near) {
        const bit = 1n << BigInt(each.property.bit ?? 0);
        if (isOpen(each)) mask &= ~bit;
        else {
          mask |= bit;
          if (each.value !== 0n) value |= bit;
        }
      }
      return { value, mask };
    },
  };
}

/** Several types may have the property for one member, as long as all say the same. */
function common(states: readonly PropertyState[]): MemberValue | undefined {
  const [first] = states;
  if (first?.value === undefined) return undefined;
  if (states.some(({ value, byCode }) => byCode !== "nobody" || value !== first.value)) return undefined;
  return { value: first.value, mask: allBits };
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Properties of the other files of a folder: a device and its helpers. */
function neighbours(project: Project, file: string, member: string): readonly DeviceProperty[] {
  return filesBeside(project, file).flatMap((path) => (path === file ? [] : propertiesOfMember(project, path, member)));
}

/** As the property's setter reads it; undefined for what is no number here. */
function parseValue(text: string, kind: string): bigint | undefined {
  // what `auto` turns into is up to the device
  if (kind === "on_off_auto") return text === "on" ? 1n : text === "off" ? 2n : undefined;
  if (text === "on" || text === "true" || text === "yes") return 1n;
  if (text === "off" || text === "false" || text === "no") return 0n;
  return readInteger(text)?.value;
}

/** Whether an entry's driver has the property: it is the type that declares it, one above (a global holds for all below), or one below. */
function drives(project: Project, driver: string, property: DeviceProperty): boolean {
  const owners = ownersOf(project, property);
  const ancestry = project.ancestry(driver);
  // a driver that the tree does not name any more
  if (ancestry.length === 0) return owners.length === 0;
  if (owners.length === 0) return ancestry.some((type) => folder(type.file) === folder(property.file));
  return owners.some(
    (owner) =>
      ancestry.some((type) => type.name === owner) || project.ancestry(owner).some((type) => type.name === driver),
  );
}
