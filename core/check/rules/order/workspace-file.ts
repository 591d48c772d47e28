import { workspaceFile as readWorkspaceFile, workspaceFileName } from "../../../code/workspaceFile";
import { rule, wants } from "../../rule";

export const workspaceFile = rule({
  code: "workspace-file",
  group: "order",
  severity: "warning",
  default: "on",
  title: "The workspace file cannot be read",
  summary: "A part of .vmstate.json cannot be read and does not count.",
  *check(context) {
    const { project } = context;
    if (!wants(context, workspaceFileName)) return;
    for (const problem of readWorkspaceFile(project).problems) {
      yield {
        range: {
          file: workspaceFileName,
          start: 0,
          end: (project.text(workspaceFileName) ?? "").split("\n", 1)[0]?.length ?? 0,
        },
        message: `${workspaceFileName}: ${problem}.`,
      };
    }
  },
});
