/** Registers of regions, and how a processor reaches them. */
import { hex, type Qtest } from "../qtest";
import type { Region } from "./regions";

export interface Register {
  readonly region: Region;
  /** In the region. */
  readonly offset: number;
  readonly address: number;
  readonly bytes: 1 | 4;
}

/** Bytes looked at from a region's start. */
const window = 0x1000;

/** Words of memory and bytes of ports. */
export function registersOf(regions: readonly Region[]): readonly Register[] {
  const found = new Map<string, Register>();
  for (const region of regions) {
    const bytes = region.space === "ports" ? 1 : 4;
    for (let address = region.start; address + bytes - 1 <= region.end; address += bytes) {
      const offset = region.offset + address - region.start;
      if (offset >= window) break;
      const key = `${region.owner} ${region.name} ${offset}`;
      if (!found.has(key)) found.set(key, { region, offset, address, bytes });
    }
  }
  return [...found.values()];
}

export const keyOf = ({ region, offset }: Register): string => `${region.owner} ${region.name} ${offset}`;

function readCommand({ region, address, bytes }: Register): string {
  return region.space === "ports" ? `inb ${hex(address)}` : `read${bytes === 4 ? "l" : "b"} ${hex(address)}`;
}

function writeCommand({ region, address, bytes }: Register, value: bigint): string {
  const word = region.space === "ports" ? "outb" : `write${bytes === 4 ? "l" : "b"}`;
  return `${word} ${hex(address)} ${hex(value)}`;
}

export async function readAll(guest: Qtest, registers: readonly Register[]): Promise<readonly bigint[]> {
  const answers = await guest.run(registers.map(readCommand));
  return answers.map((value) => value ?? 0n);
}

export type Pattern = "ones" | "mixed" | "flipped";

const patterns: Readonly<Record<Pattern, (value: bigint, mask: bigint) => bigint>> = {
  ones: (_, mask) => mask,
  mixed: (_, mask) => 0x5a5a5a5an & mask,
  flipped: (value, mask) => (value ^ 1n) & mask,
};

/** Writes each register once, region by region. `at` is told where. */
export async function writeAll(
  guest: Qtest,
  registers: readonly Register[],
  pattern: Pattern,
  at: (region: Region) => void,
): Promise<void> {
  for (const region of new Set(registers.map((register) => register.region))) {
    at(region);
    const own = registers.filter((register) => register.region === region);
    const before = await readAll(guest, own);
    await guest.run(
      own.map((register, index) => {
        const mask = (1n << BigInt(8 * register.bytes)) - 1n;
        return writeCommand(register, patterns[pattern](before[index] ?? 0n, mask));
      }),
    );
  }
}
