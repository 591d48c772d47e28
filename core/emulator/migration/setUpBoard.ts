/** The destination's board, set up from its C with all that its command line has. */
import { type Board, buildBoard } from "../../board";
import { machineTypes, treatedAs } from "../../compat";
import { cachedByRevision } from "../../project/cache";
import type { Project } from "../../project/project";
import { settingsOf } from "../fromSource";
import type { Machine } from "../machine";

const kept = cachedByRevision((): { key?: string; board?: Board | undefined } => ({}));

/** undefined where the tree has no such machine. The last one is kept. */
export function setUpBoard(project: Project, { name, request }: Machine): Board | undefined {
  const machine = treatedAs(machineTypes(project), name, request.treatAs)?.name ?? name;
  const settings = settingsOf(request);
  const { options = [], globals = [], properties = [], processors = [], ...others } = settings;
  const key = JSON.stringify([machine, options, globals, [...properties], [...processors], others]);
  const last = kept(project);
  if (last.key !== key) Object.assign(last, { key, board: buildBoard(project, machine, settings) });
  return last.board;
}
