/** Findings that are known and accepted, so that a check reports only what is new. Data in, data out. */
import type { Diagnostic } from "./diagnostic";

export interface Baseline {
  readonly version: 1;
  readonly findings: readonly AcceptedFinding[];
}

/** What makes a finding the same one after lines have moved: never its place. */
export interface AcceptedFinding {
  readonly code: string;
  readonly file: string;
  readonly message: string;
  /** Why it is accepted; kept when the file is written again. */
  readonly reason?: string;
}

export interface Comparison {
  readonly fresh: readonly Diagnostic[];
  /** Accepted findings that no longer occur. */
  readonly gone: readonly AcceptedFinding[];
}

/** undefined where the text is no baseline. */
export function readBaseline(text: string): Baseline | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || parsed["version"] !== 1 || !Array.isArray(parsed["findings"])) return undefined;
  const findings: AcceptedFinding[] = [];
  for (const entry of parsed["findings"]) {
    if (!isRecord(entry)) return undefined;
    const { code, file, message, reason } = entry;
    if (typeof code !== "string" || typeof file !== "string" || typeof message !== "string") return undefined;
    findings.push(typeof reason === "string" ? { code, file, message, reason } : { code, file, message });
  }
  return { version: 1, findings };
}

/** Findings that `accepted` does not hold; one entry covers one finding. */
export function compareWith(accepted: readonly AcceptedFinding[], findings: readonly Diagnostic[]): Comparison {
  const left = new Map<string, AcceptedFinding[]>();
  for (const entry of accepted) {
    const key = keyOf(entry);
    const list = left.get(key);
    if (list === undefined) left.set(key, [entry]);
    else list.push(entry);
  }
  const fresh = findings.filter((finding) => left.get(keyOf(acceptedForm(finding)))?.pop() === undefined);
  return { fresh, gone: [...left.values()].flat() };
}

/** A baseline of these findings, with the reasons that an earlier one gave. */
export function writeBaseline(findings: readonly Diagnostic[], earlier: Baseline | undefined): Baseline {
  const reasons = new Map<string, string>();
  for (const entry of earlier?.findings ?? []) if (entry.reason !== undefined) reasons.set(keyOf(entry), entry.reason);
  const entries = findings.map((finding): AcceptedFinding => {
    const entry = acceptedForm(finding);
    const reason = reasons.get(keyOf(entry));
    return reason === undefined ? entry : { ...entry, reason };
  });
  return { version: 1, findings: entries.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)) };
}

export function acceptedForm(finding: Diagnostic): AcceptedFinding {
  return { code: finding.code, file: finding.range.file, message: finding.message };
}

/** A key for each finding that outlives moved lines; of several alike, the first ones keep theirs. */
export function stableKeys(findings: readonly Diagnostic[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const key = keyOf(acceptedForm(finding));
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return `${key}\n${count}`;
  });
}

/** What makes a finding the same one. */
export function keyOf(entry: AcceptedFinding): string {
  return `${entry.file}\n${entry.code}\n${entry.message}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
