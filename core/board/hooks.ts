/** A table's own hooks, run on what the board's set-up has left: what they send in a list, and whether they take one. */
import type { CType } from "../c/ctype";
import type { Board } from "./board";
import { numberOf } from "./library/arguments";
import { placeOfMember } from "./run/members";
import { isAggregate, read, store } from "./run/memory";
import { programOf } from "./run/program";
import { Stop, Undecided } from "./run/runner";
import { Arr, asBigint, fromBigint, Ptr, Rec, Unknown, type Value } from "./run/values";

/** Members of the section's struct, by path: a number, or an array's elements; undefined for an element that is not known. */
export type Members = ReadonlyMap<string, bigint | readonly (bigint | undefined)[]>;

/** A section on the board, and the struct that its fields lie in. */
export interface Loading {
  readonly idstr: string;
  readonly instanceId: number;
  readonly structName: string;
}

export type HookAnswer =
  | { readonly kind: "takes" }
  /** `result`: what it returns, which is not 0. */
  | { readonly kind: "refuses"; readonly result: number }
  | { readonly kind: "not known"; readonly reason: string };

/**
 * What `hook` leaves in a member and in the arrays that it counts; undefined where that is not known. Follows vmstate_save_state_v
 * (migration/vmstate.c). The board is another one afterwards.
 */
export function sentLists(
  board: Board,
  section: Loading,
  hook: string | undefined,
  count: string,
  lists: readonly string[],
): Members | undefined {
  const { runner } = board;
  const at = placed(board, section);
  if (at === undefined) return undefined;
  const before = new Set(runner.doubtful);
  if (hook !== undefined && run(board, at, hook, [], false).kind === "ended") return undefined;
  const isSure = (path: string): boolean => before.has(path) || !runner.doubtful.has(path);
  const value = at.place(count)?.value();
  const length = value === undefined ? undefined : asBigint(value);
  if (length === undefined || length < 0n || length * BigInt(lists.length) > mostElements) return undefined;
  if (![count, ...lists].every(isSure)) return undefined;
  const found = new Map<string, bigint | readonly (bigint | undefined)[]>([[count, length]]);
  for (const path of lists) {
    const array = at.place(path)?.value();
    if (!(array instanceof Arr)) return undefined;
    found.set(
      path,
      Array.from({ length: Number(length) }, (_, k) => asBigint(array.get(k) ?? 0)),
    );
  }
  return found;
}

/** Of all lists together: more are not compared. */
export const mostElements = 1 << 16;

/**
 * What `hook`, which is called with a version behind the object, does with members as a stream has them. All other state is as set-up
 * code leaves it. `lastRefusal`: the offset in its file behind which it refuses nothing. The board is another one afterwards.
 */
export function hookAnswer(
  board: Board,
  section: Loading,
  hook: string,
  version: number,
  members: Members,
  lastRefusal: number,
): HookAnswer {
  const at = placed(board, section);
  if (at === undefined) return { kind: "not known", reason: "the board has no such section" };
  for (const [path, value] of members) {
    const place = at.place(path);
    if (place === undefined) return { kind: "not known", reason: `where ${path} lies` };
    place.put(value);
  }
  forgetUnwritten(at.opaque);
  const ended = run(board, at, hook, [version], true);
  switch (ended.kind) {
    case "returned": {
      const result = numberOf(ended.value);
      if (result === undefined) return { kind: "not known", reason: `what ${hook}() returns` };
      return result === 0 ? { kind: "takes" } : { kind: "refuses", result };
    }
    case "undecided":
      if (ended.offset !== undefined && ended.offset > lastRefusal) return { kind: "takes" };
      return { kind: "not known", reason: `${hook}(): ${ended.reason}` };
    case "ended":
      return { kind: "not known", reason: `${hook}() ends QEMU: ${ended.reason}` };
  }
}

/** Of the section's own arrays, elements that nobody has written are not known. */
function forgetUnwritten(object: Rec): void {
  for (const value of object.cells.values())
    if (value instanceof Arr && !value.isCleared && value.length !== undefined && value.text === undefined)
      value.unwritten ??= new Unknown("memory that nobody has written");
}

interface Placed {
  readonly opaque: Rec;
  readonly file: string;
  place(path: string): Place | undefined;
}

interface Place {
  value(): Value;
  put(value: bigint | readonly (bigint | undefined)[]): void;
}

function placed({ registry, runner }: Board, { idstr, instanceId, structName }: Loading): Placed | undefined {
  const owner = registry.handlers.find(idstr, instanceId)?.owner;
  const object = owner?.opaque;
  const file = owner?.description?.file;
  if (!(object instanceof Rec) || file === undefined) return undefined;
  return {
    opaque: object,
    file,
    place(path) {
      let type: CType = runner.types.named(structName, runner.scope(file));
      let at: Value = object;
      for (const step of path.split(".")) {
        const places = type.kind === "record" ? placeOfMember(runner.types, type, step) : undefined;
        if (places === undefined) return undefined;
        for (const { key, type: inner } of places) {
          type = inner;
          if (key === undefined) continue;
          if (!(at instanceof Rec)) return undefined;
          at = isAggregate(inner) ? read(at, key, inner) : new Ptr(at, key, inner);
        }
      }
      return placeAt(at, type);
    },
  };
}

function placeAt(at: Value, type: CType): Place {
  return {
    value: () => (at instanceof Ptr ? read(at.holder, at.key, type) : at),
    put(value) {
      if (typeof value === "bigint") {
        store(at, fromBigint(value));
        return;
      }
      const element = type.kind === "pointer" ? type.target() : type.kind === "array" ? type.element : undefined;
      const array = at instanceof Arr ? at : new Arr(element, value.length);
      value.forEach((each, k) => array.set(k, each === undefined ? new Unknown("an element") : fromBigint(each)));
      if (array !== at) store(at, array);
    },
  };
}

type Ending =
  | { readonly kind: "returned"; readonly value: Value }
  | { readonly kind: "undecided"; readonly reason: string; readonly offset: number | undefined }
  | { readonly kind: "ended"; readonly reason: string };

function run({ runner }: Board, { opaque, file }: Placed, hook: string, more: readonly Value[], isStrict: boolean) {
  return programOf(runner.project).reading((): Ending => {
    const fn = runner.function(hook, file);
    if (fn === undefined) return { kind: "undecided", reason: "it is nowhere", offset: undefined };
    try {
      return { kind: "returned", value: runner.afterwards(() => runner.call(fn, [opaque, ...more]), isStrict) };
    } catch (error) {
      if (error instanceof Undecided) {
        const isOwn = error.at?.file === fn.located?.file;
        return { kind: "undecided", reason: error.message, offset: isOwn ? error.at?.start : undefined };
      }
      if (error instanceof Stop) return { kind: "ended", reason: error.message };
      throw error;
    }
  });
}
