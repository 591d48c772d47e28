/** Whether a decision changes what a machine holds. */
import { bodyCall } from "../../c/body/calls";
import { nodesIn } from "../../c/body/walk";
import type { Expression, Statement } from "../../c/syntax";
import { storeOf } from "../../project/cache";
import type { Project } from "../../project/project";

/** Calls that make objects, memory or registrations. */
const making = [
  "vmstate_register",
  "register_savevm",
  "object_new",
  "object_initialize",
  "object_property_set_bool",
  "qdev_",
  "sysbus_realize",
  "qemu_ram_alloc",
  "memory_region_init_ram",
  "memory_region_init_rom",
];
const passive = ["qdev_init_gpio", "qdev_get_", "qdev_connect", "qdev_pass", "qdev_prop", "qdev_unrealize"];
/** Those that say what is wrong: such an arm is not taken by a board that works. */
const complaining = ["error_", "exit", "abort", "hw_error", "g_assert_not_reached", "warn_report"];
const deepest = 8;

const known = storeOf<Map<string, boolean>>(() => new Map());

function startsWith(name: string, words: readonly string[]): boolean {
  return words.some((word) => name.startsWith(word));
}

function makes(project: Project, name: string, file: string, depth: number): boolean {
  if (startsWith(name, making)) return !startsWith(name, passive);
  if (depth === 0) return false;
  const fn = project.function(name, file);
  if (fn === undefined) return false;
  const store = known(project);
  const key = `${fn.file}\n${name}`;
  const before = store.get(key);
  if (before !== undefined) return before;
  store.set(key, false);
  const answer = project
    .calls(fn)
    .some(({ callee, through }) => through === undefined && makes(project, callee, fn.file, depth - 1));
  store.set(key, answer);
  return answer;
}

/** Whether it says what is wrong. */
export function complains(node: Statement | Expression): boolean {
  return [...nodesIn(node)].some((each) => each.kind === "call" && startsWith(bodyCall(each).name, complaining));
}

/** `whole`: the statement, or the expression where there is no more. */
export function decisive(project: Project, file: string, whole: Statement | Expression): boolean {
  const arms =
    whole.kind === "if" ? [whole.then, ...(whole.otherwise === undefined ? [] : [whole.otherwise])] : [whole];
  for (const arm of arms) {
    let leaves = false;
    let complains = false;
    let effects = false;
    for (const node of nodesIn(arm)) {
      if (node.kind === "return" || node.kind === "goto") leaves = true;
      if (node.kind !== "call") continue;
      const { name, through } = bodyCall(node);
      if (startsWith(name, complaining)) complains = true;
      else if (through === undefined && makes(project, name, file, deepest)) effects = true;
    }
    if (!complains && (effects || (leaves && whole.kind === "if"))) return true;
  }
  return false;
}
