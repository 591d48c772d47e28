import { isTest } from "../../../c/paths";
import type { VMStateDescription } from "../../../vmstate/model";
import type { CallEdge } from "../../../code/functionNode";
import { withDeferred } from "../../../code/deferred";
import { type GuestWrite, guestWrites, isSwitch } from "../../../code/guestWrites";
import { isNeverPlaced } from "../../../code/placedRegions";
import { isRefused } from "../../../code/refusedStates";
import { liveHandlers } from "../../../code/liveHandlers";
import { handlerReach, type LoadReach, loadReach } from "../../../code/loadEffects";
import type { Project } from "../../../project/project";
import { providers } from "../../../order/providers";
import { descriptionKey, descriptionRoles, typesByFile } from "../../../code/registered";
import { homesOf, structKey } from "../../../project/privateStructs";
import { stateStructs } from "../../../project/stateTypes";
import { isUnmigratable, nameOf } from "../../tables";
import { groupBy } from "../../dependencyReport";
import { type Finding, rule, type RuleContext, wants } from "../../rule";

/** docs/devel/migration/main.rst asks for it: what the guest makes a device switch has to be switched again in post_load. */
export const rebuildMissing = rule({
  code: "rebuild-missing",
  group: "hooks",
  severity: "warning",
  default: "review",
  wholeTree: true,
  title: "What the guest switched is not switched again after loading",
  summary:
    "A device switches memory regions, routes, timers or watches as the guest writes, but not again after loading.",
  *prepare(context) {
    for (const file of writingFiles(context)) {
      guestWrites(context.project, file);
      yield;
    }
  },
  *check(context) {
    const { project } = context;
    const { iommus } = providers(project);
    // of these iommu-rebuild-missing speaks
    const units = new Set(iommus.filter((iommu) => !iommu.createdFirst).map(({ entry }) => entry.description));
    for (const { descriptions, writes } of writtenStates(context)) {
      const place = descriptions.find(({ file }) => wants(context, file));
      if (!place || descriptions.some((each) => units.has(each))) continue;
      const left = writes.filter(
        (write) =>
          !descriptions.some((each) => isDoneAgain(project, each, write)) &&
          !isNeverPlaced(project, write) &&
          !isRefused(project, write.range),
      );
      const [largest = place] = [...descriptions].sort((a, b) => b.fields.length - a.fields.length);
      yield* findings(largest, left);
    }
  },
});

interface WrittenState {
  /** Of the state struct behind the writing functions' `opaque`; a device may save it in several. */
  readonly descriptions: VMStateDescription[];
  readonly writes: GuestWrite[];
}

/** Of the structs that the context's descriptions save. */
function writtenStates(context: RuleContext): readonly WrittenState[] {
  const { project, descriptions } = context;
  const keyOf = ({ file }: { readonly file: string }, struct: string): string => structKey(project, file, struct);
  const wanted = new Set(
    descriptions.flatMap((description) =>
      stateStructs(description)
        .slice(0, 1)
        .map((struct) => keyOf(description, struct)),
    ),
  );
  const byStruct = new Map<string, WrittenState>();
  const { nested } = descriptionRoles(project);
  for (const description of project.descriptions()) {
    const [struct] = stateStructs(description);
    const key = struct === undefined ? "" : keyOf(description, struct);
    if (!wanted.has(key)) continue;
    if (isTest(description.file) || isUnmigratable(description)) continue;
    if (nested.get(descriptionKey(description))?.some(({ as }) => as === "subsection")) continue;
    const state = byStruct.get(key);
    if (state) state.descriptions.push(description);
    else byStruct.set(key, { descriptions: [description], writes: [] });
  }
  for (const file of byStruct.size > 0 ? writingFiles(context) : []) {
    for (const write of guestWrites(project, file)) {
      for (const struct of write.structs) byStruct.get(keyOf(write.range, struct))?.writes.push(write);
    }
  }
  return [...byStruct.values()].filter(({ writes }) => writes.length > 0);
}

/** Files with devices; where one file's tables are asked about, those that can name their structs. */
function writingFiles({ project, path, descriptions }: RuleContext): ReadonlySet<string> {
  const files = new Set(typesByFile(project).keys());
  for (const { file } of project.descriptions()) files.add(file);
  if (path === undefined) return files;
  const naming = new Set<string>();
  for (const description of descriptions) {
    const [struct] = stateStructs(description);
    const homes = struct === undefined ? [] : homesOf(project, description.file, struct);
    for (const home of homes) for (const each of project.includers(home)) naming.add(each);
  }
  return new Set([...files].filter((file) => naming.has(file)));
}

/** By a load hook of the description, or of one that it is a part of, in the same file as the switch. */
function isDoneAgain(project: Project, description: VMStateDescription, write: GuestWrite): boolean {
  if (write.kind === "timer" && savesTimers(project, description)) return true;
  const { registered, nested } = descriptionRoles(project);
  const seen = new Set([description]);
  let isLoaded = false;
  for (const each of seen) {
    const key = descriptionKey(each);
    if (isUnmigratable(each) || switchesAgain(project, loadReach(project, each), write)) return true;
    isLoaded ||= registered.has(key);
    for (const handler of liveHandlers(project)) {
      const reach = handlerReach(project, handler);
      if (!reach.descriptions.has(key)) continue;
      if (switchesAgain(project, reach, write)) return true;
      isLoaded = true;
    }
    for (const { parent } of nested.get(key) ?? []) seen.add(parent);
  }
  return !isLoaded;
}

/**
 * The function that the guest's write ends in runs while loading as well, or another one of its file that switches the same; or
 * in a bottom half or a timer that loading starts, or when the machine goes on.
 */
function switchesAgain(project: Project, reach: LoadReach, { chain, range, part, kind }: GuestWrite): boolean {
  const last = chain.at(-1);
  for (const node of withDeferred(project, reach, range.file)) {
    const { name, edges } = node;
    if (name === last) return true;
    // what stops a timer has to do with what it was for
    const isAgain = (edge: CallEdge): boolean =>
      (isSwitch(edge) || kind === "timer") &&
      edge.kind === "api" &&
      edge.entry.kind === kind &&
      node.partOf(edge) === part;
    if (edges.some(isAgain)) return true;
  }
  return false;
}

const undone: Readonly<Partial<Record<GuestWrite["kind"], { readonly does: string; readonly then: string }>>> = {
  "memory-region": {
    does: "switch memory regions",
    then: "no load hook switches them again: after a migration they are those of a reset device",
  },
  "irq-route": {
    does: "set interrupt routes in the kernel",
    then: "no load hook sets them again: after a migration they are those of a reset device",
  },
  watch: {
    does: "wait until the character device takes more",
    then: "no load hook waits again: after a migration what was left to send stays until the guest writes more",
  },
  timer: {
    does: "arm timers",
    then: "they are neither in the table nor armed again by a load hook: after a migration what they were to do does not happen",
  },
};

function* findings(description: VMStateDescription, left: readonly GuestWrite[]): Iterable<Finding> {
  for (const [kind, writes] of groupBy(left, (write) => write.kind)) {
    const [first] = writes;
    const words = undone[kind];
    if (!first || !words) continue;
    yield {
      range: description.nameRange,
      message: `The guest's writes make ${nameOf(description)} ${words.does} (${[...first.chain, first.api].join(" -> ")}), and ${words.then}.`,
      related: writes.map(({ chain, api, range }) => ({ range, message: `${chain.join(" -> ")} calls ${api}` })),
    };
  }
}

/** Anywhere in the description's file: what is armed comes back armed. */
function savesTimers(project: Project, { file }: VMStateDescription): boolean {
  return project
    .descriptionsIn(file)
    .some((each) => each.fields.some(({ info, vmsd }) => [info, vmsd].some((each) => each?.symbol.includes("timer"))));
}
