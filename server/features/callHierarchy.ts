/** From a table into the functions that run while it is loaded or saved, and from there into what they call. */
import { SymbolKind } from "vscode-languageserver";
import type { CallHierarchyItem, CallHierarchyOutgoingCall, Range } from "vscode-languageserver";
import type { LoadableProject, LocatedFunction } from "../../core/project";
import { constructAt } from "../../core/ide/constructs/construct";
import { toRange } from "../convert";
import { guarded } from "../guard";
import { locate, openedFile } from "../locate";
import type { TreeSession } from "../session";
import { uriOf } from "../uris";
import type { Feature } from "./feature";

/** What an item is about, carried along by the client. */
type ItemData =
  | { readonly table: string; readonly file: string }
  | { readonly function: string; readonly file: string };

export const callHierarchy: Feature = {
  capabilities: () => ({ callHierarchyProvider: true }),
  register(context) {
    const { connection, log } = context;
    connection.languages.callHierarchy.onPrepare(
      guarded(log, "callHierarchy", null, async ({ textDocument, position }, token) => {
        const at = await locate(context, textDocument.uri, position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        if (at === undefined || construct === undefined) return null;
        if (construct.kind === "callback" && construct.target) {
          return [functionItem(at.session, at.project, construct.target)];
        }
        if (construct.kind !== "description") return null;
        const { symbol, file, range, nameRange } = construct.description;
        const data: ItemData = { table: symbol, file };
        return [
          {
            name: symbol,
            kind: SymbolKind.Struct,
            uri: uriOf(at.session.root, file),
            range: toRange(at.project, range),
            selectionRange: toRange(at.project, nameRange),
            data,
          },
        ];
      }),
    );
    connection.languages.callHierarchy.onOutgoingCalls(
      guarded(log, "outgoingCalls", null, async ({ item }, token) => {
        const data = readData(item);
        const at = data && (await openedFile(context, item.uri, token));
        if (at === undefined || data === undefined) return null;
        return "table" in data
          ? callbacksOf(at.session, at.project, data.table, data.file)
          : callsOf(at.session, at.project, data.function, data.file);
      }),
    );
    // who calls a function is a question for a C language server
    connection.languages.callHierarchy.onIncomingCalls(guarded(log, "incomingCalls", null, () => null));
  },
};

function functionItem(
  session: TreeSession,
  project: LoadableProject,
  { file, definition }: LocatedFunction,
): CallHierarchyItem {
  const { name, nameStart, start, bodyEnd } = definition;
  const data: ItemData = { function: name, file };
  return {
    name,
    detail: file,
    kind: SymbolKind.Function,
    uri: uriOf(session.root, file),
    range: toRange(project, { file, start, end: bodyEnd }),
    selectionRange: toRange(project, { file, start: nameStart, end: nameStart + name.length }),
    data,
  };
}

function callbacksOf(
  session: TreeSession,
  project: LoadableProject,
  symbol: string,
  file: string,
): CallHierarchyOutgoingCall[] {
  const description = project.descriptionsIn(file).find((each) => each.symbol === symbol);
  if (description === undefined) return [];
  const references = [...Object.values(description.hooks), ...description.fields.map((field) => field.fieldExists)];
  return references.flatMap((reference) => {
    const target = reference && project.function(reference.name, file);
    if (target === undefined || reference === undefined) return [];
    return [{ to: functionItem(session, project, target), fromRanges: [toRange(project, reference.range)] }];
  });
}

function callsOf(
  session: TreeSession,
  project: LoadableProject,
  name: string,
  file: string,
): CallHierarchyOutgoingCall[] {
  const fn = project.function(name, file);
  if (fn === undefined) return [];
  const targets = new Map<string, { readonly target: LocatedFunction; readonly ranges: Range[] }>();
  for (const call of project.calls(fn)) {
    const target = call.through === undefined ? project.function(call.callee, fn.file) : undefined;
    if (target === undefined) continue;
    const range = toRange(project, { file: fn.file, start: call.start, end: call.start + call.callee.length });
    const key = `${target.file}\n${target.definition.name}`;
    const known = targets.get(key);
    if (known) known.ranges.push(range);
    else targets.set(key, { target, ranges: [range] });
  }
  return [...targets.values()].map(({ target, ranges }) => ({
    to: functionItem(session, project, target),
    fromRanges: ranges,
  }));
}

function readData(item: CallHierarchyItem): ItemData | undefined {
  const data: unknown = item.data;
  if (typeof data !== "object" || data === null || !("file" in data) || typeof data.file !== "string") return undefined;
  if ("table" in data && typeof data.table === "string") return { table: data.table, file: data.file };
  if ("function" in data && typeof data.function === "string") return { function: data.function, file: data.file };
  return undefined;
}
