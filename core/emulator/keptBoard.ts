/** Boards that are built from the tree's C: the last one is kept whole, which both the load order and what a device holds are read from. */
import { type Board, type BoardOptions, buildBoard, groundOf } from "../board";
import { storeOf } from "../project/cache";
import type { Project } from "../project/project";
import type { Machine } from "./machine";

interface Kept {
  board: Board | undefined;
  /** What the board was built from. */
  ground: object | undefined;
  /** What was asked for. */
  settings: string;
  /** Of the machine type: as it was asked for, and its own. */
  names: readonly string[];
}

const kept = storeOf<Kept>(() => ({ board: undefined, ground: undefined, settings: "", names: [] }));

/** undefined where the target has no such machine. */
export function boardOf(project: Project, name: string, options: BoardOptions): Board | undefined {
  const last = kept(project);
  const settings = keyOf(options);
  if (last.ground === groundOf(project) && last.settings === settings && last.names.includes(name)) return last.board;
  // two are never held at a time
  Object.assign(last, { board: undefined, names: [] });
  const board = buildBoard(project, name, options);
  if (board !== undefined)
    Object.assign(last, { board, ground: groundOf(project), settings, names: [name, board.name] });
  return board;
}

/** The board of a machine, with all that its command line has; undefined where no set-up code was followed. */
export function setUpBoard(project: Project, { setUp }: Machine): Board | undefined {
  return setUp && boardOf(project, setUp.name, setUp.settings);
}

/** The same for what asks for the same. */
export function keyOf(asked: object): string {
  return JSON.stringify(asked, (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value,
  );
}
