/** Members that the guest can tell the value of, and that no table saves. */
import type { FileFacts } from "../../../c/facts";
import type { VMStateDescription } from "../../../vmstate/model";
import { coveredFiles, coverageOf, type UnsavedMember } from "../../../code/coverage";
import type { QuickFix, Related } from "../../diagnostic";
import { type FunctionText, functionTexts } from "../../../project/functionTexts";
import { accessHandlers } from "../../../code/accessHandlers";
import { memberUse } from "../../../code/memberWrites";
import type { Project } from "../../../project/project";
import { nameOf } from "../../tables";
import { type Finding, rule } from "../../rule";
import { saveFix } from "../../fixes/saveFix";

/** What shows that the value outlives the function that sets it. */
interface Evidence {
  readonly why: string;
  readonly related: readonly Related[];
}

export const stateNotSaved = rule({
  code: "state-not-saved",
  group: "coverage",
  severity: "warning",
  default: "review",
  wholeTree: true,
  title: "State that no table saves",
  summary: "A register that the guest writes and reads back, or a deadline, is in no table.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (!/^(?:hw|target)/.test(description.file)) continue;
      if (!coveredFiles(project, description).some((file) => mayShow(project, file))) continue;
      const coverage = coverageOf(project, description);
      for (const member of coverage?.unsaved ?? []) {
        if (coverage === undefined) continue;
        const { structName } = coverage;
        const evidence =
          readBack(project, structName, member) ?? usedLater(project, structName, member) ?? carriedOn(project, member);
        if (evidence === undefined) continue;
        yield report(description, member, evidence, saveFix(project, description, structName, member.name));
      }
    }
  },
});

const shows = new WeakMap<FileFacts, boolean>();

/** Whether the file has what any evidence needs: read once, while coverage is asked again after each edit of a tree. */
function mayShow(project: Project, file: string): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  const known = shows.get(facts);
  if (known !== undefined) return known;
  const functions = functionTexts(project, file);
  const handler = (each: FunctionText): boolean =>
    writtenValue(project, file, each) !== undefined &&
    /->\s*\w+\s*(?:\[[^\]]*\]\s*)*(?:[|&^+-]?=(?!=)|\+\+|--)/.test(each.body);
  const found = functions.some((each) => handler(each) || arming("\\w+").test(each.body));
  shows.set(facts, found);
  return found;
}

const address = /\b(?:hwaddr|target_phys_addr_t)\b|\buint32_t\s+\w*addr\b/;
const writes = /write|store|wr$|out[bwl]$/;
const reads = /read|load|rd$|in[bwl]$/;

/** A handler of the guest's writes sets it, and one of its reads looks at it. */
function readBack(project: Project, structName: string, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  for (const set of sets) {
    const functions = functionTexts(project, set.range.file);
    const writer = functions.find((each) => each.name === set.function);
    if (writer === undefined || writtenValue(project, set.range.file, writer) === undefined) continue;
    for (const reader of functions) {
      if (reader === writer || !isReader(project, set.range.file, reader)) continue;
      const at = memberUse(project, set.range.file, reader, { structName, member: name });
      if (at === undefined) continue;
      const range = { file: set.range.file, start: at, end: at + name.length };
      return {
        why: "The guest writes it and reads it back",
        related: [
          { range: set.range, message: `${set.function} sets it` },
          { range, message: `${reader.name} reads it` },
        ],
      };
    }
  }
  return undefined;
}

/** A handler of the guest's writes puts what is written there, and code goes by it. */
function usedLater(project: Project, structName: string, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  for (const set of sets) {
    const functions = functionTexts(project, set.range.file);
    const writer = functions.find((each) => each.name === set.function);
    if (writer === undefined || !writes.test(writer.name) || !isAccess(writer, 3)) continue;
    const value = /(\w+)\s*$/.exec((writer.parameters.split(",", 3)[2] ?? "").slice(-200))?.[1];
    const put = new RegExp(`(?:->|\\.)\\s*${name}\\b(?:\\s*\\[[^\\]]*\\])*\\s*=(?!=)[^;]{0,400}\\b${value ?? ""}\\b`);
    if (value === undefined || !put.test(writer.body)) continue;
    for (const user of functions) {
      const at = memberUse(project, set.range.file, user, { structName, member: name });
      if (at === undefined) continue;
      const range = { file: set.range.file, start: at, end: at + name.length };
      return {
        why: `The guest writes it, and ${user.name} goes by it`,
        related: [
          { range: set.range, message: `${set.function} sets it` },
          { range, message: `${user.name} uses it` },
        ],
      };
    }
  }
  return undefined;
}

/** Index of the parameter with what the guest writes: of a function that is registered for it, or named like a helper of one. */
function writtenValue(project: Project, file: string, fn: FunctionText): number | undefined {
  const registered = accessHandlers(project, file).writes.get(fn.name);
  return registered ?? (writes.test(fn.name) && isAccess(fn, 3) ? 2 : undefined);
}

function isReader(project: Project, file: string, fn: FunctionText): boolean {
  return accessHandlers(project, file).reads.has(fn.name) || (reads.test(fn.name) && isAccess(fn, 2));
}

function isAccess({ parameters }: FunctionText, count: number): boolean {
  return address.test(parameters) && parameters.split(",").length >= count;
}

/** A call that arms a timer with the member as it is. */
function arming(member: string): RegExp {
  return new RegExp(
    `\\b(?:timer_mod|qemu_mod_timer)\\w*\\s*\\([^;]{0,300},\\s*\\w+(?:\\s*(?:->|\\.)\\s*\\w+)*\\s*(?:->|\\.)\\s*${member}\\s*\\)`,
  );
}

/** A timer's next deadline is counted on from the last one. */
function carriedOn(project: Project, { name, writes: sets }: UnsavedMember): Evidence | undefined {
  const member = `(?:->|\\.)\\s*${name}\\b`;
  const armed = arming(name);
  const counted = new RegExp(`${member}\\s*(?:\\+=|=(?!=)[^;]{0,400}${member})`);
  for (const set of sets) {
    const functions = functionTexts(project, set.range.file);
    const body = functions.find((each) => each.name === set.function)?.body ?? "";
    if (!counted.test(body)) continue;
    const timer = functions.find((each) => armed.test(each.body));
    if (timer === undefined) continue;
    return {
      why: `${timer.name} arms a timer with it, and it is counted on from its last value`,
      related: [{ range: set.range, message: `${set.function} counts it on` }],
    };
  }
  return undefined;
}

function report(
  description: VMStateDescription,
  { name, range }: UnsavedMember,
  { why, related }: Evidence,
  fixes: readonly QuickFix[],
): Finding {
  const declared: readonly Related[] = range === undefined ? [] : [{ range, message: "declared here" }];
  return {
    range: description.nameRange,
    message: `${nameOf(description)} does not save ${name}, and no post_load sets it. ${why}: after a migration it is as after reset. Save it, in a subsection where guests of older QEMU must load.`,
    related: [...related, ...declared],
    fixes,
  };
}
