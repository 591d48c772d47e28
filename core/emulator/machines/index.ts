import type { Project } from "../../project/project";
import { microvm } from "./microvm";
import type { MachineFamily } from "./model";
import { pc } from "./pc";
import { q35 } from "./q35";
import { virt } from "./virt";

const machineFamilies: readonly MachineFamily[] = [q35, pc, microvm, virt];

/** The family of a machine type or of its alias. */
export function familyOf(machine: string): MachineFamily | undefined {
  return machineFamilies.find(({ name, stem }) => name === machine || (stem !== undefined && machine.startsWith(stem)));
}

/** Those of the project's target. */
export function familiesOf({ configuration }: Project): readonly MachineFamily[] {
  return machineFamilies.filter(({ target }) => configuration.architectures.includes(target));
}

export type * from "./model";
