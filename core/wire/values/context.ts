/** What one load carries through its recursion. */
import { type ByteReader, StreamFailure } from "../framing/bytes";
import type { LoadHooks } from "./hooks";
import type { Question } from "./question";
import type { ScopeLink } from "./scope";
import type { WireDescription } from "./schema";
import type { DescriptionState, FieldValue } from "./state";

/** How a search goes about an attempt. */
export interface LoadMode {
  /** Only finds out whether the bytes fit: long arrays of integers come out empty. */
  readonly dry?: boolean;
  /** A subsection that the table does not have ends the load of its description without an error. */
  readonly stopsAtUnknown?: boolean;
  /**
   * There are no bytes, only the shape of a state to save is asked for: pointers of a marked array are NULL, lists have an
   * element, every subsection that can be loaded is there.
   */
  readonly blank?: boolean;
  /** Told each loaded value that a count, a size or a condition was answered from: another could make another shape. */
  readonly asked?: (value: FieldValue) => void;
  /** A bool is 0 or 1, as QEMU writes it (it reads any byte). */
  readonly strict?: boolean;
  /** Elements and statements that may still be looked at, in all attempts together. */
  readonly work?: { left: number };
  /** Told what the stream's own description answered, in the words of a question. */
  readonly told?: (what: string) => void;
}

/** Counts one unit of work; fails where there has been too much. What is not a dry run makes a value of each. */
export function spend(context: LoadContext): void {
  const { work } = context;
  if (work !== undefined && work.left-- <= 0) {
    const why = context.dry === true ? "gave up: too many ways to read this" : "not decoded: too many values";
    throw new StreamFailure(why, context.reader.offset).notKnown();
  }
}

export interface LoadContext extends LoadMode {
  readonly reader: ByteReader;
  readonly hooks: LoadHooks;
  /** Loads a nested description at the reader's position. */
  readonly loadState: (
    context: LoadContext,
    description: WireDescription,
    versionId: number,
    link: ScopeLink,
  ) => DescriptionState;
  /** What has been decided of conditions that are the same for all of a process. */
  readonly settled: Map<string, bigint>;
  depth: number;
  /** Elements so far that took no bytes. */
  empty: number;
  /** PCI configuration space, once it is loaded. */
  pciConfig?: Uint8Array;
}

/** Answers an open question; fails where nobody does. */
export function choose(context: LoadContext, question: Question): number {
  const { count, room } = question;
  const answer = count > 1 ? context.hooks.choose?.(question) : ((room && context.hooks.choose?.(question)) ?? 0);
  if (answer === undefined) {
    throw new StreamFailure(`cannot tell from the stream alone: ${question.what}`, context.reader.offset).notKnown();
  }
  return answer;
}
