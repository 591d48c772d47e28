/** A member as its struct declares it: the type's name and the array lengths as they are written. */
import type { CType, Member, RecordType } from "../c/ctype";
import { behindBracket } from "../c/cursor";
import { findMember } from "../c/members";
import type { Token } from "../c/token";
import type { Project } from "./project";
import { structNamed } from "./stateTypes";

export interface DeclaredMember {
  readonly type: CType;
  /** `uint32_t`, `struct DemoRing`, `DemoRing`. */
  readonly typeName: string;
  /** Texts between the brackets behind the name: `NREGS`. */
  readonly lengths: readonly string[];
  readonly member: Member;
}

/** `path`: names with dots between them; undefined where one of them is not there or an element is meant. */
export function declaredMember(
  project: Project,
  structName: string,
  path: string,
  file: string,
): DeclaredMember | undefined {
  const types = project.ctypes();
  let owner = structNamed(project, structName, file);
  let found: { readonly record: RecordType; readonly member: Member } | undefined;
  for (const name of path.split(".")) {
    if (owner.kind !== "record") return undefined;
    const next = findMember(types, owner, name);
    if (!next.known) return undefined;
    const { member, path: through } = next.value;
    const record = through.at(-1)?.record;
    if (record === undefined) return undefined;
    found = { record, member };
    owner = member.type();
  }
  return found && described(project, found.record, found.member);
}

function described(project: Project, record: RecordType, member: Member): DeclaredMember | undefined {
  const tokens = record.body?.().context.tokens;
  const at = member.token === undefined ? -1 : (tokens?.indexOf(member.token) ?? -1);
  if (tokens === undefined || at === -1) return undefined;
  const type = member.type();
  const typeName = typeBefore(tokens, at) || tagOf(type);
  return { type, typeName, lengths: lengthsBehind(project, tokens, at, type), member };
}

const ends: ReadonlySet<string> = new Set([";", "{", "}"]);
const qualifiers: ReadonlySet<string> = new Set(["const", "volatile", "static", "extern"]);

/** The type words that begin the declaration in which a name stands. */
function typeBefore(tokens: readonly Token[], name: number): string {
  let start = name;
  while (start > 0 && !ends.has(tokens[start - 1]?.text ?? "")) start--;
  const words: string[] = [];
  for (let k = start; k < name; k++) {
    const token = tokens[k];
    if (token?.kind !== "identifier") break;
    if (!qualifiers.has(token.text)) words.push(token.text);
  }
  return words.join(" ");
}

/** Of a struct that is declared where the member is. */
function tagOf(type: CType): string {
  let inner = type;
  while (inner.kind === "array") inner = inner.element;
  return inner.kind === "record" && inner.tag !== undefined ? `${inner.recordKind} ${inner.tag}` : "";
}

function lengthsBehind(project: Project, tokens: readonly Token[], name: number, type: CType): readonly string[] {
  const { use } = tokens[name] ?? {};
  // one macro makes the name and its brackets
  if (use !== undefined && tokens[name + 1]?.use === use) return numbersIn(type);
  const lengths: string[] = [];
  for (let open = name + 1; tokens[open]?.text === "["; ) {
    const close = behindBracket(tokens, open, tokens.length) - 1;
    lengths.push(written(project, tokens, open + 1, close));
    open = close + 1;
  }
  return lengths;
}

function numbersIn(type: CType): readonly string[] {
  if (type.kind !== "array" || type.length?.known !== true) return [];
  return [String(type.length.value), ...numbersIn(type.element)];
}

/** As the author wrote it: what one macro makes is its use. */
function written(project: Project, tokens: readonly Token[], start: number, end: number): string {
  let text = "";
  for (let k = start; k < end; k++) {
    const token = tokens[k];
    if (token === undefined) break;
    const { use } = token;
    if (use !== undefined && use === tokens[k - 1]?.use && k > start) continue;
    const part = use === undefined ? token.text : (project.text(use.file)?.slice(use.start, use.end) ?? use.macro);
    text += (k > start && token.space ? " " : "") + part;
  }
  return text;
}
