/** Findings that say that something is nowhere in the tree: worth nothing where files of the tree can't be read. */
import type { Diagnostic } from "./diagnostic";
import { rules } from "./rules/list";

const absences: ReadonlySet<string> = new Set(rules.flatMap(({ code, wholeTree }) => (wholeTree === true ? code : [])));

/** What still holds where parts of the tree are not known. */
export function withoutAbsences(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return findings.filter(({ code }) => !absences.has(code));
}
