import type { VMStateDescription } from "../../vmstate/model";
import { cachedByRevision } from "../cache";
import { effectsOf } from "../consumers";
import type { Diagnostic } from "../diagnostic";
import { type GuestWrite, guestWrites } from "../guestWrites";
import type { Project } from "../project";
import { providers } from "../providers";
import { descriptionKey, descriptionRoles, typesByFile } from "../registered";
import { stateStructs } from "../stateTypes";
import { isUnmigratable, nameOf } from "../tables";
import { type Rule, wants } from "./rule";

/** docs/devel/migration/main.rst asks for it: what the guest makes a device switch has to be switched again in post_load. */
export const rebuildMissing: Rule = {
  code: "rebuild-missing",
  summary: "A device switches memory regions or interrupt routes as the guest writes, but not again after loading.",
  *check(context) {
    const { project } = context;
    const { iommus } = providers(project);
    // of these iommu-rebuild-missing speaks
    const units = new Set(iommus.filter((iommu) => !iommu.createdFirst).map(({ entry }) => entry.description));
    for (const [description, writes] of writesByDescription(project)) {
      if (!wants(context, description.file) || units.has(description)) continue;
      const left = writes.filter((write) => !isDoneAgain(project, description, write));
      if (left.length > 0) yield finding(description, left);
    }
  },
};

/** The description of the state struct that the writing functions look at; not one that all devices of a bus share. */
const writesByDescription = cachedByRevision((project): ReadonlyMap<VMStateDescription, readonly GuestWrite[]> => {
  const byStruct = new Map<string, VMStateDescription[]>();
  const files = new Set(typesByFile(project).keys());
  const { registered, nested } = descriptionRoles(project);
  for (const description of project.descriptions()) {
    const key = descriptionKey(description);
    if (description.file.startsWith("tests/") || isUnmigratable(description)) continue;
    if (!registered.has(key) && !nested.has(key)) continue;
    files.add(description.file);
    if (nested.get(key)?.some(({ as }) => as === "subsection")) continue;
    const [struct] = stateStructs(description);
    if (struct === undefined) continue;
    const list = byStruct.get(struct);
    if (list) list.push(description);
    else byStruct.set(struct, [description]);
  }
  const found = new Map<VMStateDescription, GuestWrite[]>();
  for (const file of files) {
    for (const write of guestWrites(project, file)) {
      for (const struct of write.structs) {
        for (const description of byStruct.get(struct) ?? []) {
          const list = found.get(description);
          if (list) list.push(write);
          else found.set(description, [write]);
        }
      }
    }
  }
  return found;
});

/** By a load hook of the description, or of one that it is a part of, in the same file as the switch. */
function isDoneAgain(project: Project, description: VMStateDescription, write: GuestWrite): boolean {
  const seen = new Set([description]);
  for (const each of seen) {
    if (isUnmigratable(each)) return true;
    const effects = effectsOf(project, each);
    if (effects.some(({ kind, chain }) => kind === write.kind && chain.at(-1)?.file === write.range.file)) return true;
    for (const { parent } of descriptionRoles(project).nested.get(descriptionKey(each)) ?? []) seen.add(parent);
  }
  return false;
}

function finding(description: VMStateDescription, writes: readonly GuestWrite[]): Diagnostic {
  const [first] = writes;
  const what = first?.kind === "irq-route" ? "interrupt routes" : "memory regions";
  return {
    code: "rebuild-missing",
    severity: "warning",
    range: description.nameRange,
    message: `The guest's writes make ${nameOf(description)} switch ${what} (${first?.chain.join(" -> ") ?? ""} -> ${first?.api ?? ""}), and no load hook switches them again: after a migration they are those of a reset device.`,
    related: writes.map(({ chain, api, range }) => ({ range, message: `${chain.join(" -> ")} calls ${api}` })),
    fixes: [],
  };
}
