/** A given stream with its device sections in another order, some left out, or damaged on the way. */
import { failure, type Outcome, success } from "../commandLine";
import { damaged, type Damage } from "./damage";
import { type GivenStream, readGiven } from "./given";
import { type Move, reordered } from "./reorder";

export interface StreamChanges {
  readonly moves?: readonly Move[];
  readonly drop?: readonly string[];
  /** `at` counts in the stream as it is after moves and drops. */
  readonly damage?: Damage;
}

/** A message where a name fits no section, or where the sections of a broken stream would have to be told apart. */
export function changedStream(
  bytes: Uint8Array,
  { moves = [], drop = [], damage }: StreamChanges,
): Outcome<Uint8Array> {
  const arranged = moves.length + drop.length === 0 ? success(bytes) : arrangedStream(readGiven(bytes), moves, drop);
  if (!arranged.ok || damage === undefined) return arranged;
  if (damage.kind !== "footer") return damaged(arranged.value, [], damage);
  const { sections } = readGiven(arranged.value);
  const named = sections.map(({ idstr, offset, size }) => ({ entry: { idstr }, offset, size }));
  if (sections.some(({ footer }) => !footer)) return failure("the stream's sections have no footers");
  return damaged(arranged.value, named, damage);
}

function arrangedStream(given: GivenStream, moves: readonly Move[], drop: readonly string[]): Outcome<Uint8Array> {
  const { bytes, error, sections, ramEnd } = given;
  if (error !== undefined) return failure(`sections cannot be moved: ${error.message} (byte ${error.offset})`);
  const own = sections.filter(({ sectionKind, offset }) => sectionKind === "full" && offset >= ramEnd);
  const order = reordered(own, moves, drop);
  if (!order.ok) return order;
  const first = own[0];
  const last = own.at(-1);
  if (first === undefined || last === undefined) return success(bytes);
  // What stands between sections (commands) stays before the section that it stood before.
  const pieces = new Map(own.map((section, i) => [section, between(bytes, own[i - 1] ?? section, section)]));
  const parts = [
    bytes.subarray(0, first.offset),
    ...order.value.map((section) => pieces.get(section) ?? new Uint8Array(0)),
    bytes.subarray(last.offset + last.size),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return success(whole);
}

interface Part {
  readonly offset: number;
  readonly size: number;
}

/** From behind `before` (or from the section itself, where they are the same) to the section's end. */
function between(bytes: Uint8Array, before: Part, section: Part): Uint8Array {
  const start = before === section ? section.offset : before.offset + before.size;
  return bytes.subarray(start, section.offset + section.size);
}
