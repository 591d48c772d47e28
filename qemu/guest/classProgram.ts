import type { Qtest } from "../qtest";

/** What drivers do with devices of a PCI class: a class says how it is programmed, whoever makes the device. */
export interface ClassProgram {
  readonly name: string;
  /** Region with its registers. */
  readonly bar: number;
  /** Starts it with its buffers at `seen`, as the device sees addresses. */
  start(guest: Qtest, base: number, seen: number): Promise<void>;
  /** Has it write to its buffers, which are at `real`; whether that arrives. */
  answers(guest: Qtest, base: number, real: number): Promise<boolean>;
}
