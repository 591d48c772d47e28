/** While a table is typed: macros as snippets, members of the struct, levels, designators, descriptions and infos. */
import { CompletionItemKind, InsertTextFormat } from "vscode-languageserver";
import type { CompletionItem, CompletionList } from "vscode-languageserver";
import { type CursorContext, cursorContext } from "../../core/ide/constructs/cursor";
import { descriptionAround } from "../../core/ide/constructs/construct";
import { findMember, membersOf, structType, typeText } from "../../core/ide/constructs/members";
import { type ArgumentRole, macroSignature } from "../../core/project/macroRoles";
import { designatorsIn } from "../../core/ide/completion/designators";
import { structFor, unsavedFields } from "../../core/ide/completion/fields";
import { hooksFor, newHook } from "../../core/ide/completion/hooks";
import { positionAt } from "../../core/c/range";
import { scheme } from "../../core/order/levels";
import { levelMadeFor } from "../../core/order/madeFor";
import { listType, namesFor, tableText } from "../../core/ide/table/text";
import { hookNames } from "../../core/vmstate/model";
import type { TableHistory } from "../../core/check/fixes/saveFix";
import type { VMStateDescription } from "../../core/vmstate/model";
import { toTextEdit } from "../convert";
import { guarded } from "../guard";
import { macros } from "./completionMacros";
import { designatorText } from "../../core/ide/hover/designators";
import { type Located, locate, openedAhead } from "../locate";
import type { Feature } from "./feature";

const mostItems = 400;

export const completion: Feature = {
  capabilities: () => ({ completionProvider: { triggerCharacters: [".", "(", ",", "&", "_"] } }),
  register(context) {
    const { baselines, connection, log, client } = context;
    connection.onCompletion(
      guarded(log, "completion", null, async ({ textDocument, position }, token): Promise<CompletionList | null> => {
        const at = await locate(context, textDocument.uri, position, token, openedAhead);
        const cursor = at && cursorContext(at.project.text(at.path) ?? "", at.offset);
        if (at === undefined || cursor === undefined) return null;
        const history = (table: VMStateDescription) => baselines.history(at.session, at.project, table);
        const items = itemsFor(at, cursor, client.snippets, history);
        // asked for again with the next letter: other files may offer more
        return { isIncomplete: items.length > mostItems || at.project.isPartial, items: items.slice(0, mostItems) };
      }),
    );
  },
};

type HistoryOf = (table: VMStateDescription) => TableHistory | undefined;

function itemsFor(at: Located, cursor: CursorContext, snippets: boolean, history: HistoryOf): CompletionItem[] {
  switch (cursor.kind) {
    case "designator":
      return designators(at, cursor.of, snippets);
    case "value":
      return values(at, cursor.designator);
    case "table":
      return snippets ? [newTable(at)] : [];
    case "field":
      return [...unsaved(at, history), ...macros(at, cursor.prefix, snippets)];
    case "subsection":
      return descriptions(at);
    case "argument": {
      const role = macroSignature(at.project, cursor.macro, at.path)?.roles[cursor.index];
      return role === undefined ? [] : argumentsFor(at, cursor, role);
    }
  }
}

/** Those that this tree has and the table does not set yet, in the order of their declaration. */
function designators({ project, path, offset }: Located, of: string, snippets: boolean): CompletionItem[] {
  const table = of === "VMStateDescription" ? descriptionAround(project, path, offset) : undefined;
  const behind = (project.text(path) ?? "").slice(offset).trimStart();
  const isNew = !behind.startsWith("=");
  const typed = (project.text(path) ?? "").slice(Math.max(0, offset - 80), offset);
  const set = table === undefined ? new Set<string>() : designatorsIn(project, table, offset);
  return membersOf(project, structType(project, path, of)).flatMap((member, index): CompletionItem[] => {
    const { name } = member;
    if (name === undefined || set.has(name)) return [];
    const text = designatorText(name);
    const dot = /\.\w*$/.test(typed) ? "" : ".";
    return [
      {
        label: name,
        kind: CompletionItemKind.Property,
        detail: typeText(member.type()),
        sortText: String(index).padStart(3, "0"),
        ...(text === undefined ? {} : { documentation: text }),
        ...(of === "VMStateDescription" && snippets && isNew
          ? {
              insertText: `${dot}${name} = ${valueOf(name, member.type().kind, listType(project, path, name))}`,
              insertTextFormat: InsertTextFormat.Snippet,
            }
          : {}),
      },
    ];
  });
}

function valueOf(name: string, kind: string, list: string): string {
  if (name === "name") return '"$1",';
  if (name === "fields") return `(${list}) {\n    $0\n    VMSTATE_END_OF_LIST()\n},`;
  if (name === "subsections") return `(${list}) {\n    &$1,\n    NULL\n},`;
  return kind === "scalar" && name.endsWith("_id") ? "${1:1}," : "$1,";
}

/** A table for the struct of the file's device; its fields are completed in the list. */
function newTable({ project, path, offset }: Located): CompletionItem {
  const end = positionAt(project.lines(path), offset);
  const struct = structFor(project, path, undefined);
  const { symbol, name } = namesFor(project, path, struct === "" ? "Device" : struct);
  const { head, tail } = tableText(project, path, { symbol, name, fields: [] });
  const text = `${head.replace(symbol, `\${1:${symbol}}`).replace(`"${name}"`, `"\${2:${name}}"`)}        $0\n${tail}\n`;
  return {
    label: "VMStateDescription",
    kind: CompletionItemKind.Snippet,
    detail: struct === "" ? "a table" : `a table for ${struct}`,
    filterText: "static const VMStateDescription vmstate",
    textEdit: { range: { start: { line: end.line, character: 0 }, end }, newText: text },
    insertTextFormat: InsertTextFormat.Snippet,
  };
}

/** Members that no table saves, each as its field. */
function unsaved({ project, path, offset }: Located, history: HistoryOf): CompletionItem[] {
  const table = descriptionAround(project, path, offset);
  const struct = structFor(project, path, table);
  if (struct === "") return [];
  const fields = unsavedFields(project, path, struct, table, table && history(table));
  return fields.map(({ member, typeName, text, edits }, index) => ({
    label: member,
    kind: CompletionItemKind.Field,
    detail: `${typeName}: ${text}`,
    insertText: `${text},`,
    filterText: `${member} ${text}`,
    ...(edits.length === 0 ? {} : { additionalTextEdits: edits.map((edit) => toTextEdit(project, edit)) }),
    sortText: `!${String(index).padStart(3, "0")}`,
  }));
}

function values(at: Located, designator: string): CompletionItem[] {
  if (designator === "priority") return levels(at);
  if (hookNames.some((hook) => hook === designator)) return hooks(at, designator);
  if (designator === "vmsd") return descriptions(at);
  return designator === "info" ? infos(at) : [];
}

function hooks({ project, path, offset }: Located, slot: string): CompletionItem[] {
  const offered = hooksFor(project, path, "VMStateDescription", slot).map(({ name, fits }) => ({
    label: name,
    kind: CompletionItemKind.Function,
    sortText: `${fits ? 0 : 2}${name}`,
  }));
  const table = descriptionAround(project, path, offset);
  const made = table === undefined || table.range.file !== path ? undefined : newHook(project, table, slot);
  if (made === undefined || table === undefined) return offered;
  const start = positionAt(project.lines(path), table.range.start);
  const create: CompletionItem = {
    label: `create ${made.name}`,
    kind: CompletionItemKind.Snippet,
    insertText: made.name,
    filterText: `${made.name} create`,
    sortText: "1",
    additionalTextEdits: [{ range: { start, end: start }, newText: made.text }],
  };
  return [...offered, create];
}

/** The one that is made for the device, then the highest first, as they load. */
function levels({ project, path, offset }: Located): CompletionItem[] {
  const { maximum } = scheme(project);
  const table = descriptionAround(project, path, offset);
  const fitting = table && levelMadeFor(project, table)?.value;
  return project
    .priorityLevels()
    .filter(({ value }) => value !== 0 && value !== maximum)
    .sort((a, b) => Number(b.value === fitting) - Number(a.value === fitting) || b.value - a.value)
    .map((level, index) => ({
      label: level.name,
      kind: CompletionItemKind.EnumMember,
      detail: `${level.value}${level.comment === "" ? "" : `: ${level.comment}`}`,
      sortText: String(index).padStart(3, "0"),
    }));
}

function functions({ project, path }: Located): CompletionItem[] {
  const found = project.facts(path)?.declarations ?? [];
  return found.flatMap((each) =>
    each.kind === "function" ? [{ label: each.name, kind: CompletionItemKind.Function }] : [],
  );
}

function descriptions({ project, path }: Located): CompletionItem[] {
  const seen = new Set<string>();
  const own = project.descriptionsIn(path);
  const all = [...own, ...project.descriptions()].filter((each) => !seen.has(each.symbol) && seen.add(each.symbol));
  return all
    .filter((each) => each.file === path || project.description(each.symbol, path) === each)
    .map((each) => ({
      label: each.symbol,
      kind: CompletionItemKind.Struct,
      detail: each.name.known ? each.name.value : "",
      sortText: `${each.file === path ? 0 : 1}${each.symbol}`,
    }));
}

function infos({ project, path }: Located): CompletionItem[] {
  const seen = new Set<string>();
  for (const description of project.descriptions()) {
    for (const field of description.fields) if (field.info !== undefined) seen.add(field.info.symbol);
  }
  return [...seen]
    .filter((symbol) => project.info(symbol, path) !== undefined)
    .map((symbol) => ({ label: symbol, kind: CompletionItemKind.Constant }));
}

/** The struct that the other fields of the table save from. */
function structOf({ project, path }: Located, offset: number): string {
  const counts = new Map<string, number>();
  for (const field of descriptionAround(project, path, offset)?.fields ?? []) {
    const name = field.member?.structName;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

function argumentsFor(at: Located, cursor: CursorContext & { kind: "argument" }, role: ArgumentRole): CompletionItem[] {
  switch (role) {
    case "member":
    case "countMember":
      return members(at, cursor);
    case "struct": {
      const struct = structOf(at, at.offset);
      return struct === "" ? [] : [{ label: struct, kind: CompletionItemKind.Struct }];
    }
    case "description":
      return descriptions(at);
    case "info":
      return infos(at);
    case "predicate":
      return functions(at);
    default:
      return [];
  }
}

/** Members of the struct named in the macro's other argument, else of the table's; `ring.` goes on inside. */
function members(at: Located, cursor: CursorContext & { kind: "argument" }): CompletionItem[] {
  const { project, path } = at;
  const text = project.text(path) ?? "";
  const structIndex = macroSignature(project, cursor.macro, path)?.roles.indexOf("struct") ?? -1;
  const typed = cursor.args[structIndex] ?? argumentBehind(text, at.offset, structIndex - cursor.index);
  const struct = typed === undefined || typed === "" ? structOf(at, at.offset) : typed;
  if (struct === "") return [];
  const dot = cursor.prefix.lastIndexOf(".");
  const owner =
    dot === -1
      ? structType(project, path, struct)
      : findMember(project, path, struct, cursor.prefix.slice(0, dot))?.type;
  if (owner === undefined) return [];
  const saved = new Set((descriptionAround(project, path, at.offset)?.fields ?? []).map((field) => field.member?.path));
  return membersOf(project, owner).flatMap((member): CompletionItem[] => {
    if (member.name === undefined) return [];
    const whole = dot === -1 ? member.name : `${cursor.prefix.slice(0, dot + 1)}${member.name}`;
    const known = saved.has(whole);
    return [
      {
        label: member.name,
        kind: CompletionItemKind.Field,
        detail: `${typeText(member.type())}${known ? " (in the table already)" : ""}`,
        sortText: `${known ? 1 : 0}${member.name}`,
      },
    ];
  });
}

/** The `count`th argument behind the cursor, where the call is already closed. */
function argumentBehind(text: string, offset: number, count: number): string | undefined {
  if (count <= 0) return undefined;
  const rest = text.slice(offset, offset + 400);
  const close = rest.search(/[);{}]/);
  return close === -1 ? undefined : rest.slice(0, close).split(",")[count]?.trim();
}
