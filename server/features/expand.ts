/** A table after macro expansion, as text. */
import type { LoadableProject } from "../../core/analysis";
import { answered } from "../guard";
import { expansionOf } from "../hover/macro";
import { methods } from "../protocol";
import type { ExpandParams, ExpandResult } from "../protocol";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const expand: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.expand,
      answered(context.log, methods.expand, async (params: ExpandParams, token): Promise<ExpandResult> => {
        const { project } = await treeFor(context, params.uri, token);
        const text = expandedTable(project, params.symbol);
        if (text === undefined) throw failed(`no table ${params.symbol} in this tree`);
        return { text };
      }),
    );
  },
};

function expandedTable(project: LoadableProject, symbol: string): string | undefined {
  for (const description of project.descriptions()) {
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
      lines.push(`        /* ${written.replace(/\s+/g, " ").replaceAll("*/", "* /")} */`);
      lines.push(`${made.replace(/^/gm, "        ")},`);
    }
    lines.push("    }", "};");
    return `${lines.join("\n")}\n`;
  }
  return undefined;
}
