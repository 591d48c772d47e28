/** Character devices: what is behind them is the host's. */
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, type Value } from "../run/values";
import type { Model, ObjectModel } from "./qom/model";

/** Of a run, by label. */
const backends = new WeakMap<Runner, Map<string, Rec>>();

function backendsOf(runner: Runner): Map<string, Rec> {
  const known = backends.get(runner) ?? new Map<string, Rec>();
  backends.set(runner, known);
  return known;
}

/** The one behind which nothing is. */
const quiet = "chardev-null";

function newBackend(runner: Runner, model: ObjectModel, label: Value | undefined): Rec {
  const object = model.types.find(quiet) === undefined ? new Rec() : model.create(quiet);
  const made = object instanceof Rec ? object : new Rec();
  const name = textAt(label) ?? "";
  made.set("Chardev.label", name);
  backendsOf(runner).set(name, made);
  return made;
}

export function characterDevices(model: Model): readonly (readonly [string, NativeFunction])[] {
  return [
    ...["qemu_chr_new", "qemu_chr_new_noreplay", "qemu_chr_new_mux_mon"].map(
      (name) =>
        [name, ((runner, [label]) => newBackend(runner, model(runner), label)) satisfies NativeFunction] as const,
    ),
    [
      "qemu_chr_new_from_opts",
      (runner, [options]) => newBackend(runner, model(runner), runner.run("qemu_opts_id", [options ?? 0])),
    ],
    ["qemu_chr_find", (runner, [label]) => backendsOf(runner).get(textAt(label) ?? "") ?? 0],
  ];
}
