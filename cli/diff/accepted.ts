/** Differences that are known and accepted, with a reason, as `vmstate check` keeps its own. */
import { existsSync, readFileSync, writeFileSync } from "../../server/node/disk";
import { resolve } from "node:path";
import { compareWith, readBaseline, writeBaseline } from "../../core/check/baseline";
import { CannotRun, type Io } from "../io";
import { diagnosticsOf, type Located } from "./report";
import type { Witness } from "./remembered";
import type { Sides } from "./sides";

interface AcceptedOptions {
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly reason?: string;
}

/** Versions are called so in the file: it holds for the next pair too. */
const names = ["OLD", "NEW"] as const;

/** What the file does not accept. With `writeBaseline` all is written to it, and nothing is left. */
export function withoutAccepted(
  io: Io,
  options: AcceptedOptions,
  located: readonly Located[],
  sides: Sides,
  witness: Witness,
) {
  const diagnostics = diagnosticsOf(located, sides, names);
  if (options.writeBaseline !== undefined) {
    const path = resolve(io.cwd, options.writeBaseline);
    const earlier = existsSync(path) ? readBaseline(readFileSync(path, "utf8")) : undefined;
    const { version, findings } = writeBaseline(diagnostics, earlier);
    const { reason } = options;
    const entries = findings.map((each) =>
      each.reason !== undefined || reason === undefined ? each : { ...each, reason },
    );
    writeFileSync(path, `${JSON.stringify({ version, findings: entries }, null, 2)}\n`);
    return [];
  }
  if (options.baseline === undefined) return located;
  let text: string;
  try {
    witness.file(resolve(io.cwd, options.baseline));
    text = readFileSync(resolve(io.cwd, options.baseline), "utf8");
  } catch {
    throw new CannotRun(`--baseline ${options.baseline}: cannot be read`);
  }
  const baseline = readBaseline(text);
  if (baseline === undefined) throw new CannotRun(`--baseline ${options.baseline}: is no baseline`);
  const { fresh, gone } = compareWith(baseline.findings, diagnostics);
  if (gone.length > 0)
    io.err.write(`${gone.length} accepted differences no longer occur; --write-baseline drops them\n`);
  const kept = new Set(fresh);
  return located.filter((_, index) => {
    const diagnostic = diagnostics[index];
    return diagnostic !== undefined && kept.has(diagnostic);
  });
}
