/** The functions that QEMU runs while it loads a description: vmstate_load_state in migration/vmstate.c. */
import type { FunctionReference, HookName, VMStateDescription } from "../vmstate/model";
import type { Project } from "../project/project";
import { descriptionKey } from "./registered";

export interface LoadCallback {
  readonly name: string;
  /** File in whose scope the name is looked up. */
  readonly file: string;
  /** `post_load`, `post_load of vmstate_ahci`, `get of vmstate_info_pci_config`. */
  readonly label: string;
}

export const loadHooks: readonly HookName[] = ["pre_load", "pre_load_errp", "post_load", "post_load_errp"];

/** Callbacks of a description, its nested ones and its subsections. `visited` keeps descriptions already walked. */
export function loadCallbacks(
  project: Project,
  description: VMStateDescription,
  visited: Set<string> = new Set(),
): readonly LoadCallback[] {
  const found: LoadCallback[] = [];
  const infos = new Set<string>();
  const pending: VMStateDescription[] = [description];
  for (let next = pending.shift(); next; next = pending.shift()) {
    const key = descriptionKey(next);
    if (visited.has(key)) continue;
    visited.add(key);
    const suffix = next === description ? "" : ` of ${next.symbol}`;
    for (const hook of loadHooks) {
      const reference = next.hooks[hook];
      if (reference) found.push({ ...named(reference, next.file), label: `${hook}${suffix}` });
    }
    for (const field of next.fields) {
      const nested = field.vmsd && project.resolve(field.vmsd);
      if (nested) pending.push(nested);
      if (!field.info) continue;
      const scope = field.info.range.file || next.file;
      const infoKey = `${field.info.symbol}\n${scope}`;
      if (infos.has(infoKey)) continue;
      infos.add(infoKey);
      const info = project.info(field.info.symbol, scope) ?? project.info(field.info.symbol, next.file);
      if (info?.get) found.push({ ...named(info.get, info.file), label: `get of ${info.symbol}` });
    }
    for (const reference of next.subsections) {
      const subsection = project.resolve(reference);
      if (subsection) pending.push(subsection);
    }
  }
  return found;
}

function named(reference: FunctionReference, file: string): { name: string; file: string } {
  return { name: reference.name, file: reference.range.file === "" ? file : reference.range.file };
}
