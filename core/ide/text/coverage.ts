import { unsavedReason } from "../../check/unsavedReason";
import { type Coverage, type OtherMember, otherMembers, unseenMembers, type UnsavedMember } from "../../code";
import type { Project } from "../../project/project";
import { positionAt } from "../../c/range";
import { printable } from "../../printable";
import { plural, type Style } from "./style";

/**
 * Each state struct with the members that no table saves, and who changes them. With `reasons`, all structs, and of every
 * other member why it is not among those.
 */
export function coverageText(project: Project, found: readonly Coverage[], style: Style, reasons = false): string {
  const incomplete = found.filter(({ unsaved }) => unsaved.length > 0);
  const parts = (reasons ? found : incomplete).map((coverage) => {
    const text = structText(project, coverage, style, reasons);
    return reasons ? text + reasonsText(otherMembers(project, coverage), style) : text;
  });
  const members = incomplete.reduce((sum, { unsaved }) => sum + unsaved.length, 0);
  const structs = plural(found.length, "state struct");
  const unseen = found.filter((each) => unseenMembers(project, each).length > 0).length;
  const limit =
    unseen === 0
      ? ""
      : `; ${plural(unseen, "struct")} of them with members behind pointers, which nobody has looked at (--type NAME names them)`;
  parts.push(
    incomplete.length === 0
      ? `${structs}: every member that is seen to change while the guest runs is saved${limit}.\n`
      : `${structs}, ${incomplete.length} with ${plural(members, "member")} that change${members === 1 ? "s" : ""} while the guest runs and ${members === 1 ? "is" : "are"} not saved${limit}.\n`,
  );
  return parts.join("\n");
}

const words: Readonly<Record<OtherMember["why"], string>> = {
  saved: "saved",
  property: "set by properties",
  rebuilt: "set again after loading",
  unchanged: "changed by nothing but set-up and reset",
  unseen: "behind pointers, not looked at",
};

function reasonsText(others: readonly OtherMember[], style: Style): string {
  const lines: string[] = [];
  for (const why of ["saved", "property", "rebuilt", "unchanged", "unseen"] as const) {
    const own = others.filter((each) => each.why === why);
    const names = own.map(({ name, by, asked = [] }) => {
      const first = asked.length === 0 ? "" : `, under a condition: ${asked.map(printable).join(", ")}`;
      return `${printable(name)}${by === undefined ? "" : ` (${printable(by)}${first})`}`;
    });
    if (names.length > 0) lines.push(`  ${style.dim(`${words[why]}: ${names.join(", ")}`)}\n`);
  }
  return lines.join("");
}

/** Why state-not-saved reports a member that is not saved, or does not. */
function whyText(project: Project, structName: string, member: UnsavedMember): string {
  const { why, by } = unsavedReason(project, structName, member);
  switch (why) {
    case "reported":
      return "reported as state-not-saved";
    case "undecided":
      return "not reported: nobody goes by it";
    case "derived":
      return `not reported: ${printable(by ?? "")} sets it anew before it goes by it`;
    case "notByGuest":
      return "not reported: no access of the guest is seen to set it";
    case "unproven":
      return `not reported: ${printable(by ?? "")} goes by it, and nothing shows that it finds what an earlier access left`;
  }
}

function structText(
  project: Project,
  { description, structName, members, unsaved }: Coverage,
  style: Style,
  reasons: boolean,
): string {
  const place = `${description.file}:${positionAt(project.lines(description.file), description.nameRange.start).line + 1}`;
  const lines = [
    `${style.bold(printable(structName))}, saved by ${printable(description.symbol)} (${printable(place)}): ${unsaved.length} of ${plural(members, "value")} not saved\n`,
  ];
  for (const member of unsaved) {
    const { name, typeName, writes } = member;
    const [first] = writes;
    const { file, start } = first.range;
    const at = `${file}:${positionAt(project.lines(file), start).line + 1}`;
    const more = writes.length > 1 ? ` and ${writes.length - 1} more` : "";
    lines.push(
      `  ${printable(typeName)} ${style.yellow(printable(name))}  set in ${printable(first.function)} (${printable(at)})${more}${reasons ? style.dim(`; ${whyText(project, structName, member)}`) : ""}\n`,
    );
  }
  return lines.join("");
}
