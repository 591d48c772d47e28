/** What an edit touches: a finding in old code is a matter of review, one in changed code of its author. */
import { oneLine } from "../c/words";
import type { Declaration, FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";

interface Texts {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
}

/** Whether the top-level declaration around a place is other than the one of its name in an earlier state of the tree. */
export function isChanged(now: Texts, earlier: Texts, range: SourceRange): boolean {
  const path = range.file;
  const text = now.text(path);
  const before = earlier.text(path);
  if (text === before) return false;
  if (text === undefined || before === undefined) return true;
  const around = now.facts(path)?.declarations.find((each) => each.start <= range.start && range.start < each.end);
  if (around === undefined) return false;
  const key = nameOf(around);
  const written = wordsOf(text, around);
  return !(earlier.facts(path)?.declarations ?? []).some(
    (each) => nameOf(each) === key && wordsOf(before, each) === written,
  );
}

export function nameOf(declaration: Declaration): string {
  switch (declaration.kind) {
    case "struct":
    case "union":
    case "enum":
      return `${declaration.kind} ${declaration.tag ?? declaration.enumerators[0] ?? ""}`;
    case "typedef":
      return `typedef ${declaration.names.join(" ")}`;
    default:
      return `${declaration.kind} ${declaration.name}`;
  }
}

/** Without what a reindentation changes. */
function wordsOf(text: string, { start, end }: Declaration): string {
  return oneLine(text.slice(start, end));
}
