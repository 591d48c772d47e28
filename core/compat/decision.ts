/** Words for what a device property does to the state of a device on a machine type. */
import type { Project } from "../project/project";
import type { Decision } from "./model";
import { compatLists, type MachineVersion, order } from "./compatLists";
import { ownersOf } from "../code/deviceProperties";
import type { PropertyState } from "./properties";

/** The property that matters most: one that code sets, else one that no list of the machine sets, else the first. */
export function decisionOf(
  project: Project,
  machine: MachineVersion | undefined,
  states: readonly PropertyState[],
): Decision | undefined {
  const state =
    states.find(({ byCode }) => byCode === "device") ?? states.find(({ setBy }) => setBy === undefined) ?? states[0];
  if (state === undefined || machine === undefined) return undefined;
  const { property, value, setBy, unused, byCode } = state;
  const driver = ownersOf(project, property)[0] ?? property.structName;
  const subject = `Property ${property.name} of ${driver} decides`;
  const base = { property: property.name, driver, byCode: byCode !== "nobody" };
  if (byCode === "device") {
    return {
      ...base,
      text: `${subject}, and the device's own code sets it, which no list of compat properties undoes.`,
    };
  }
  if (byCode === "boards")
    return { ...base, text: `${subject}: boards set it, whatever the lists of compat properties say.` };
  if (setBy !== undefined) return { ...base, text: `${subject}: ${setBy.list} sets it to ${setBy.value}.` };
  const list = listFor(project, machine);
  const version = `${machine.major}.${machine.minor}`;
  const now = spelled(property.kind, value);
  const missing = { list, value: opposite(property.kind, value) };
  const text =
    unused === undefined
      ? `${subject}: it is ${now} by default and not in ${list}, so a machine type of ${version} has it ${now} too.`
      : `${subject}: ${unused.list} sets it, which machine types of ${version} don't use; it is not in ${list}.`;
  return { ...base, text, ...(now === "set" ? {} : { missing }) };
}

function spelled(kind: string, value: bigint | undefined): string {
  if (value === undefined) return "set";
  if (isSwitch(kind)) return value === 0n ? "off" : "on";
  return kind === "on_off_auto" ? (value === 1n ? "on" : "off") : String(value);
}

function opposite(kind: string, value: bigint | undefined): string {
  return isSwitch(kind) || kind === "on_off_auto" ? (value === 1n ? "off" : "on") : "0";
}

function isSwitch(kind: string): boolean {
  return kind === "bool" || kind.startsWith("bit");
}

/** The tree's general list of that version: `hw_compat_9_1`, in old trees `HW_COMPAT_2_4`. */
function listFor(project: Project, machine: MachineVersion): string {
  const own = compatLists(project).filter(({ version }) => order(version, machine) === 0);
  const general = own.find(({ name }) => name.toLowerCase().startsWith("hw_compat"));
  if (general !== undefined) return general.name;
  const name = `hw_compat_${machine.major}_${machine.minor}`;
  const shouts = compatLists(project).some(({ name: each }) => each.startsWith("HW_COMPAT"));
  return shouts ? name.toUpperCase() : name;
}
