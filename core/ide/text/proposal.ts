/** A proposed table, and why each member that it leaves out is left out. */
import { positionAt } from "../../c/range";
import { printable } from "../../printable";
import type { Project } from "../../project";
import type { ProposedTable } from "../table/model";
import { plural, type Style } from "./style";

export function proposalText(project: Project, { head, tail, fields, leftOut }: ProposedTable, style: Style): string {
  const lines = leftOut.map(({ member, typeName, why, range }) => {
    const at =
      range === undefined ? "" : ` (${range.file}:${positionAt(project.lines(range.file), range.start).line + 1})`;
    return `  ${style.yellow(printable(member))} ${style.dim(printable(typeName))}: ${printable(why + at)}\n`;
  });
  const counts = `${plural(fields.length, "field")}, ${plural(leftOut.length, "member")} left out`;
  return `${head}${tail}\n\n${counts}${lines.length === 0 ? "." : ":"}\n${lines.join("")}`;
}
