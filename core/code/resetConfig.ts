/** Devices whose reset writes to their configuration space of PCI: set-up code alone does not say what a load finds there. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { LocatedFunction, Project } from "../project/project";
import { configOffsetsIn } from "./configOffsets";

/** Slots of DeviceClass and ResettablePhases. */
const slots: ReadonlySet<string> = new Set(["reset", "enter", "hold", "exit"]);

/** PCI's own reset leaves what the guest cannot change. */
const base = "pci-device";

/** QEMU's PCI_CONFIG_HEADER_SIZE: pci_add_capability puts nothing before it. */
const header = 0x40;
/** Bytes behind an offset that is known which a write to it reaches at most. */
const widest = 8;

/**
 * Whether a function that the type's files hand to a reset may write to that byte of `config`; what it calls with it is not followed. An offset
 * with a member in it, as `pm_cap`, is where a capability lies: behind the header.
 */
export function resetTouchesConfig(project: Project, type: string, byte: number): boolean {
  for (const { name, file } of project.ancestry(type)) {
    if (name === base) return false;
    const resets = resetsIn(project, file);
    for (const { name: fn, definition, body } of functionTexts(project, file))
      if (resets.has(fn) && mentionsConfig(body) && mayTouch(project, { file, definition }, byte)) return true;
  }
  return false;
}

function mayTouch(project: Project, located: LocatedFunction, byte: number): boolean {
  const { file } = located;
  const text = project.text(file) ?? "";
  return configOffsetsIn(bodyOf(project, located).block).some((terms) => {
    if (terms === undefined) return true;
    let offset = 0;
    let isBehind = false;
    for (const term of terms) {
      const value = project.evaluate(text.slice(term.start, term.end), file);
      if (value.known) offset += value.value;
      else if ([...nodesIn(term)].some(({ kind }) => kind === "member")) isBehind = true;
      else return true;
    }
    return isBehind ? byte >= header : byte >= offset && byte < offset + widest;
  });
}

/** Functions of a file that are handed to a reset. */
export function resetsIn(project: Project, file: string): ReadonlySet<string> {
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
