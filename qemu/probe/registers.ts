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

/**
 * - `wide`: words of memory and of configuration space, bytes of ports
 * - `narrow`: bytes of memory, words of ports
 */
export type Width = "wide" | "narrow";

export function registersOf(regions: readonly Region[], width: Width = "wide"): readonly Register[] {
  const found = new Map<string, Register>();
  for (const region of regions) {
    const bytes = (region.space === "ports") === (width === "wide") ? 1 : 4;
    const start = region.space === "config" ? 0x40 : region.start;
    for (let address = start; address + bytes - 1 <= region.end; address += bytes) {
      const offset = region.offset + address - region.start;
      if (offset >= window) break;
      const register = { region, offset, address, bytes } as const;
      const key = keyOf(register);
      if (!found.has(key)) found.set(key, register);
    }
  }
  return [...found.values()];
}

export const keyOf = ({ region, offset, bytes }: Register): string =>
  `${region.owner} ${region.name} ${offset} ${bytes}`;

export function readCommands({ region, address, bytes }: Register): readonly string[] {
  switch (region.space) {
    case "config":
      return [`outl 0xcf8 ${hex(region.select + address)}`, "inl 0xcfc"];
    case "ports":
      return [`in${bytes === 4 ? "l" : "b"} ${hex(address)}`];
    case "memory":
      return [`read${bytes === 4 ? "l" : "b"} ${hex(address)}`];
  }
}

export function writeCommands({ region, address, bytes }: Register, value: bigint): readonly string[] {
  switch (region.space) {
    case "config":
      return [`outl 0xcf8 ${hex(region.select + address)}`, `outl 0xcfc ${hex(value)}`];
    case "ports":
      return [`out${bytes === 4 ? "l" : "b"} ${hex(address)} ${hex(value)}`];
    case "memory":
      return [`write${bytes === 4 ? "l" : "b"} ${hex(address)} ${hex(value)}`];
  }
}

/** The last answer of each. */
export async function runEach(guest: Qtest, commands: readonly (readonly string[])[]): Promise<readonly bigint[]> {
  const answers = await guest.run(commands.flat());
  let end = 0;
  return commands.map((each) => {
    end += each.length;
    return answers[end - 1] ?? 0n;
  });
}

export function readAll(guest: Qtest, registers: readonly Register[]): Promise<readonly bigint[]> {
  return runEach(guest, registers.map(readCommands));
}

export type Pattern = "ones" | "mixed" | "flipped";

const patterns: Readonly<Record<Pattern, (value: bigint, mask: bigint) => bigint>> = {
  ones: (_, mask) => mask,
  mixed: (_, mask) => 0x5a5a5a5an & mask,
  flipped: (value, mask) => (value ^ 1n) & mask,
};

/** What the pattern writes to a register that holds `value`. */
export function patterned(pattern: Pattern, { bytes }: Register, value: bigint): bigint {
  return patterns[pattern](value, (1n << BigInt(8 * bytes)) - 1n);
}
