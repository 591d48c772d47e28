/** Devices of a command line, made on a board by qdev_device_add (system/qdev-monitor.c). */
import { type NativeFunction, type Runner, Stop } from "../run/runner";
import { Rec, textAt, type Value } from "../run/values";
import { textOf } from "./options";
import { fatalError } from "./variables";

/** A device that QEMU does not make. */
export interface Refusal {
  /** `-device e1000,addr=3` */
  readonly text: string;
  /** In QEMU's words. */
  readonly message: string;
  /** All before it was followed. */
  readonly isSure: boolean;
}

/** Makes one device, as qemu_init does for each; where QEMU would end instead, or that is how it was understood, that is kept and the rest are made. */
export function deviceFunctions(
  refusals: Refusal[],
  given: Map<Rec, string>,
): readonly (readonly [string, NativeFunction])[] {
  return [
    [
      "device_init_func",
      (runner, [, options]) => {
        const text = `-device ${written(runner, options ?? 0)}`;
        try {
          const typed = textOf(options ?? 0);
          const made = runner.run("qdev_device_add", [options ?? 0, fatalError(runner)]);
          if (made instanceof Rec && typed !== undefined) given.set(made, typed);
        } catch (error) {
          if (!(error instanceof Stop)) throw error;
          refusals.push({ text, message: error.message, isSure: runner.opens.length === 0 });
        }
        return 0;
      },
    ],
  ];
}

/** As it was typed; QEMU itself makes devices of other options. */
function written(runner: Runner, options: Value): string {
  return textOf(options) ?? textAt(runner.run("qemu_opt_get", [options, "driver"])) ?? "?";
}
