/** Lists in a section that a hook compares with those that the destination's code builds: run on boards of the destination's own. */
import { type Board, buildBoard } from "../../board";
import { ownLists } from "../../code/ownLists";
import type { DescriptionState, StreamError } from "../../wire";
import { hookFailure } from "../../wire/values/load";
import { type BuiltLists, builtLists, listsIn, listsSent, listsTaken, notIn } from "../builtLists";
import type { Entry } from "../world";
import { ownBoard } from "./loadByCode";
import type { Run } from "./loadRun";
import { errnoNamed } from "./messages";

export type ListsLoaded =
  | { readonly kind: "refuses"; readonly error: StreamError; readonly message: string }
  /** Why it is not known whether they are taken; empty where they are. */
  | { readonly kind: "loads"; readonly reasons: readonly string[] };

/** `isForeign`: another version has written them. */
export function loadedLists(run: Run, entry: Entry, state: DescriptionState, isForeign: boolean): ListsLoaded {
  const { project } = run;
  const { description } = entry.owner;
  if (description === undefined) return { kind: "loads", reasons: [] };
  const lists = ownLists(project, description);
  if (lists.length === 0) return { kind: "loads", reasons: [] };
  const built = run.inferred ? undefined : builtLists(project, description);
  const asked = built && askedBoard(run, entry, state, built);
  if (asked?.answer.kind === "refuses" && built !== undefined) {
    const { hook, schema } = built;
    const message = `${hook}() refuses ${built.lists[0]}${notIn(asked.given, asked.own, built)}`;
    const errno = errnoNamed(-asked.answer.result);
    const error = { message: hookFailure("post", schema, asked.answer.result), offset: 0, context: [], errno };
    return { kind: "refuses", error, message };
  }
  const isOther = built !== undefined && asked !== undefined && notIn(asked.own, asked.given, built) !== "";
  if (asked?.answer.kind === "takes" || !(isForeign || isOther)) return { kind: "loads", reasons: [] };
  const why = asked?.answer.kind === "not known" ? ` (${asked.answer.reason})` : "";
  const reasons = lists.map(
    ({ loaded, own, hook }) =>
      `${hook} compares ${loaded}, written by another ${isForeign ? "version" : "machine"}, with ${own}, which the destination's code builds: it may refuse it${why}`,
  );
  return { kind: "loads", reasons };
}

const used = new WeakMap<Run, Board | undefined>();

function askedBoard(run: Run, entry: Entry, state: DescriptionState, built: BuiltLists) {
  const { setUp } = run.machine;
  const given = listsIn(state, built);
  const fresh = ownBoard(run);
  if (setUp === undefined || given === undefined || fresh === undefined) return undefined;
  if (!used.has(run)) used.set(run, buildBoard(run.project, setUp.name, setUp.settings));
  const board = used.get(run);
  const own = board && listsSent(board, entry, built);
  if (board === undefined || own === undefined) return undefined;
  return { given, own, answer: listsTaken({ used: board, fresh }, entry, built, own, given) };
}
