import { ahci } from "./ahci";
import type { ClassProgram } from "./classProgram";

/** By class, subclass and interface. */
export const classPrograms: ReadonlyMap<number, ClassProgram> = new Map([[0x010601, ahci]]);
