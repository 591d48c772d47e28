/** The file of verdicts that `confirm check --verdicts` writes and `check --verdicts` reads. */
import { resolve } from "node:path";
import * as v from "valibot";
import type { Verdicts } from "../core/check/verdicts";
import { writeFileSync } from "../server/node/disk";
import { readText } from "../server/node/readFile";
import { findingKey, verdictSchema } from "../server/verdictSchema";
import { CannotRun, type Io } from "./io";

const verdicts = v.object({
  version: v.literal(1),
  findings: v.array(v.object({ ...findingKey, verdicts: v.array(verdictSchema) })),
});

/** Undefined where there is no such file. Throws CannotRun where it is unreadable or holds something else. */
export function readVerdicts(io: Io, given: string): Verdicts | undefined {
  const reading = readText(resolve(io.cwd, given));
  if (reading.kind === "absent") return undefined;
  if (reading.kind !== "text") throw new CannotRun(`--verdicts ${given}: ${reading.reason}`);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), verdicts), reading.text);
  if (!parsed.success) throw new CannotRun(`--verdicts ${given}: is no file of verdicts`);
  return parsed.output;
}

/** Throws CannotRun. */
export function writeVerdicts(io: Io, given: string, kept: Verdicts): void {
  try {
    writeFileSync(resolve(io.cwd, given), `${JSON.stringify(kept, null, 2)}\n`);
  } catch (error) {
    throw new CannotRun(`--verdicts ${given}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
