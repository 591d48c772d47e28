/** What a log says about a migration: each message with the call that prints it, and what section, table and field it names. */
import { isIdentifierPart } from "../c/body";
import { namesIn } from "../c/words";
import { conditionsAt, partsOf, writtenConditions, writtenIn } from "../c/body/conditions";
import { localsOf } from "../c/body/locals";
import type { Expression, Identifier } from "../c/syntax";
import { positionAt } from "../c/range";
import { bodyOf, typesIn } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import type { VMStateDescription, VMStateField } from "../vmstate/model";
import { toTheEnd } from "../steps";
import { type MessageSite, type SiteMatch, siteSteps } from "./sites";

export interface CodePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Explained {
  /** From 1, in the log. */
  readonly logLine: number;
  readonly text: string;
  readonly place: CodePlace;
  readonly function: string;
  /** The call as it is written. */
  readonly call: string;
  /** The last of `conditions` with the printed values in it, where it names some: `9 > 3`. */
  readonly checked: string | undefined;
  /** What held where it was printed, outermost first: `section_id != se->load_section_id`, or with `!(…)` around it. */
  readonly conditions: readonly string[];
  readonly values: readonly { readonly expression: string; readonly value: string }[];
  /** Other calls with the same words. */
  readonly others: readonly CodePlace[];
  /** A function that reads a field's bytes prints it (VMStateInfo.get). */
  readonly isRead: boolean;
  readonly names: Named;
}

/** What the message is about, as far as it says. */
export interface Named {
  /** idstr of the section, as in the stream. */
  readonly section?: string;
  readonly table?: { readonly symbol: string; readonly name: string; readonly place: CodePlace };
  /** Where nothing says which table it is, the symbols of all that have the name. */
  readonly oneOf?: readonly string[];
  readonly field?: { readonly name: string; readonly place: CodePlace };
  readonly block?: string;
  /** The section or the block was looked up, and not found. */
  readonly isAbsent?: true;
  /** Line of the log that names the section, where it is another one. */
  readonly sectionLine?: number;
  /** The callback of the table in which it is printed, or which calls what prints it. */
  readonly callback?: string;
}

/** Lines of a log that are looked at. */
const mostLines = 2000;
const longestLine = 4000;
const mostOthers = 5;

type Tables = (idstr: string) => readonly VMStateDescription[];

export interface ExplainOptions {
  /** Tables that a section of this idstr, or of a name in a message, may have; likely ones first. */
  readonly tables: Tables;
}

/** In the log's order, a message of several parts as several. */
export function explainLog(project: Project, log: string, options: ExplainOptions): readonly Explained[] {
  return toTheEnd(explainSteps(project, log, options));
}

/** The same in steps, so that a caller may give way between them. */
export function* explainSteps(
  project: Project,
  log: string,
  { tables }: ExplainOptions,
): Generator<undefined, readonly Explained[]> {
  const lines = linesOf(log);
  const distinct = [...new Set(lines.map(({ text }) => text))];
  const sites = yield* siteSteps(project, distinct);
  const known = new Map(distinct.map((text, i) => [text, sites[i] ?? []]));
  const said = new Set<string>();
  const all = lines.flatMap(({ number, text }) => {
    if (said.has(text)) return [];
    said.add(text);
    return chosen(known.get(text) ?? []).map(({ best, others }, i, parts) =>
      explained(project, tables, number, text, upTo(best, text, parts[i + 1]?.best.match.start), others),
    );
  });
  return all.map(({ each }, i) => withSection(project, tables, all, i) ?? each);
}

/** Messages of one failure that follow one another, and lines between the first and the last of them. */
const together = 8;

/** QEMU says from the inside to the outside what failed, and in later releases the other way round in one line. */
function withSection(project: Project, tables: Tables, all: readonly Read[], at: number): Explained | undefined {
  const read = all[at];
  if (read === undefined) return undefined;
  const { each, fieldName } = read;
  const { names, logLine, isRead } = each;
  if (names.section !== undefined || names.block !== undefined) return each;
  const isInner = isRead || fieldName !== undefined || names.table !== undefined;
  if (!isInner) return each;
  const others = all.map((other) => other.each);
  const sameLine = others
    .slice(0, at)
    .findLast((other) => other.logLine === logLine && other.names.section !== undefined);
  const from =
    sameLine ??
    others
      .slice(at + 1, at + 1 + together)
      .find((other) => other.logLine - logLine <= together && other.names.section !== undefined && isOuter(other));
  const section = from?.names.section;
  if (from === undefined || section === undefined) return each;
  const table = names.table ?? from.names.table;
  const around = names.field === undefined ? tableNamed(tables, section) : undefined;
  const field = around && fieldName !== undefined ? placedField(project, around, fieldName) : undefined;
  return {
    ...each,
    names: {
      ...names,
      section,
      sectionLine: from.logLine,
      ...(table === undefined ? {} : { table }),
      ...(field === undefined ? {} : { field }),
    },
  };
}

/** What functions call the result of one that may fail. */
const failures: ReadonlySet<string> = new Set(["ret", "rc", "r", "err", "error", "local_err"]);

/** Printed because a call has failed: what that printed stands before it. */
function isOuter({ conditions }: Explained): boolean {
  const last = conditions.at(-1) ?? "";
  if (last.includes("< 0") || last.includes("<= 0")) return true;
  for (const name of namesIn(last)) if (failures.has(name)) return true;
  return false;
}

/** Lines as the program printed them, also out of JSON, where logs of clusters keep them. The last ones of a long log. */
export function linesOf(log: string): readonly { readonly number: number; readonly text: string }[] {
  return log
    .split("\n")
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "")
    .slice(-mostLines)
    .flatMap(({ line, number }) =>
      (textsIn(line) ?? [line]).flatMap((text) =>
        text.split("\n").map((part) => ({ number, text: part.slice(0, longestLine).trimEnd() })),
      ),
    );
}

/** The texts of a line that is a JSON object. */
function textsIn(line: string): readonly string[] | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return Object.values(JSON.parse(line) as object).filter((value) => typeof value === "string");
  } catch {
    return undefined;
  }
}

/** Where a message goes on with another, what a conversion at its end printed ends there. */
function upTo(each: SiteMatch, line: string, next: number | undefined): SiteMatch {
  const { values, end } = each.match;
  const last = values.at(-1);
  if (next === undefined || next < end || last === undefined || end + last.length !== line.length) return each;
  const value = line.slice(end, next).trimEnd();
  const own = value.endsWith(":") ? value.slice(0, -1) : value;
  return { ...each, match: { ...each.match, values: [...values.slice(0, -1), own] } };
}

/** The surest for each part of a line: what overlaps it is another one's. */
function chosen(
  matches: readonly SiteMatch[],
): readonly { readonly best: SiteMatch; readonly others: readonly SiteMatch[] }[] {
  const taken: { best: SiteMatch; others: SiteMatch[] }[] = [];
  for (const each of matches) {
    const { start, end, letters } = each.match;
    const over = taken.find(({ best }) => start < best.match.end && best.match.start < end);
    if (over === undefined) taken.push({ best: each, others: [] });
    else if (over.best.match.letters === letters && over.best.match.start === start) over.others.push(each);
  }
  return taken.sort((a, b) => a.best.match.start - b.best.match.start);
}

/** `fieldName` also where it is not known whose field it is. */
interface Read {
  readonly each: Explained;
  readonly fieldName: string | undefined;
}

function explained(
  project: Project,
  tables: Tables,
  logLine: number,
  text: string,
  { site, match }: SiteMatch,
  others: readonly SiteMatch[],
): Read {
  const { fn, start, end } = site;
  const source = project.text(fn.file) ?? "";
  const body = bodyOf(project, fn);
  const values = site.values.map((expression, i) => ({
    expression: expression === undefined ? "" : writtenIn(source, expression),
    value: (match.values[i] ?? "").trim(),
  }));
  const conditions = writtenConditions(body, source, start).map((each) => (each.holds ? each.text : `!(${each.text})`));
  const { names, fieldName } = namedBy(
    project,
    tables,
    site,
    values.map(({ value }) => value),
  );
  const each = {
    logLine,
    text: text.slice(match.start).trim(),
    place: placeOf(project, fn.file, start),
    function: fn.definition.name,
    call: writtenIn(source, { start, end }),
    conditions,
    checked: withValues(conditions.at(-1), values),
    values,
    others: others.slice(0, mostOthers).map((each) => placeOf(project, each.site.fn.file, each.site.start)),
    isRead: isGetter(project, fn.file, leadingTo(project, fn)),
    names,
  };
  return { each, fieldName };
}

function withValues(
  condition: string | undefined,
  values: readonly { readonly expression: string; readonly value: string }[],
): string | undefined {
  if (condition === undefined) return undefined;
  // the longest first: `version_id` is in `vmsd->version_id` too
  const known = values.filter(({ expression, value }) => expression !== "" && value !== "");
  known.sort((a, b) => b.expression.length - a.expression.length);
  let text = condition;
  known.forEach(({ expression }, i) => {
    text = replaceWhole(text, expression, String.fromCharCode(0xe000 + i));
  });
  if (text === condition) return undefined;
  return Array.from(text, (mark) => known[mark.charCodeAt(0) - 0xe000]?.value ?? mark).join("");
}

function isPathPart(c: string): boolean {
  return c === "." || c === ">" || isIdentifierPart(c.charCodeAt(0));
}

/** Not within a longer name or path. */
function replaceWhole(text: string, wanted: string, by: string): string {
  let done = "";
  let from = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const [before, behind] = [text[at - 1] ?? "", text[at + wanted.length] ?? ""];
    if (isPathPart(before) || isIdentifierPart(behind.charCodeAt(0))) continue;
    done += text.slice(from, at) + by;
    from = at + wanted.length;
  }
  return done + text.slice(from);
}

function placeOf(project: Project, file: string, offset: number): CodePlace {
  return { file, line: positionAt(project.lines(file), offset).line + 1 };
}

type Role = "section" | "table" | "field" | "block";

interface Naming {
  readonly role: Role;
  /** The variable that holds what was looked up by the value. */
  readonly lookedUp?: string;
}

function namedBy(
  project: Project,
  tables: Tables,
  { fn, start, values: expressions }: MessageSite,
  values: readonly string[],
): { readonly names: Named; readonly fieldName: string | undefined } {
  const roles = new Map<Role, string>();
  let isAbsent = false;
  expressions.forEach((expression, i) => {
    const found = expression && roleOf(project, fn, expression);
    const value = values[i];
    if (found === undefined || value === undefined || value === "" || roles.has(found.role)) return;
    roles.set(found.role, value);
    isAbsent ||= found.lookedUp !== undefined && isNullAt(project, fn, start, found.lookedUp);
  });
  const around = callbackAround(project, fn.file, leadingTo(project, fn));
  const [section, tableName, fieldName, block] = (["section", "table", "field", "block"] as const).map((role) =>
    roles.get(role),
  );
  const name = tableName ?? section;
  const named = name === undefined ? [] : tablesNamed(tables, name);
  const table = (named.length === 1 ? named[0] : undefined) ?? around?.table;
  const field = table && fieldName !== undefined ? placedField(project, table, fieldName) : undefined;
  const names = {
    ...(section === undefined ? {} : { section }),
    ...(table === undefined ? {} : { table: tableOf(project, table) }),
    ...(table === undefined && named.length > 1 ? { oneOf: named.map(({ symbol }) => symbol) } : {}),
    ...(field === undefined ? {} : { field }),
    ...(block === undefined ? {} : { block }),
    ...(around === undefined ? {} : { callback: around.callback }),
    ...(isAbsent ? { isAbsent: true as const } : {}),
  };
  return { names, fieldName };
}

function placedField(project: Project, table: VMStateDescription, name: string): Named["field"] {
  const range = fieldNamed(project, table, name)?.range;
  return range && { name, place: placeOf(project, range.file, range.start) };
}

/** Whether a variable is known to be NULL at the place. */
function isNullAt(project: Project, fn: LocatedFunction, offset: number, name: string): boolean {
  const isNull = (value: Expression, holds: boolean): boolean => {
    if (value.kind === "unary" && value.operator === "!") return isNull(value.operand, !holds);
    if (value.kind === "identifier") return value.name === name && !holds;
    if (value.kind !== "binary" || value.operator !== (holds ? "==" : "!=")) return false;
    const sides = [value.left, value.right];
    const isName = (side: Expression): boolean => side.kind === "identifier" && side.name === name;
    const isNothing = (side: Expression): boolean =>
      (side.kind === "identifier" && side.name === "NULL") || (side.kind === "integer" && side.value === 0n);
    return sides.some(isName) && sides.some(isNothing);
  };
  return conditionsAt(bodyOf(project, fn), offset)
    .flatMap(partsOf)
    .some(({ expression, holds }) => isNull(expression, holds));
}

/** The one that says itself that it is called so. */
function tableNamed(tables: Tables, idstr: string): VMStateDescription | undefined {
  const [table, ...others] = tablesNamed(tables, idstr);
  return others.length === 0 ? table : undefined;
}

/** The last part of a section's idstr is its table's name. */
function tablesNamed(tables: Tables, idstr: string): readonly VMStateDescription[] {
  const last = idstr.slice(idstr.lastIndexOf("/") + 1);
  return tables(idstr).filter(({ name }) => name.known && (name.value === idstr || name.value === last));
}

function tableOf(project: Project, table: VMStateDescription): NonNullable<Named["table"]> {
  const { symbol, name, file, nameRange } = table;
  return { symbol, name: name.known ? name.value : symbol, place: placeOf(project, file, nameRange.start) };
}

/** What a value is by its type: the name of a table, of a field, of a RAM block, or a section's idstr. */
function roleOf(project: Project, fn: LocatedFunction, expression: Expression): Naming | undefined {
  if (expression.kind === "identifier") return roleOfKey(project, fn, expression);
  if (expression.kind !== "member") return undefined;
  const owner = typesIn(project, fn).ownerOf(expression);
  const struct = owner.kind === "record" ? owner.tag : undefined;
  if (expression.name === "idstr") return { role: struct === "RAMBlock" ? "block" : "section" };
  if (expression.name !== "name") return undefined;
  if (struct === "VMStateDescription") return { role: "table" };
  return struct === "VMStateField" ? { role: "field" } : undefined;
}

/** What a variable names by which a section's entry or a RAM block is looked up: `se = find_se(idstr, instance_id)`. */
function roleOfKey(project: Project, fn: LocatedFunction, key: Identifier): Naming | undefined {
  const types = typesIn(project, fn);
  // a number is looked up with the name
  const { kind } = types.typeOf(key);
  if (kind !== "pointer" && kind !== "array") return undefined;
  for (const { declarator, values } of localsOf(bodyOf(project, fn)).all) {
    const lookUp = values.find(
      (value) =>
        value?.kind === "call" && value.arguments.some((each) => each.kind === "identifier" && each.name === key.name),
    );
    if (lookUp === undefined) continue;
    const { start, end } = lookUp;
    const type = types.typeOf({ kind: "identifier", name: declarator.name, start, end });
    const target = type.kind === "pointer" ? type.target() : type;
    if (target.kind !== "record") continue;
    const lookedUp = declarator.name;
    if (target.tag === "SaveStateEntry") return { role: "section", lookedUp };
    if (target.tag === "RAMBlock") return { role: "block", lookedUp };
  }
  return undefined;
}

/** The field of that name, in the table or in what it is made of. */
function fieldNamed(
  project: Project,
  table: VMStateDescription,
  name: string,
  visited = new Set<VMStateDescription>(),
): VMStateField | undefined {
  if (visited.has(table)) return undefined;
  visited.add(table);
  const own = table.fields.find((field) => field.name.known && field.name.value === name);
  if (own !== undefined) return own;
  const nested = [...table.fields.flatMap(({ vmsd }) => vmsd ?? []), ...table.subsections];
  for (const reference of nested) {
    const next = project.resolve(reference);
    const found = next && fieldNamed(project, next, name, visited);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Callback {
  readonly table: VMStateDescription;
  /** `post_load`. */
  readonly callback: string;
}

/** Names of the functions of the file that lead to it, itself first, nearest first. */
function leadingTo(project: Project, { file, definition }: LocatedFunction): ReadonlySet<string> {
  const own = (project.facts(file)?.declarations ?? []).filter((each) => each.kind === "function");
  const callers = new Map<string, string[]>();
  for (const each of own) {
    for (const { callee } of project.calls({ file, definition: each })) {
      const list = callers.get(callee);
      if (list === undefined) callers.set(callee, [each.name]);
      else list.push(each.name);
    }
  }
  const seen = new Set([definition.name]);
  for (const name of seen) for (const caller of callers.get(name) ?? []) seen.add(caller);
  return seen;
}

/** Some VMStateInfo of the file has one of the functions as its `get`. */
function isGetter(project: Project, file: string, functions: ReadonlySet<string>): boolean {
  return (project.facts(file)?.declarations ?? []).some((each) => {
    if (each.kind !== "variable" || each.typeName !== "VMStateInfo") return false;
    const getter = project.info(each.name, file)?.get?.name;
    return getter !== undefined && functions.has(getter);
  });
}

/** The table of the same file whose callback one of the functions is. */
function callbackAround(project: Project, file: string, functions: ReadonlySet<string>): Callback | undefined {
  const hooks = new Map<string, Callback>();
  for (const table of project.descriptionsIn(file)) {
    for (const [callback, reference] of Object.entries(table.hooks)) {
      if (reference !== undefined && !hooks.has(reference.name)) hooks.set(reference.name, { table, callback });
    }
  }
  for (const name of functions) {
    const hook = hooks.get(name);
    if (hook !== undefined) return hook;
  }
  return undefined;
}
