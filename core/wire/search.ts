/**
 * Loading a payload whose end is known while some predicates, counts or sizes are not: C functions can't be run here,
 * but only answers that consume the payload to its last byte can be right. Depth first over the open questions.
 */
import { ByteReader, type StreamError } from "./bytes";
import type { LoadHooks } from "./hooks";
import { loadDescription } from "./load";
import type { WireDescription } from "./schema";
import type { DescriptionState } from "./state";

export interface Decided {
  readonly question: string;
  readonly answer: number;
  readonly of: number;
}

export type Decoding =
  | {
      readonly ok: true;
      readonly schema: WireDescription;
      readonly state: DescriptionState;
      /** Questions that the bytes alone did not answer, with the answers that fit. */
      readonly decided: readonly Decided[];
    }
  | { readonly ok: false; readonly error: StreamError };

export interface SearchLimits {
  /** Attempts at one payload. */
  readonly attempts?: number;
  /** Bytes looked at in all attempts together. */
  readonly bytes?: number;
}

/**
 * Decodes all of `payload`. `base` is its offset in the stream.
 * Fails with the error of the attempt that came farthest.
 */
export function decodePayload(
  payload: Uint8Array,
  base: number,
  schema: WireDescription,
  versionId: number,
  hooks: LoadHooks = {},
  limits: SearchLimits = {},
): Decoding {
  const answers: number[] = [];
  const counts: number[] = [];
  const questions: string[] = [];
  let budget = limits.bytes ?? 64 << 20;
  let farthest: StreamError | undefined;
  for (let attempts = limits.attempts ?? 20000; attempts > 0 && budget > 0; attempts--) {
    let asked = 0;
    const choose = (question: string, count: number): number => {
      const known = hooks.choose?.(question, count);
      if (known !== undefined) return known;
      if (asked === answers.length) {
        answers.push(0);
        counts.push(count);
        questions.push(question);
      }
      return answers[asked++] ?? 0;
    };
    const reader = new ByteReader(payload, { base });
    const result = loadDescription(reader, schema, versionId, { ...hooks, choose });
    budget -= reader.position + 64;
    if (result.ok && reader.remaining === 0) {
      const decided = questions.map((question, i) => ({ question, answer: answers[i] ?? 0, of: counts[i] ?? 0 }));
      return { ok: true, schema, state: result.value, decided };
    }
    const error = result.ok ? leftOver(reader, schema) : result.error;
    if (farthest === undefined || error.offset > farthest.offset) farthest = error;
    while (answers.length > 0 && (answers.at(-1) ?? 0) + 1 >= (counts.at(-1) ?? 0)) {
      answers.pop();
      counts.pop();
      questions.pop();
    }
    const last = answers.length - 1;
    if (last < 0) return { ok: false, error: farthest };
    answers[last] = (answers[last] ?? 0) + 1;
  }
  const error = farthest ?? { message: "no attempt was made", offset: base, context: [], errno: "EINVAL" };
  const context = [...error.context, `gave up after many attempts; open: ${[...new Set(questions)].join(", ")}`];
  return { ok: false, error: { ...error, context } };
}

function leftOver(reader: ByteReader, schema: WireDescription): StreamError {
  const message = `Missing section footer for ${schema.name}: ${reader.remaining} bytes are left`;
  return { message, offset: reader.offset, context: [], errno: "EINVAL" };
}
