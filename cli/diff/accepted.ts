/** Differences that are known and accepted, with a reason, as `vmstate check` keeps its own. */
import { resolve } from "node:path";
import { type AcceptedFinding, compareWith, writeBaseline } from "../../core/check/baseline";
import { readBaselineFile, writeBaselineFile } from "../baselineFile";
import type { Io } from "../io";
import { diagnosticsOf, type Located } from "./report";
import type { Witness } from "./remembered";
import type { Sides } from "./sides";

interface AcceptedOptions {
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly reason?: string;
}

/** Versions are called so in the file: it holds for the next pair too. */
export const lastingNames = ["OLD", "NEW"] as const;

/** What the file does not accept. With `writeBaseline` all is written to it, and nothing is left. */
export function withoutAccepted(
  io: Io,
  options: AcceptedOptions,
  located: readonly Located[],
  sides: Sides,
  witness: Witness,
) {
  const diagnostics = diagnosticsOf(located, sides, lastingNames);
  if (options.writeBaseline !== undefined) {
    const { reason } = options;
    writeBaselineFile(io, options.writeBaseline, (earlier) => {
      const { version, findings } = writeBaseline(diagnostics, earlier);
      const given = (each: AcceptedFinding): AcceptedFinding =>
        each.reason !== undefined || reason === undefined ? each : { ...each, reason };
      return { version, findings: findings.map(given) };
    });
    return [];
  }
  if (options.baseline === undefined) return located;
  witness.file(resolve(io.cwd, options.baseline));
  const baseline = readBaselineFile(io, options.baseline);
  const { fresh, gone } = compareWith(baseline.findings, diagnostics);
  if (gone.length > 0)
    io.err.write(`${gone.length} accepted differences no longer occur; --write-baseline drops them\n`);
  const kept = new Set(fresh);
  return located.filter((_, index) => {
    const diagnostic = diagnostics[index];
    return diagnostic !== undefined && kept.has(diagnostic);
  });
}
