import { microvm } from "./microvm";
import type { MachineFamily } from "./model";
import { pc } from "./pc";
import { q35 } from "./q35";
import { virt } from "./virt";

export const machineFamilies: readonly MachineFamily[] = [q35, pc, microvm, virt];
export type * from "./model";
