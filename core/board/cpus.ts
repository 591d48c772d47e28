/** The CPUs that a machine type says it takes. */
import type { Board } from "./board";
import { classOf } from "./classOf";
import { programOf } from "./run/program";
import { Stop } from "./run/runner";
import { Arr, Fn, Rec, textAt, type Value } from "./run/values";

/**
 * As -cpu names them: of a list in its class, or since 11.0 of a function there (machine_run_board_init in hw/core/machine.c). Empty where
 * it has none, and takes all. The board may be another one afterwards.
 */
export function cpuModels(board: Board): readonly string[] {
  const { model, runner, machine, type } = board;
  const cls = classOf(model, type);
  let list: Value | undefined = cls?.get("MachineClass.valid_cpu_types");
  const hook = cls?.get("MachineClass.get_valid_cpu_types");
  if (hook instanceof Fn && machine !== undefined) {
    try {
      const made = programOf(runner.project).reading(() =>
        runner.afterwards(() => runner.call(hook, [machine]), false),
      );
      if (made instanceof Rec) list = made.get(".pdata");
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
  }
  const types = list instanceof Arr ? list.items.flatMap((each) => textAt(each) ?? []) : [];
  return [...new Set(types)].flatMap((name) => {
    const found = model.types.find(name);
    const chain = found === undefined ? [] : model.types.chain(found).map((each) => each.name);
    // what -cpu leaves out of the name is the type that all of the target's come from
    const base = chain[chain.indexOf("cpu") - 1];
    return base !== undefined && name.endsWith(`-${base}`) ? name.slice(0, -base.length - 1) : [];
  });
}
