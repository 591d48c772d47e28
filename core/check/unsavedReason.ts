/** Why state-not-saved is silent about a member that no table saves though it changes while the guest runs. */
import { accessesIn } from "../c/body/accesses";
import { accessHandlers } from "../code/accessHandlers";
import { accessReach } from "../code/accessReach";
import type { UnsavedMember } from "../code/coverage";
import { isSpelled } from "../code/memberPlaces";
import { memberUse } from "../code/memberUse";
import { settingUpIn } from "../code/settingUp";
import { spellingsOf } from "../code/spellings";
import { isNamed } from "../code/valueFlow";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { isShownLost } from "./rules/coverage/state-not-saved";

export interface UnsavedReason {
  /**
   * - reported: state-not-saved reports it.
   * - undecided: nobody goes by it: it is only set, counted on or printed.
   * - derived: `by`, which goes by it, sets it anew first.
   * - notByGuest: no access of the guest, and no timer, is seen to set it.
   * - unproven: `by` goes by it, and nothing shows that it finds what an earlier access has left.
   */
  readonly why: "reported" | "undecided" | "derived" | "notByGuest" | "unproven";
  readonly by?: string;
}

export function unsavedReason(project: Project, structName: string, member: UnsavedMember): UnsavedReason {
  if (isShownLost(project, structName, member)) return { why: "reported" };
  const files = [...new Set(member.writes.map(({ range }) => range.file))];
  let derived: string | undefined;
  let user: string | undefined;
  for (const file of files) {
    const setUp = settingUpIn(project, file);
    for (const fn of functionTexts(project, file)) {
      if (setUp.has(fn.name)) continue;
      if (memberUse(project, file, fn, { structName, member: member.name }) !== undefined) user ??= fn.name;
      else if (derived === undefined && isRead(project, file, fn.name, structName, member.name)) derived = fn.name;
    }
  }
  if (user === undefined) return derived === undefined ? { why: "undecided" } : { why: "derived", by: derived };
  const isByGuest = member.writes.some(({ function: name, range }) => {
    const { writes, timed } = accessReach(project, range.file);
    return writes.has(name) || timed.has(name);
  });
  const hasHandlers = files.every((file) => accessHandlers(project, file).writes.size > 0);
  return hasHandlers && !isByGuest ? { why: "notByGuest" } : { why: "unproven", by: user };
}

/** Behind a statement of its own that sets it. */
function isRead(project: Project, file: string, name: string, structName: string, member: string): boolean {
  const fn = project.function(name, file);
  if (fn?.file !== file || !isNamed(project, fn, member.slice(member.lastIndexOf(".") + 1))) return false;
  const body = bodyOf(project, fn);
  const spellings = spellingsOf(project, file, { structName, member });
  let isSet = false;
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || !isSpelled(place, body, spellings)) continue;
    if (kind === "read" && isSet) return true;
    if (kind === "write") isSet = true;
  }
  return false;
}
