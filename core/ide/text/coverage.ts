import type { Coverage } from "../../code";
import type { Project } from "../../project/project";
import { positionAt } from "../../c/range";
import { printable } from "../../printable";
import { plural, type Style } from "./style";

/** Each state struct with the members that no table saves, and who changes them. */
export function coverageText(project: Project, found: readonly Coverage[], style: Style): string {
  const incomplete = found.filter(({ unsaved }) => unsaved.length > 0);
  const parts = incomplete.map((coverage) => structText(project, coverage, style));
  const members = incomplete.reduce((sum, { unsaved }) => sum + unsaved.length, 0);
  const structs = plural(found.length, "state struct");
  parts.push(
    incomplete.length === 0
      ? `${structs}: every member that changes while the guest runs is saved.\n`
      : `${structs}, ${incomplete.length} with ${plural(members, "member")} that change${members === 1 ? "s" : ""} while the guest runs and ${members === 1 ? "is" : "are"} not saved.\n`,
  );
  return parts.join("\n");
}

function structText(project: Project, { description, structName, members, unsaved }: Coverage, style: Style): string {
  const place = `${description.file}:${positionAt(project.lines(description.file), description.nameRange.start).line + 1}`;
  const lines = [
    `${style.bold(printable(structName))}, saved by ${printable(description.symbol)} (${printable(place)}): ${unsaved.length} of ${plural(members, "value")} not saved\n`,
  ];
  for (const { name, typeName, writes } of unsaved) {
    const [first] = writes;
    const { file, start } = first.range;
    const at = `${file}:${positionAt(project.lines(file), start).line + 1}`;
    const more = writes.length > 1 ? ` and ${writes.length - 1} more` : "";
    lines.push(
      `  ${printable(typeName)} ${style.yellow(printable(name))}  set in ${printable(first.function)} (${printable(at)})${more}\n`,
    );
  }
  return lines.join("");
}
