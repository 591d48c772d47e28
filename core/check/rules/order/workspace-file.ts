import { workspaceFile, workspaceFileName } from "../../../code/workspaceFile";
import { type Rule, wants } from "../../rule";

export const workspaceFileRule: Rule = {
  code: "workspace-file",
  summary: "A part of .vmstate.json cannot be read and does not count.",
  *check(context) {
    const { project } = context;
    if (!wants(context, workspaceFileName)) return;
    for (const problem of workspaceFile(project).problems) {
      yield {
        code: "workspace-file",
        severity: "warning",
        range: { file: workspaceFileName, start: 0, end: (project.text(workspaceFileName) ?? "").search(/\n|$/) },
        message: `${workspaceFileName}: ${problem}.`,
        related: [],
        fixes: [],
      };
    }
  },
};
