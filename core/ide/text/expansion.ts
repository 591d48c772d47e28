/** A table after macro expansion, to be read. */
import { oneLine } from "../../c/words";
import type { LoadableProject } from "../../project";
import { expansionOf } from "../hover/macro";

/** undefined where the tree has no such table; of several the one in `path`, if it is given. */
export function expandedTable(project: LoadableProject, symbol: string, path?: string): string | undefined {
  const own = path === undefined ? undefined : project.descriptionsIn(path).find((each) => each.symbol === symbol);
  for (const description of own === undefined ? project.descriptions() : [own]) {
    if (description.symbol !== symbol) continue;
    const lines = [`/* ${description.file} */`, `${symbol} = {`];
    for (const { name, range } of description.members) {
      if (name !== "fields")
        lines.push(`    ${project.text(range.file)?.slice(range.start, range.end) ?? `.${name}`},`);
    }
    lines.push("    .fields = {");
    for (const { range, macro } of description.fields) {
      const written = project.text(range.file)?.slice(range.start, range.end) ?? macro ?? "";
      const made = expansionOf(project, range.file, range.start, range.end) ?? written;
      lines.push(`        /* ${oneLine(written).replaceAll("*/", "* /")} */`);
      lines.push(
        `${made
          .split("\n")
          .map((line) => `        ${line}`)
          .join("\n")},`,
      );
    }
    lines.push("    }", "};");
    return `${lines.join("\n")}\n`;
  }
  return undefined;
}
