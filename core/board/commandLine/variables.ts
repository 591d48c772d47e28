/** qemu_init and what stands beside it in its file (system/vl.c). */
import { emptyFrame } from "../run/code";
import { read, store } from "../run/memory";
import type { Runner } from "../run/runner";
import type { Fn, Value } from "../run/values";

function mainFile(runner: Runner): string {
  return runner.function("qemu_init", "")?.located?.file ?? "";
}

/** A variable of that file; undefined where the tree has none. */
export function variable(runner: Runner, name: string): Value | undefined {
  const found = runner.global(name, mainFile(runner));
  const place = found?.place(emptyFrame());
  return found === undefined || place === undefined ? undefined : read(place.holder, place.key, found.type);
}

/** Sets one; nothing where the tree has none. */
export function setVariable(runner: Runner, name: string, value: Value): void {
  const place = runner.global(name, mainFile(runner))?.place(emptyFrame());
  if (place !== undefined) store(place, value);
}

export function mainFunction(runner: Runner, name: string): Fn | undefined {
  return runner.function(name, mainFile(runner));
}

/** Runs a function of that file, which may be static there, or another; undefined where the tree has none. */
export function runMain(runner: Runner, name: string, values: readonly Value[]): Value | undefined {
  const fn = mainFunction(runner, name);
  return fn === undefined ? undefined : runner.call(fn, values);
}

/** An enumerator that the file sees, also of an enum inside a struct. */
export function mainEnumerator(runner: Runner, name: string): Value | undefined {
  const value = runner.types.enumerator(name, runner.scope(mainFile(runner)));
  return value?.known === true ? Number(value.value) : undefined;
}

/** Where an error ends QEMU. */
export function fatalError(runner: Runner): Value {
  return runner.global("error_fatal", "")?.place(emptyFrame()) ?? 0;
}
