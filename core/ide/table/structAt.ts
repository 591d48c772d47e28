/** The struct whose declaration holds a place, as tables would name it. */
import { lex } from "../../c/lex";
import type { Project } from "../../project";

export interface StructAt {
  readonly structName: string;
  /** Offset behind the declaration. */
  readonly end: number;
  /** Names on the place's line that may be members. */
  readonly words: readonly string[];
}

export function structAt(project: Project, path: string, offset: number): StructAt | undefined {
  const declarations = project.facts(path)?.declarations ?? [];
  const record = declarations.find(
    (each) => each.kind === "struct" && each.start <= offset && offset <= each.bodyEnd + 1,
  );
  if (record?.kind !== "struct") return undefined;
  const around = declarations.find(
    (each) => each.kind === "typedef" && each.start <= record.start && record.bodyEnd <= each.end,
  );
  const named = around?.kind === "typedef" ? around.names[0] : undefined;
  const tag =
    record.tag !== undefined && project.scope(path).typedef(record.tag) !== undefined ? record.tag : undefined;
  const structName = named ?? tag ?? (record.tag === undefined ? undefined : `struct ${record.tag}`);
  if (structName === undefined) return undefined;
  const text = project.text(path) ?? "";
  const line = { start: text.lastIndexOf("\n", offset - 1) + 1, end: text.indexOf("\n", offset) };
  const start = Math.max(line.start, record.bodyStart);
  const words = lex(text, path, start, Math.min(line.end === -1 ? text.length : line.end, record.bodyEnd))
    .filter((token) => token.kind === "identifier")
    .map((token) => token.text);
  return { structName, end: Math.max(record.end, around?.end ?? 0), words };
}
