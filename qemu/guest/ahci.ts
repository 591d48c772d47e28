/** A SATA controller as a driver starts it: "Serial ATA AHCI", its first port. */
import { type Qtest, reads, writes } from "../qtest";
import type { ClassProgram } from "./classProgram";

const port = 0x100;
const receiveOffset = 0x1000;
/** Of the D2H register FIS in the receive area, and its type. */
const registerFis = 0x40;
const registerFisType = 0x34n;

export const ahci: ClassProgram = {
  name: "AHCI",
  bar: 5,
  start: async (guest, base, seen) => {
    await guest.run([
      // AHCI enable
      writes(base + 0x04, 0x80000000, 4),
      writes(base + port, seen, 4),
      writes(base + port + 0x08, seen + receiveOffset, 4),
      // receive FIS, then start
      writes(base + port + 0x18, 0x16, 4),
      writes(base + port + 0x18, 0x17, 4),
    ]);
  },
  /** A reset of the port: the controller then posts the device's registers to the receive area. */
  answers: async (guest, base, real) => {
    const answer = real + receiveOffset + registerFis;
    await guest.run([
      writes(answer, 0, 4),
      writes(base + port + 0x2c, 1, 4),
      writes(base + port + 0x2c, 0, 4),
      writes(base + port + 0x18, 0x17, 4),
    ]);
    return ((await firstOf(guest, reads(answer, 4))) & 0xffn) === registerFisType;
  },
};

async function firstOf(guest: Qtest, command: string): Promise<bigint> {
  const [value = 0n] = await guest.run([command]);
  return value;
}
