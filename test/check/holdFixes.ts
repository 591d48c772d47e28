/** What holds for every quick fix, on whatever fixture it appears: it removes its finding and brings no other. */
import type { Diagnostic, QuickFix } from "../../core/check";

/** `path` to text. */
export type Files = ReadonlyMap<string, string>;

/** Throws, in words, where a fix of one of the findings does not hold. `diagnose` answers for a tree with other texts. */
export function holdFixes(
  files: Files,
  findings: readonly Diagnostic[],
  diagnose: (files: Files) => readonly Diagnostic[],
): void {
  for (const finding of findings) {
    for (const fix of finding.fixes) {
      const after = diagnose(withFix(files, fix));
      const [before, now] = [countsOf(findings), countsOf(after)];
      const own = keyOf(finding);
      if ((now.get(own) ?? 0) >= (before.get(own) ?? 0)) throw new Error(`"${fix.title}" leaves ${own}`);
      for (const [key, count] of now) {
        if (count > (before.get(key) ?? 0)) throw new Error(`"${fix.title}" for ${own} brings ${key}`);
      }
    }
  }
}

export function withFix(files: Files, fix: QuickFix): Files {
  const result = new Map(files);
  const edits = [...fix.edits].sort((a, b) => b.range.start - a.range.start);
  let last: { readonly file: string; readonly start: number } | undefined;
  for (const { range, text } of edits) {
    if (last?.file === range.file && range.end > last.start) throw new Error(`"${fix.title}" has edits that overlap`);
    const before = result.get(range.file) ?? "";
    result.set(range.file, before.slice(0, range.start) + text + before.slice(range.end));
    last = { file: range.file, start: range.start };
  }
  return result;
}

function countsOf(findings: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}

/** Without places: a fix moves what stands behind it. */
function keyOf({ code, range, message }: Diagnostic): string {
  return `${code} in ${range.file}: ${message}`;
}
