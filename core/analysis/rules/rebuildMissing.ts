import type { VMStateDescription } from "../../vmstate/model";
import type { Diagnostic } from "../diagnostic";
import { type GuestWrite, guestWrites, isSwitch, partOf } from "../guestWrites";
import { liveHandlers } from "../liveHandlers";
import { handlerReach, type LoadReach, loadReach } from "../loadEffects";
import type { Project } from "../project";
import { providers } from "../providers";
import { descriptionKey, descriptionRoles, typesByFile } from "../registered";
import { stateStructs } from "../stateTypes";
import { isUnmigratable, nameOf } from "../tables";
import { type Rule, type RuleContext, wants } from "./rule";

/** docs/devel/migration/main.rst asks for it: what the guest makes a device switch has to be switched again in post_load. */
export const rebuildMissing: Rule = {
  code: "rebuild-missing",
  summary: "A device switches memory regions or interrupt routes as the guest writes, but not again after loading.",
  *check(context) {
    const { project } = context;
    const { iommus } = providers(project);
    // of these iommu-rebuild-missing speaks
    const units = new Set(iommus.filter((iommu) => !iommu.createdFirst).map(({ entry }) => entry.description));
    for (const { descriptions, writes } of writtenStates(context)) {
      const place = descriptions.find(({ file }) => wants(context, file));
      if (!place || descriptions.some((each) => units.has(each))) continue;
      const left = writes.filter((write) => !descriptions.some((each) => isDoneAgain(project, each, write)));
      const [largest = place] = [...descriptions].sort((a, b) => b.fields.length - a.fields.length);
      if (left.length > 0) yield finding(largest, left);
    }
  },
};

interface WrittenState {
  /** Of the state struct behind the writing functions' `opaque`; a device may save it in several. */
  readonly descriptions: VMStateDescription[];
  readonly writes: GuestWrite[];
}

/** Of the structs that the context's descriptions save. */
function writtenStates({ project, descriptions }: RuleContext): readonly WrittenState[] {
  const wanted = new Set(descriptions.map((description) => stateStructs(description)[0]));
  const byStruct = new Map<string, WrittenState>();
  const files = new Set(typesByFile(project).keys());
  const { nested } = descriptionRoles(project);
  for (const description of project.descriptions()) {
    files.add(description.file);
    const [struct] = stateStructs(description);
    if (struct === undefined || !wanted.has(struct)) continue;
    if (description.file.startsWith("tests/") || isUnmigratable(description)) continue;
    if (nested.get(descriptionKey(description))?.some(({ as }) => as === "subsection")) continue;
    const state = byStruct.get(struct);
    if (state) state.descriptions.push(description);
    else byStruct.set(struct, { descriptions: [description], writes: [] });
  }
  for (const file of byStruct.size > 0 ? files : []) {
    for (const write of guestWrites(project, file)) {
      for (const struct of write.structs) byStruct.get(struct)?.writes.push(write);
    }
  }
  return [...byStruct.values()].filter(({ writes }) => writes.length > 0);
}

/** By a load hook of the description, or of one that it is a part of, in the same file as the switch. */
function isDoneAgain(project: Project, description: VMStateDescription, write: GuestWrite): boolean {
  const { registered, nested } = descriptionRoles(project);
  const seen = new Set([description]);
  let isLoaded = false;
  for (const each of seen) {
    const key = descriptionKey(each);
    if (isUnmigratable(each) || switchesAgain(loadReach(project, each), write)) return true;
    isLoaded ||= registered.has(key);
    for (const handler of liveHandlers(project)) {
      const reach = handlerReach(project, handler);
      if (!reach.descriptions.has(key)) continue;
      if (switchesAgain(reach, write)) return true;
      isLoaded = true;
    }
    for (const { parent } of nested.get(key) ?? []) seen.add(parent);
  }
  return !isLoaded;
}

/** The function that the guest's write ends in runs while loading as well, or another one of its file that switches the same. */
function switchesAgain({ functions }: LoadReach, { chain, range, part, kind }: GuestWrite): boolean {
  const last = chain.at(-1);
  for (const { file, name, edges } of functions) {
    if (file !== range.file) continue;
    if (name === last) return true;
    if (edges.some((edge) => isSwitch(edge) && edge.entry.kind === kind && partOf(edge) === part)) return true;
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
