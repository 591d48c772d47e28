/** Findings that say that something is nowhere in the tree: worth nothing where files of the tree can't be read. */
import type { Diagnostic } from "./diagnostic";

const absences: ReadonlySet<string> = new Set([
  "never-registered",
  "device-without-table",
  "state-not-saved",
  "parent-not-saved",
  "rebuild-missing",
  "iommu-without-vmstate",
  "iommu-rebuild-missing",
  "save-hook-missing",
  "member-never-read",
  "pointer-never-set",
  "field-never-sent",
  "unknown-priority",
]);

/** What still holds where parts of the tree are not known. */
export function withoutAbsences(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return findings.filter(({ code }) => !absences.has(code));
}
