/**
 * Dependencies that developers state: `vmstate: loads after <description or type>: <reason>` in a comment inside or
 * directly above a description, or in the workspace's settings.
 */
import { skipNonCode } from "../c/body";
import type { FileFacts } from "../c/facts";
import type { SourceRange } from "../c/range";
import { answered } from "../project/answers";
import { cachedByRevision } from "../project/cache";
import { evidenceAt } from "./evidence";
import type { Evidence } from "./order";
import type { Project } from "../project/project";
import { descriptionKey, descriptionRoles, type RegisteredDescription } from "../code/registered";
import { workspaceFile, workspaceFileName } from "../code/workspaceFile";

export interface DeclaredDependency {
  readonly consumer: RegisteredDescription;
  readonly provider: RegisteredDescription;
  readonly reason: string;
  readonly evidence: Evidence;
}

/** One that a comment or a setting states about something the tree does not have. */
export interface DanglingDeclaration {
  readonly range: SourceRange;
  readonly target: string;
}

const marker = /vmstate:\s*loads\s+after\s+["'`]?([\w.,/+-]*[\w+])["'`]?\s*(?::\s*([^\n*]*))?/gi;

interface Declarations {
  readonly found: readonly DeclaredDependency[];
  readonly dangling: readonly DanglingDeclaration[];
}

const declarations = cachedByRevision((project): Declarations => {
  const found: DeclaredDependency[] = [];
  const dangling: DanglingDeclaration[] = [];
  const roles = descriptionRoles(project);
  const files = new Map<string, RegisteredDescription[]>();
  for (const entry of roles.registered.values()) {
    const list = files.get(entry.description.file);
    if (list) list.push(entry);
    else files.set(entry.description.file, [entry]);
  }
  for (const [file, entries] of files) {
    for (const { start, end, target, reason } of statementsIn(project, file)) {
      const consumer = consumerAt(project.text(file) ?? "", start, entries);
      if (!consumer) continue;
      const range = { file, start, end };
      const matched = targets(roles.registered.values(), target);
      if (matched.length === 0) dangling.push({ range, target });
      for (const provider of matched) {
        found.push({ consumer, provider, reason, evidence: evidenceAt(project, range, `declared: ${reason}`) });
      }
    }
  }
  for (const item of workspaceFile(project).dependencies) {
    for (const consumer of targets(roles.registered.values(), item.consumer)) {
      for (const provider of targets(roles.registered.values(), item.loadsAfter)) {
        if (descriptionKey(consumer.description) === descriptionKey(provider.description)) continue;
        const evidence = evidenceAt(
          project,
          consumer.description.nameRange,
          `declared in ${workspaceFileName}: ${item.reason}`,
        );
        found.push({ consumer, provider, reason: item.reason, evidence });
      }
    }
  }
  return { found, dangling };
});

interface Statement {
  readonly start: number;
  readonly end: number;
  readonly target: string;
  readonly reason: string;
}

const statements = new WeakMap<FileFacts, readonly Statement[]>();

function statementsIn(project: Project, file: string): readonly Statement[] {
  const facts = project.facts(file);
  if (!facts) return [];
  const known = statements.get(facts);
  if (known) return known;
  const found = answered(project, `states ${file}`, file, () => readStatements(project, file));
  statements.set(facts, found);
  return found;
}

function readStatements(project: Project, file: string): readonly Statement[] {
  const found: Statement[] = [];
  const text = project.text(file) ?? "";
  if (text.includes("loads after")) {
    for (const match of text.matchAll(marker)) {
      const target = match[1];
      if (target === undefined) continue;
      const reason = (match[2] ?? "").trim() || "declared in a comment";
      found.push({ start: match.index, end: match.index + match[0].trimEnd().length, target, reason });
    }
  }
  return found;
}

export function declaredDependencies(project: Project): readonly DeclaredDependency[] {
  return declarations(project).found;
}

export function danglingDeclarations(project: Project): readonly DanglingDeclaration[] {
  return declarations(project).dangling;
}

/** Characters of comments and of a declaration's head between a statement and the definition that it stands above. */
const mostBetween = 10_000;

/** The one inside whose definition it is, or in the comment that ends right above it. */
function consumerAt(
  text: string,
  offset: number,
  entries: readonly RegisteredDescription[],
): RegisteredDescription | undefined {
  const behind = commentEnd(text, offset);
  const reach = declarationEnd(text, behind, Math.min(text.length, behind + mostBetween));
  return entries.find(
    ({ description: { range } }) =>
      (offset >= range.start && offset < range.end) || (offset <= range.start && range.start <= reach),
  );
}

/** The place behind the comment that `offset` lies in. */
function commentEnd(text: string, offset: number): number {
  const before = text.slice(Math.max(0, offset - mostBetween), offset);
  const isBlock = before.lastIndexOf("/*") > before.lastIndexOf("*/");
  const behind = text.slice(offset, offset + mostBetween);
  const end = behind.indexOf(isBlock ? "*/" : "\n");
  return offset + (end === -1 ? behind.length : end + (isBlock ? 2 : 1));
}

/** Where what is declared first has ended, or has its body begun. */
function declarationEnd(text: string, start: number, end: number): number {
  for (let i = start; i < end; ) {
    const c = text[i];
    if (c === ";" || c === "{" || c === "}") return i;
    const behind = skipNonCode(text, i, end);
    i = behind > i ? behind : i + 1;
  }
  return end;
}

function targets(entries: Iterable<RegisteredDescription>, name: string): readonly RegisteredDescription[] {
  return [...entries].filter(
    ({ description, types }) =>
      description.symbol === name ||
      (description.name.known && description.name.value === name) ||
      types.includes(name),
  );
}
