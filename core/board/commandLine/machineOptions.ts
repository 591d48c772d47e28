/** Words of -machine that are no properties of a machine: the main program takes them out, for an accelerator. */
import { nodesIn } from "../../c/body/walk";
import { bodyOf } from "../../project/bodies";
import type { Runner } from "../run/runner";
import { mainFunction } from "./variables";

/** What does so since 6.1, and before (system/vl.c, softmmu/vl.c). */
const functions = ["qemu_apply_legacy_machine_options", "machine_set_property"];

/** What asks for a word: of a dictionary of options, or of one option's name. */
const asking = ["qdict_", "g_str_equal", "strcmp"];

/** Words that such a function of the tree asks for. */
export function legacyWords(runner: Runner): ReadonlySet<string> {
  const words = new Set<string>();
  for (const name of functions) {
    const located = mainFunction(runner, name)?.located;
    if (located === undefined) continue;
    for (const node of nodesIn(bodyOf(runner.project, located).block)) {
      if (node.kind !== "call" || node.callee.kind !== "identifier") continue;
      const { name: callee } = node.callee;
      if (!asking.some((start) => callee.startsWith(start))) continue;
      for (const argument of node.arguments) if (argument.kind === "string") words.add(argument.value);
    }
  }
  return words;
}
