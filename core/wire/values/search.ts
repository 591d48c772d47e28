/**
 * Loading a payload whose end is known while some predicates, counts or sizes are not: C functions can't be run here,
 * but only answers that consume the payload to its last byte can be right. Depth first over the open questions.
 */
import { ByteReader, type StreamError } from "../framing/bytes";
import type { LoadHooks } from "./hooks";
import type { Question } from "./question";
import { loadDescription } from "./load";
import type { WireDescription } from "./schema";
import type { DescriptionState } from "./state";

export interface Decided {
  readonly question: string;
  readonly answer: number;
  readonly of: number;
  /** The answer in words, or the number. */
  readonly taken: string;
}

export interface DecodedPayload {
  readonly ok: true;
  readonly schema: WireDescription;
  readonly state: DescriptionState;
  /** Questions that the bytes alone did not answer, with the answers that fit. */
  readonly decided: readonly Decided[];
  /** Counts and sizes of which only 0 fits, as nothing is left of the bytes: whoever loads them may want more. */
  readonly forced: readonly Decided[];
  /** Questions that the stream's own description answered, each once. */
  readonly told: readonly string[];
}

export interface FailedPayload {
  readonly ok: false;
  readonly error: StreamError;
}

export type Decoding = DecodedPayload | FailedPayload;

export interface SearchLimits {
  /** Attempts at one payload. */
  readonly attempts?: number;
  /** Bytes looked at in all attempts together. */
  readonly bytes?: number;
  /** Elements and statements in all attempts together. */
  readonly work?: number;
  /** Values that may still be made, counted down; undefined: no bound. */
  readonly elements?: { left: number };
}

/**
 * Decodes all of `payload`. `base` is its offset in the stream.
 * Fails with the error of the attempt that came farthest; of those, where there are any, that take what is presumed.
 */
export function decodePayload(
  payload: Uint8Array,
  base: number,
  schema: WireDescription,
  versionId: number,
  hooks: LoadHooks = {},
  limits: SearchLimits = {},
): Decoding {
  const budget: Budget = {
    attempts: limits.attempts ?? 20000,
    bytes: limits.bytes ?? 64 << 20,
    work: { left: limits.work ?? 5_000_000 },
  };
  const task: Task = { payload, base, schema, versionId, hooks, budget, elements: limits.elements };
  let failed: FailedPayload | undefined;
  let complete = false;
  for (const pass of passes) {
    if (complete && pass.strict) continue;
    if (budget.attempts <= 0 || budget.bytes <= 0 || budget.work.left <= 0) break;
    const result = search(task, pass);
    if (result.ok) return result;
    if (failed === undefined || result.error.offset > failed.error.offset) failed = result;
    complete = !result.cut;
  }
  return failed ?? { ok: false, error: { message: "no attempt was made", offset: base, context: [], errno: "EINVAL" } };
}

/** Small counts first: a wide question must not keep the others from being tried. */
const passes: readonly Pass[] = [
  { likely: true, strict: true, width: 20 },
  { likely: true, strict: true, width: 300 },
  { likely: false, strict: true, width: 300 },
  { likely: false, strict: true, width: 5000 },
  { likely: false, strict: true, width: 20, fill: true },
  { likely: false, strict: true, width: Number.MAX_SAFE_INTEGER },
  { likely: false, strict: false, width: Number.MAX_SAFE_INTEGER },
];

interface Pass {
  /** Where there are good guesses, only those. */
  readonly likely: boolean;
  readonly strict: boolean;
  /** Answers to try to one question. */
  readonly width: number;
  /** Also the answer to the last question that takes all bytes which are left. */
  readonly fill?: true;
}

/** A question that was asked in this attempt. */
interface Open extends Omit<Decided, "taken"> {
  readonly words: readonly string[];
  readonly good: readonly number[];
  readonly unit: number | undefined;
  readonly most: number;
  readonly presumed: boolean;
  /** An answer out of turn. */
  readonly jump?: number | undefined;
  readonly jumped?: boolean;
}

interface Budget {
  attempts: number;
  bytes: number;
  readonly work: { left: number };
}

interface Task {
  readonly payload: Uint8Array;
  readonly base: number;
  readonly schema: WireDescription;
  readonly versionId: number;
  readonly hooks: LoadHooks;
  readonly budget: Budget;
  readonly elements: { left: number } | undefined;
}

type Outcome = DecodedPayload | (FailedPayload & { readonly cut: boolean });

function search(task: Task, pass: Pass): Outcome {
  const { payload, base, schema, versionId, hooks, budget, elements } = task;
  const answers: Open[] = [];
  let farthest: StreamError | undefined;
  let presumed = false;
  let cut = false;
  const attempt = (dry: boolean) => {
    let asked = 0;
    const choose = (question: Question): number => {
      const { what, count, likely = [], round = 0, unit, answers: words = [], presumed = false } = question;
      const known = hooks.choose?.(question);
      if (known !== undefined) return known;
      if (round >= pass.width) {
        cut = true;
        return 0;
      }
      const good = likely.filter((value) => value < count);
      if (asked === answers.length) {
        const rest = pass.likely && good.length > 0 ? 0 : Math.min(count, pass.width);
        if (rest < count) cut = true;
        answers.push({
          question: what,
          answer: 0,
          of: good.length + rest,
          good,
          unit,
          most: count - 1,
          words,
          presumed,
        });
      }
      const open = answers[asked++];
      return open === undefined ? 0 : valueOf(open);
    };
    const reader = new ByteReader(payload, { base });
    const told = new Set<string>();
    const result = loadDescription(
      reader,
      schema,
      versionId,
      { ...hooks, choose },
      {
        dry,
        strict: pass.strict,
        ...(dry
          ? { work: budget.work }
          : { told: (what: string) => told.add(what), ...(elements && { work: elements }) }),
      },
    );
    budget.bytes -= dry ? 64 + (reader.position >> 4) : 0;
    return { reader, result, told };
  };
  const least = pass === passes.at(-1) ? 0 : Math.floor(budget.attempts / 2);
  while (budget.attempts-- > least && budget.bytes > 0 && budget.work.left > 0) {
    const { reader, result } = attempt(true);
    if (result.ok && reader.remaining === 0) {
      const real = attempt(false);
      if (real.result.ok) {
        const forced = answers.filter(({ most }) => most === 0).map(decided);
        const guessed = answers.filter((each) => each.most > 0 && isGuess(each)).map(decided);
        return { ok: true, schema, state: real.result.value, decided: guessed, forced, told: [...real.told] };
      }
      if (elements !== undefined && elements.left < 0) return { ok: false, error: real.result.error, cut: false };
    }
    const error = result.ok ? leftOver(reader, schema) : result.error;
    const better = result.ok && pass.fill === true ? filling(answers.at(-1), reader.remaining) : undefined;
    if (better !== undefined) {
      answers[answers.length - 1] = better;
      continue;
    }
    const isPresumed = answers.every((each) => !each.presumed || each.answer === 0);
    // what is all but certain goes before how far it came
    const isBetter = isPresumed === presumed ? error.offset > (farthest?.offset ?? -1) : isPresumed;
    if (farthest === undefined || isBetter) {
      farthest = error;
      presumed = isPresumed;
    }
    let last = answers.at(-1);
    while (last !== undefined && last.answer + 1 >= last.of) {
      answers.pop();
      last = answers.at(-1);
    }
    if (last === undefined) return { ok: false, error: farthest, cut };
    answers[answers.length - 1] = { ...last, answer: last.answer + 1, jump: undefined };
  }
  const error = farthest ?? { message: "no attempt was made", offset: base, context: [], errno: "EINVAL" as const };
  const open = [...new Set(answers.map((each) => each.question))].join("; ");
  return { ok: false, error: { ...error, context: [...error.context, `gave up; open: ${open}`], notKnown: true }, cut };
}

function valueOf({ good, answer, jump }: Open): number {
  return jump ?? good[answer] ?? answer - good.length;
}

function isGuess({ presumed, answer }: Open): boolean {
  return !presumed || answer !== 0;
}

function decided(open: Open): Decided {
  const { question, answer, of, words } = open;
  const value = valueOf(open);
  return { question, answer, of, taken: words[value] ?? String(value) };
}

/** The same question with the answer that takes the bytes which are left over. Tried once for each set of answers before it. */
function filling(last: Open | undefined, left: number): Open | undefined {
  if (last === undefined || last.unit === undefined || last.jump !== undefined || last.jumped || left % last.unit > 0) {
    return undefined;
  }
  const jump = valueOf(last) + left / last.unit;
  return jump > last.most ? undefined : { ...last, jump, jumped: true };
}

/** What QEMU says where a load stops before the footer. */
export function leftOver(reader: ByteReader, schema: WireDescription): StreamError {
  const message = `Missing section footer for ${schema.name}: ${reader.remaining} bytes are left`;
  return { message, offset: reader.offset, context: [], errno: "EINVAL", bytesLeft: reader.remaining };
}
