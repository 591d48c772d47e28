/** What runs of real QEMUs said of findings, kept beside what makes a finding the same one after lines have moved. Data in, data out. */
import { type AcceptedFinding, acceptedForm, keyOf } from "./baseline";
import type { Diagnostic, Verdict } from "./diagnostic";

export interface JudgedFinding extends Pick<AcceptedFinding, "code" | "file" | "message"> {
  /** One of each QEMU and target. */
  readonly verdicts: readonly Verdict[];
}

export interface Verdicts {
  readonly version: 1;
  readonly findings: readonly JudgedFinding[];
}

/** `earlier` with the verdict in the place of the one that the same QEMU gave before. */
export function withVerdict(earlier: Verdicts, own: AcceptedFinding, verdict: Verdict): Verdicts {
  const entries = new Map(earlier.findings.map((each) => [keyOf(each), each]));
  const others = (entries.get(keyOf(own))?.verdicts ?? []).filter(
    ({ binary, target }) => binary !== verdict.binary || target !== verdict.target,
  );
  const { code, file, message } = own;
  entries.set(keyOf(own), { code, file, message, verdicts: [...others, verdict] });
  return { version: 1, findings: [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry) };
}

export const noVerdicts: Verdicts = { version: 1, findings: [] };

/** The findings, those that runs judged with what they said. */
export function judged(findings: readonly Diagnostic[], known: Verdicts): readonly Diagnostic[] {
  const entries = new Map(known.findings.map((each) => [keyOf(each), each.verdicts]));
  return findings.map((finding) => {
    const verdicts = entries.get(keyOf(acceptedForm(finding)));
    return verdicts === undefined ? finding : { ...finding, verdicts };
  });
}

/** Without QEMU's own words. */
export function verdictText({ kind, ground, binary }: Verdict): string {
  return kind === "cannot be shown"
    ? `cannot be shown by a run of ${binary}, because ${ground}`
    : `${kind} on ${binary}: ${ground}`;
}
