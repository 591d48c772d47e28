/** The file of accepted findings that `--baseline` reads and `--write-baseline` writes. */
import { resolve } from "node:path";
import { type Baseline, readBaseline } from "../core/check/baseline";
import { existsSync, writeFileSync } from "../server/node/disk";
import { readText } from "../server/node/readFile";
import { CannotRun, type Io } from "./io";

/** Throws CannotRun where the file is absent, unreadable or no baseline. */
export function readBaselineFile(io: Io, given: string): Baseline {
  const path = resolve(io.cwd, given);
  if (!existsSync(path)) throw new CannotRun(`--baseline ${given}: no such file`);
  const baseline = readBaseline(read(path, `--baseline ${given}`));
  if (baseline === undefined) throw new CannotRun(`--baseline ${given}: is no baseline of this command`);
  return baseline;
}

/** Writes what `make` makes of the file as it was (undefined: none, or none that can be read). */
export function writeBaselineFile(io: Io, given: string, make: (earlier: Baseline | undefined) => Baseline): void {
  const path = resolve(io.cwd, given);
  const earlier = existsSync(path) ? readBaseline(read(path, `--write-baseline ${given}`)) : undefined;
  try {
    writeFileSync(path, `${JSON.stringify(make(earlier), null, 2)}\n`);
  } catch (error) {
    throw new CannotRun(`--write-baseline ${given}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function read(path: string, option: string): string {
  const reading = readText(path);
  if (reading.kind === "text") return reading.text;
  throw new CannotRun(`${option}: ${reading.kind === "absent" ? "no such file" : reading.reason}`);
}
