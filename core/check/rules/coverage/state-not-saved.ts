/** Members that the guest can tell the value of, and that no table saves. */
import { callsOf } from "../../../c/body/calls";
import type { Body } from "../../../c/body/parse";
import { type Node, nodesIn } from "../../../c/body/walk";
import { isOutside } from "../../../c/paths";
import type { SourceRange } from "../../../c/range";
import { lastName } from "../../../c/words";
import type { VMStateDescription } from "../../../vmstate/model";
import { type BeyondCount, setBeyondCount } from "../../../code/beyondCount";
import { type Coverage, coveredFiles, coverageOf, type UnsavedMember } from "../../../code/coverage";
import type { QuickFix, Related } from "../../diagnostic";
import { bodyOf, functionsWith } from "../../../project/bodies";
import { functionTexts } from "../../../project/functionTexts";
import { type AccessHandlers, accessHandlers } from "../../../code/accessHandlers";
import { type AccessReach, accessReach, runningWithout } from "../../../code/accessReach";
import { isInGeneratedCode } from "../../../code/generatedCode";
import { guestValues } from "../../../code/guestValues";
import { isAsked, keptState } from "../../../code/keptState";
import { type LineLevel, lineLevels } from "../../../code/lineLevels";
import { memberUse } from "../../../code/memberUse";
import type { MemberWrite } from "../../../code/memberWrites";
import { settingUpIn } from "../../../code/settingUp";
import { positionIn } from "../../../code/positions";
import { isRefused } from "../../../code/refusedStates";
import { spellingsOf } from "../../../code/spellings";
import type { Project } from "../../../project/project";
import { groupBy } from "../../dependencyReport";
import { nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";
import { saveFix } from "../../fixes/saveFix";

/** What shows that the value outlives the function that sets it. */
interface Evidence {
  /** A sentence without its full stop, of the member that is called so: `it`, `each`. */
  why(member: string): string;
  /** What the cause is: members that share it are told together. */
  readonly cause: string;
  readonly related: readonly Related[];
  /** Code goes by it, and does not only hand it back to the guest. */
  readonly isDecisive: boolean;
}

export const stateNotSaved = rule({
  code: "state-not-saved",
  group: "coverage",
  severity: "warning",
  varies: "information where the guest reads it back and nothing else goes by it, or generated code has it too",
  default: "review",
  wholeTree: true,
  byFile: true,
  title: "State that no table saves",
  summary: "A register that the guest writes and reads back, or a deadline, is in no table.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (isOutside(description.file)) continue;
      if (!coveredFiles(project, description).some((file) => mayShow(project, file))) continue;
      const coverage = coverageOf(project, description);
      if (coverage !== undefined) yield* findingsOf(project, coverage);
      for (const beyond of setBeyondCount(project, description)) yield reportBeyond(description, beyond);
    }
  },
});

interface Shown {
  readonly member: UnsavedMember;
  readonly evidence: Evidence;
}

function* findingsOf(project: Project, { description, structName, unsaved }: Coverage): Iterable<Finding> {
  const shown = unsaved.flatMap((member): readonly Shown[] => {
    const evidence = evidenceOf(project, structName, member);
    return evidence === undefined ? [] : [{ member, evidence }];
  });
  for (const [, group] of groupBy(
    shown,
    ({ member: { rebuilt, part = "" }, evidence: { cause, isDecisive } }) =>
      `${cause} ${isDecisive} ${rebuilt?.by.function ?? ""} ${part}`,
  )) {
    const fixes = (of: readonly Shown[]) =>
      of.some(({ member }) => member.part !== undefined)
        ? []
        : saveFix(
            project,
            description,
            structName,
            of.map(({ member }) => member.name),
          );
    const [first] = group;
    if (first === undefined) continue;
    const isHeavy =
      first.evidence.isDecisive &&
      first.member.part === undefined &&
      !group.every(({ member }) => isInGeneratedCode(project, description.file, member.name));
    const severity = isHeavy ? "warning" : "information";
    const found =
      group.length > 1 ? reportAll(description, group, fixes(group)) : report(description, first, fixes(group));
    yield { ...found, severity };
  }
}

function evidenceOf(project: Project, structName: string, member: UnsavedMember): Evidence | undefined {
  return (
    readBack(project, structName, member) ??
    usedLater(project, structName, member) ??
    carriedOn(project, member) ??
    lastTold(project, structName, member) ??
    whereIn(project, structName, member) ??
    leftBehind(project, structName, member)
  );
}

/** Whether the rule reports the member. */
export function isShownLost(project: Project, structName: string, member: UnsavedMember): boolean {
  return evidenceOf(project, structName, member) !== undefined;
}

const shows = new WeakMap<AccessHandlers, boolean>();

/** Whether the file has what any evidence needs: read once, while coverage is asked again after each edit of a tree. */
function mayShow(project: Project, file: string): boolean {
  const handlers = accessHandlers(project, file);
  const known = shows.get(handlers);
  if (known !== undefined) return known;
  const functions = functionTexts(project, file);
  const found =
    handlers.writes.size + handlers.inputs.size + handlers.timed.size > 0 ||
    functions.some(({ body }) => body.includes("_irq") || mayArm(body));
  shows.set(handlers, found);
  return found;
}

/** What the guest's writes come to sets it, and what its reads come to goes by it. */
function readBack(project: Project, structName: string, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  for (const set of sets) {
    const { file } = set.range;
    const reach = accessReach(project, file);
    // what a read sets as well is made when it is asked for
    const isTimed = reach.timed.has(set.function);
    if ((!reach.writes.has(set.function) && !isTimed) || reach.reads.has(set.function)) continue;
    if (isRefused(project, set.range)) continue;
    const use = useBy(project, structName, name, file, (fn) => reach.reads.has(fn) && fn !== set.function);
    if (use === undefined) continue;
    const isDecisive = isTimed || isGoneBy(project, structName, name, file, reach);
    return {
      why: (it) =>
        `${setter(reach, set, it)}${reach.guest.has(set.function) ? ` and reads ${it} back` : `, and the guest reads ${it}`}${isDecisive ? "" : `; nothing else goes by ${it}`}`,
      isDecisive,
      cause: `read back ${set.function} ${use.function}`,
      related: [
        { range: set.range, message: `${set.function} sets it` },
        { range: use.range, message: `${use.function} reads it` },
      ],
    };
  }
  return undefined;
}

/** Elsewhere than where the guest reads it, or there in a condition or an index. */
function isGoneBy(project: Project, structName: string, member: string, file: string, { reads, writes }: AccessReach) {
  const setUp = settingUpIn(project, file);
  const isElsewhere = (fn: string): boolean => !setUp.has(fn) && (!reads.has(fn) || writes.has(fn));
  if (useBy(project, structName, member, file, isElsewhere) !== undefined) return true;
  return functionTexts(project, file).some(
    (fn) =>
      reads.has(fn.name) &&
      memberUse(project, file, fn, { structName, member }) !== undefined &&
      isAsked(bodyOf(project, { file, definition: fn.definition }), spellingsOf(project, file, { structName, member })),
  );
}

function setter({ guest, timed }: AccessReach, { function: name }: MemberWrite, it: string): string {
  if (timed.has(name)) return `${name} sets ${it} as time goes on`;
  return guest.has(name) ? `The guest writes ${it}` : `${name} sets ${it} from what comes in`;
}

/** The guest's writes put what is written there, and code goes by it. */
function usedLater(project: Project, structName: string, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  for (const set of sets) {
    const { file } = set.range;
    if (!guestValues(project, file).has(set.range.start) || isRefused(project, set.range)) continue;
    // a reset goes by what it is configured with
    const setUp = settingUpIn(project, file);
    // a value that an access leaves for its own helpers is none that stays
    const others = isForItself(project, set) ? runningWithout(project, file, set.function) : undefined;
    const use = useBy(project, structName, name, file, (fn) => !setUp.has(fn) && others?.has(fn) !== false);
    if (use === undefined) continue;
    return {
      why: (it) => `${setter(accessReach(project, file), set, it)}, and ${use.function} goes by ${it}`,
      isDecisive: true,
      cause: `used ${set.function} ${use.function}`,
      related: [
        { range: set.range, message: `${set.function} sets it` },
        { range: use.range, message: `${use.function} uses it` },
      ],
    };
  }
  return undefined;
}

/** A handler sets it each time that it runs. */
function isForItself(project: Project, { function: name, range }: MemberWrite): boolean {
  const fn = project.function(name, range.file);
  if (fn?.file !== range.file) return false;
  return bodyOf(project, fn).block.statements.some(
    ({ kind, start, end }) => kind === "expression" && start <= range.start && range.end <= end,
  );
}

interface Use {
  readonly function: string;
  readonly range: SourceRange;
}

/** The first function of the file that goes by the member. */
function useBy(
  project: Project,
  structName: string,
  member: string,
  file: string,
  isWanted: (functionName: string) => boolean,
): Use | undefined {
  for (const fn of functionTexts(project, file)) {
    const start = isWanted(fn.name) ? memberUse(project, file, fn, { structName, member }) : undefined;
    if (start === undefined) continue;
    const end = start + member.length - (member.lastIndexOf(".") + 1);
    return { function: fn.name, range: { file, start, end } };
  }
  return undefined;
}

/** Functions that arm a timer, by how their names begin. */
const arming = ["timer_mod", "qemu_mod_timer"];

function mayArm(text: string): boolean {
  return arming.some((start) => text.includes(start));
}

/** Whether a call arms a timer with the member as it is. */
function armsTimer(body: Body, name: string): boolean {
  return callsOf(body).some(
    (call) => arming.some((start) => call.name.startsWith(start)) && isMember(call.node.arguments.at(-1), name),
  );
}

/** Whether the member is made of itself: `s->next += n`, `s->next = s->next + n`. */
function countsOn(body: Body, name: string): boolean {
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "binary" || !isMember(node.left, name)) continue;
    if (node.operator === "+=") return true;
    if (node.operator === "=" && [...nodesIn(node.right)].some((each) => isMember(each, name))) return true;
  }
  return false;
}

function isMember(node: Node | undefined, name: string): boolean {
  return node?.kind === "member" && node.name === name;
}

/** A timer's next deadline is counted on from the last one. */
function carriedOn(project: Project, { name: path, writes: sets }: UnsavedMember): Evidence | undefined {
  const name = lastName(path);
  for (const set of sets) {
    const { file } = set.range;
    const fn = project.function(set.function, file);
    if (fn?.file !== file || !countsOn(bodyOf(project, fn), name)) continue;
    const timer = functionsWith(project, file, name, mayArm).find((each) =>
      armsTimer(bodyOf(project, each), name),
    )?.definition;
    if (timer === undefined) continue;
    return {
      why: (it) => `${timer.name} arms a timer with ${it}, and ${it} is counted on from its last value`,
      isDecisive: true,
      cause: `counted ${set.function} ${timer.name}`,
      related: [{ range: set.range, message: `${set.function} counts it on` }],
    };
  }
  return undefined;
}

/** A line is told only what differs from the member. */
function lastTold(project: Project, structName: string, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  const told = sets.flatMap((set) => lineLevels(project, structName, name, set).map((level) => ({ set, level })));
  const isTold = (where: LineLevel["where"]): boolean => told.some(({ level }) => level.where === where);
  // what is told in one direction alone is told again without harm
  const found = isTold("differs") || (isTold("set") && isTold("clear")) ? told[0] : undefined;
  if (found === undefined) return undefined;
  const { set, level } = found;
  return {
    why: (it) =>
      `${level.function} tells a line only what differs from ${it}, and the line keeps its level where the device forgets ${it}`,
    cause: `told ${level.function}`,
    isDecisive: true,
    related: [
      { range: level.range, message: `${level.function} tells the line` },
      { range: set.range, message: "and notes what it was told" },
    ],
  };
}

/** What loading does about them. */
function notRebuilt({ rebuilt }: UnsavedMember, them: string): string {
  if (rebuilt === undefined) return `no post_load sets ${them}`;
  return `loading sets ${them} in ${rebuilt.by.function} only under a condition (${[...(rebuilt.asked ?? [])].join(", ")})`;
}

/** An array is saved, and not where in it the device is. */
function whereIn(project: Project, structName: string, member: UnsavedMember): Evidence | undefined {
  const found = positionIn(project, structName, member);
  if (found === undefined) return undefined;
  return {
    why: (it) => `${found.function} finds an element of ${found.array}, which is saved, by ${it}`,
    cause: `position ${found.array}`,
    isDecisive: true,
    related: [{ range: found.range, message: `${found.function} goes by it` }],
  };
}

/** An access goes by it as an earlier one has left it. */
function leftBehind(project: Project, structName: string, member: UnsavedMember): Evidence | undefined {
  const found = keptState(project, structName, member);
  if (found === undefined || isRefused(project, found.set.range)) return undefined;
  const { set, function: user, range } = found;
  return {
    why: (it) => `${set.function} sets ${it}, and ${user} goes by ${it} as it was left`,
    cause: `left ${set.function} ${user}`,
    isDecisive: false,
    related: [
      { range: set.range, message: `${set.function} sets it` },
      { range, message: `${user} goes by it` },
    ],
  };
}

const remedy = "in a subsection where guests of older QEMU must load.";

function report(
  description: VMStateDescription,
  { member, evidence: { why, related } }: Shown,
  fixes: readonly QuickFix[],
): Finding {
  const { name, part = name, range } = member;
  const declared: readonly Related[] = range === undefined ? [] : [{ range, message: "declared here" }];
  return {
    range: description.nameRange,
    message: `${nameOf(description)} does not save ${part}, and ${notRebuilt(member, "it")}. ${why("it")}: after a migration it is as after reset. ${cure(member)}`,
    related: [...related, ...declared],
    fixes,
  };
}

function cure({ name, part }: UnsavedMember): string {
  return part === undefined
    ? `Save it, ${remedy}`
    : `Save those elements by VMSTATE_SUB_ARRAY of ${name}, ${remedy} Or let the write leave them alone.`;
}

/** Of an array that is saved up to its count. */
function reportBeyond(description: VMStateDescription, beyond: BeyondCount): Finding {
  const { array, count, index, function: fn, range, asked } = beyond;
  return {
    range: description.nameRange,
    severity: "information",
    message: `${nameOf(description)} saves ${array} up to its count, and ${fn} sets one element more, where ${index} is ${count}: after a migration that one is as after reset. Let ${fn} refuse ${index} >= ${count}.`,
    related: [
      { range, message: `${fn} sets ${array}[${index}]` },
      { range: asked, message: `${count} itself is let through here` },
    ],
  };
}

/** Of members that share a cause. */
function reportAll(description: VMStateDescription, group: readonly Shown[], fixes: readonly QuickFix[]): Finding {
  const names = group.map(({ member }) => member.name);
  const [first] = group;
  return {
    range: description.nameRange,
    message: `${nameOf(description)} does not save ${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}, and ${first === undefined ? "" : notRebuilt(first.member, "them")}. ${first?.evidence.why("each") ?? ""}: after a migration they are as after reset. Save them, ${remedy}`,
    related: [
      ...(first?.evidence.related ?? []),
      ...group.flatMap(({ member: { name, range } }) =>
        range === undefined ? [] : [{ range, message: `${name} is declared here` }],
      ),
    ],
    fixes,
  };
}
