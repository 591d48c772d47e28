import { microvm } from "./microvm";
import type { MachineFamily } from "./model";
import { pc } from "./pc";
import { q35 } from "./q35";
import { virt } from "./virt";

export const machineFamilies: readonly MachineFamily[] = [q35, pc, microvm, virt];
/** The family of a machine type or of its alias. */
export function familyOf(machine: string): MachineFamily | undefined {
  return machineFamilies.find(({ name, stem }) => name === machine || (stem !== undefined && machine.startsWith(stem)));
}

export type * from "./model";
