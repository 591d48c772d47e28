/** Sections without a table: their load code runs on a board that is set up for one load alone, since loading changes it. */
import { type Board, buildBoard, notLoadedByCode } from "../../board";
import type { SectionEvent } from "../../wire";
import type { Entry } from "../world";
import type { Run } from "./loadRun";

const boards = new WeakMap<Run, Board | undefined>();

/** What is run on it changes it, which nothing else may see. */
export function ownBoard(run: Run): Board | undefined {
  const { setUp } = run.machine;
  if (!boards.has(run)) boards.set(run, setUp && buildBoard(run.project, setUp.name, setUp.settings));
  return boards.get(run);
}

/** undefined where the code takes the section; else why that is not known. */
export function notTakenByCode(run: Run, entry: Entry, { payload, versionId }: SectionEvent): string | undefined {
  if (payload === undefined) return "it is too large to be read";
  const board = ownBoard(run);
  const why = board === undefined ? undefined : notLoadedByCode(board, entry, versionId, payload);
  if (board !== undefined && why === undefined) return undefined;
  return `it is read by code, which is not followed${why === undefined ? "" : `: ${why}`}`;
}
