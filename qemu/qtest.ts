/** QEMU's test protocol: what a guest's processor would write and read. docs/devel/testing/qtest of QEMU's tree. */
import type { Duplex } from "node:stream";
import { QemuFailure } from "./failure";
import { linesOf } from "./lines";

type Bytes = 1 | 2 | 4 | 8;

export interface Qtest {
  /** Sends commands at once and answers the number of each that has one. Rejects with QemuFailure. */
  run(commands: readonly string[]): Promise<readonly (bigint | undefined)[]>;
}

const letters: Readonly<Record<Bytes, string>> = { 1: "b", 2: "w", 4: "l", 8: "q" };

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
export const writes = (address: bigint | number, value: bigint | number, bytes: Bytes): string =>
  `write${letters[bytes]} ${hex(address)} ${hex(value)}`;
export const reads = (address: bigint | number, bytes: Bytes): string => `read${letters[bytes]} ${hex(address)}`;

/** Commands whose answers may wait in QEMU's socket at once. */
const batch = 256;

export function openQtest(channel: Duplex): Qtest {
  const lines = linesOf(channel);
  async function answer(command: string): Promise<bigint | undefined> {
    for (;;) {
      const line = await lines.next();
      if (line.startsWith("IRQ")) continue;
      const [word, value] = line.split(" ");
      if (word !== "OK") throw new QemuFailure("refused", `qtest ${command}: ${line.slice(0, 80)}`);
      return value === undefined || !/^0x[0-9a-f]+$/i.test(value) ? undefined : BigInt(value);
    }
  }
  return {
    async run(commands) {
      const answers: (bigint | undefined)[] = [];
      for (let start = 0; start < commands.length; start += batch) {
        const part = commands.slice(start, start + batch);
        lines.send(part.map((command) => `${command}\n`).join(""));
        for (const command of part) answers.push(await answer(command));
      }
      return answers;
    },
  };
}
