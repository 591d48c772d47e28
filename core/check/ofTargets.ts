/** Findings of several targets: each once, with the targets that it holds for. */
import type { Diagnostic } from "./diagnostic";

export interface TargetFindings {
  add(target: string, findings: readonly Diagnostic[]): void;
  /** In no order; without `targets` what holds for all that were added. */
  all(): readonly Diagnostic[];
}

export function collectFindings(): TargetFindings {
  const found = new Map<string, { readonly finding: Diagnostic; readonly targets: string[] }>();
  let count = 0;
  return {
    add(target, findings) {
      count++;
      const seen = new Map<string, number>();
      for (const finding of findings) {
        const { code, severity, range, message } = finding;
        const what = JSON.stringify([range.file, range.start, range.end, code, severity, message]);
        const before = seen.get(what) ?? 0;
        seen.set(what, before + 1);
        const key = `${what} ${before}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { finding, targets: [target] });
        else known.targets.push(target);
      }
    },
    all: () =>
      Array.from(found.values(), ({ finding, targets }) =>
        targets.length === count ? finding : { ...finding, targets },
      ),
  };
}

/** The findings with their targets said in the message: for who shows messages alone. */
export function withTargetsSaid(findings: readonly Diagnostic[], asked: readonly string[]): readonly Diagnostic[] {
  return findings.map((finding) =>
    finding.targets === undefined
      ? finding
      : { ...finding, message: `${finding.message} ${targetsSaid(finding.targets, asked)}` },
  );
}

/** `[arm, aarch64]`, `[all targets but s390x]`: whichever is shorter. */
function targetsSaid(own: readonly string[], asked: readonly string[]): string {
  const others = asked.filter((each) => !own.includes(each));
  return others.length < own.length ? `[all targets but ${others.join(", ")}]` : `[${own.join(", ")}]`;
}
