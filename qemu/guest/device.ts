/** A device that works behind an IOMMU, as a guest's drivers leave it. */
import { QemuFailure } from "../failure";
import { hex, type Qtest } from "../qtest";
import type { ClassProgram } from "./classProgram";
import { classPrograms } from "./classes";
import { classOf, mapBar, pciPath, reach } from "./pci";
import { switchVtdOn } from "./vtd";

/** Buffers of the device: where it sees them, and where they are. */
const buffers = { seen: 0x40000000, real: 0x500000, pages: 4 };
const registers = 0xfe000000;

export interface WorkingDevice {
  readonly program: ClassProgram;
  /** On the machine that loaded it: whether what it writes arrives in the guest's memory. */
  arrives(guest: Qtest): Promise<boolean>;
}

/** `path` as in section names. Rejects with QemuFailure (`refused`) where no program is known for the device. */
export async function startBehindVtd(guest: Qtest, path: string): Promise<WorkingDevice> {
  const slots = pciPath(path);
  if (slots === undefined) throw new QemuFailure("refused", `${path} is no PCI device of the first root bus`);
  const fn = await reach(guest, slots, registers);
  const code = await classOf(guest, fn);
  const program = classPrograms.get(code);
  if (program === undefined) {
    throw new QemuFailure("refused", `how a driver starts a device of PCI class ${hex(code)} is not known here`);
  }
  const base = await mapBar(guest, fn, program.bar, registers);
  if (base === undefined) throw new QemuFailure("refused", `${path} has no registers in region ${program.bar}`);
  await switchVtdOn(guest, fn, buffers);
  await program.start(guest, base, buffers.seen);
  return { program, arrives: (on) => program.answers(on, base, buffers.real) };
}
