/** Devices whose reset writes to their configuration space of PCI: set-up code alone does not say what a load finds there. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";

/** Slots of DeviceClass and ResettablePhases. */
const slots: ReadonlySet<string> = new Set(["reset", "enter", "hold", "exit"]);

/** PCI's own reset leaves what the guest cannot change. */
const base = "pci-device";

/** Whether a function that the type's files hand to a reset speaks of `config`; what that calls is not followed. */
export function resetTouchesConfig(project: Project, type: string): boolean {
  for (const { name, file } of project.ancestry(type)) {
    if (name === base) return false;
    const resets = resetsIn(project, file);
    if (functionTexts(project, file).some((fn) => resets.has(fn.name) && mentionsConfig(fn.body))) return true;
  }
  return false;
}

function resetsIn(project: Project, file: string): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (value: Expression | undefined): void => {
    if (value?.kind === "identifier") found.add(value.name);
  };
  for (const { definition, body: text } of functionTexts(project, file)) {
    if (!text.includes("reset")) continue;
    const body = bodyOf(project, { file, definition });
    for (const { place, value } of accessesIn(body.block))
      if (place.kind === "member" && slots.has(place.name)) add(value);
    for (const { name, node } of callsOf(body)) if (name.includes("reset")) node.arguments.forEach(add);
  }
  return found;
}

/** `d->config` and the name that QEMU's devices have for it, `pci_conf`. */
function mentionsConfig(body: string): boolean {
  return body.includes("config") || body.includes("pci_conf");
}
