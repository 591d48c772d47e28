/** `vmstate: ignore <code>: <reason>` in a comment: on the line of the finding, on the line above, or inside the table. */
import type { FileFacts } from "../c/facts";
import { positionAt } from "../c/range";
import type { Diagnostic } from "./diagnostic";
import type { Project } from "../project/project";

interface Mark {
  readonly codes: readonly string[];
  readonly start: number;
  readonly line: number;
}

const pattern = /vmstate:\s*ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)/gi;
const marks = new WeakMap<FileFacts, readonly Mark[]>();

export function isSilenced(project: Project, diagnostic: Diagnostic): boolean {
  const { file, start } = diagnostic.range;
  const own = marksIn(project, file).filter(({ codes }) => codes.includes(diagnostic.code) || codes.includes("all"));
  if (own.length === 0) return false;
  const line = lineAt(project, file, start);
  if (own.some((mark) => mark.line === line || mark.line === line - 1)) return true;
  const table = project.descriptionsIn(file).find((d) => d.range.start <= start && start < d.range.end);
  return table !== undefined && own.some((mark) => table.range.start <= mark.start && mark.start < table.range.end);
}

function marksIn(project: Project, file: string): readonly Mark[] {
  const facts = project.facts(file);
  if (!facts) return [];
  const known = marks.get(facts);
  if (known) return known;
  const text = project.text(file) ?? "";
  const found: Mark[] = [];
  if (/vmstate:\s*ignore/i.test(text)) {
    for (const match of text.matchAll(pattern)) {
      const codes = (match[1] ?? "").split(",").map((code) => code.trim());
      found.push({ codes, start: match.index, line: lineAt(project, file, match.index) });
    }
  }
  marks.set(facts, found);
  return found;
}

function lineAt(project: Project, file: string, offset: number): number {
  return positionAt(project.lines(file), offset).line;
}
