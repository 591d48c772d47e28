/** Another level for a table: the edit of its `.priority`, for a client in which a person moves entries between levels. */
import type { LoadableProject } from "../../core/project";
import { priorityEdits } from "../../core/check";
import { levelName, levelScheme } from "../../core/priority";
import { toTextEdit } from "../convert";
import { openUri } from "../edits";
import { answered } from "../guard";
import { methods } from "../protocol";
import type { MoveParams, MoveResult } from "../protocol";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const move: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.move,
      answered(context.log, methods.move, async (params: MoveParams, token): Promise<MoveResult> => {
        const { session, project } = await treeFor(context, params.uri, token);
        const edits = editsFor(project, params);
        const uri = openUri(context, session, params.file);
        return {
          uri,
          version: context.documents.get(uri)?.version ?? null,
          edits: edits.map((edit) => toTextEdit(project, edit)),
        };
      }),
    );
  },
};

function editsFor(project: LoadableProject, { symbol, file, level }: MoveParams) {
  const scheme = levelScheme(project.priorityLevels());
  if (!scheme.levels.some(({ name, value }) => name === level && levelName(value, scheme) === name)) {
    throw failed(`${level} is no level of this tree that a table can have`);
  }
  for (const description of project.descriptions()) {
    if (description.symbol !== symbol || description.file !== file) continue;
    const edits = priorityEdits(project, description, level);
    if (edits.length === 0) throw failed(`${symbol} is made by a macro: its priority cannot be set in ${file}`);
    return edits;
  }
  throw failed(`${symbol} is no table of ${file}: QEMU gives it its level in code`);
}
