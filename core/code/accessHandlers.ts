/** Which functions a file registers for what the guest reads and writes: by where they are put, whatever their names. */
import { accessesIn } from "../c/body/accesses";
import type { FileFacts } from "../c/facts";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";

export interface AccessHandlers {
  /** By name of the function, the index of the parameter with what the guest writes. */
  readonly writes: ReadonlyMap<string, number>;
  readonly reads: ReadonlySet<string>;
}

const opsTypes = new Set(["MemoryRegionOps", "MemoryRegionPortio"]);
/** hw/register.h: handlers of one register. */
const registerType = "RegisterAccessInfo";
/** PCIDevice and PCIDeviceClass. */
const configSlots = ["config_write", "config_read"] as const;

const known = new WeakMap<FileFacts, AccessHandlers>();

/** Of tables of MemoryRegionOps, MemoryRegionPortio and RegisterAccessInfo, and of PCI's config space. */
export function accessHandlers(project: Project, file: string): AccessHandlers {
  const facts = project.facts(file);
  const before = facts && known.get(facts);
  if (before !== undefined) return before;
  const writes = new Map<string, number>();
  const reads = new Set<string>();
  for (const declaration of facts?.declarations ?? []) {
    if (declaration.kind !== "variable") continue;
    const isOps = opsTypes.has(declaration.typeName);
    if (!isOps && declaration.typeName !== registerType) continue;
    const tokens = project.scope(file).tokens(file, declaration.initStart, declaration.initEnd);
    for (const [k, { text }] of tokens.entries()) {
      if (tokens[k - 1]?.text !== "." || tokens[k + 1]?.text !== "=") continue;
      const value = tokens[k + 2]?.text === "&" ? k + 3 : k + 2;
      const handler = tokens[value]?.text ?? "";
      if (isOps && (text === "write" || text === "write_with_attrs")) writes.set(handler, 2);
      else if (isOps && (text === "read" || text === "read_with_attrs")) reads.add(handler);
      else if (!isOps && (text === "pre_write" || text === "post_write")) writes.set(handler, 1);
      else if (!isOps && text === "post_read") reads.add(handler);
    }
  }
  for (const fn of functionTexts(project, file)) {
    if (!configSlots.some((slot) => fn.body.includes(slot))) continue;
    for (const { place, value } of accessesIn(bodyOf(project, { file, definition: fn.definition }).block)) {
      if (place.kind !== "member" || value?.kind !== "identifier") continue;
      if (place.name === "config_write") writes.set(value.name, 2);
      else if (place.name === "config_read") reads.add(value.name);
    }
  }
  const found = { writes, reads };
  if (facts !== undefined) known.set(facts, found);
  return found;
}
