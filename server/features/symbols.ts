/** Outline of a file's tables, and search by description name, C symbol or QOM type. */
import { SymbolKind } from "vscode-languageserver";
import type { DocumentSymbol, SymbolInformation, WorkspaceSymbol } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import type { VMStateDescription, VMStateField } from "../../core/vmstate/model";
import { toLocation, toRange } from "../convert";
import { guarded } from "../guard";
import { openedAhead } from "../locate";
import { inSlices } from "../slices";
import { waitFor } from "../wait";
import type { Feature } from "./feature";

const mostSymbols = 500;

export const symbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: { label: "VMState" }, workspaceSymbolProvider: true }),
  register(context) {
    const { connection, log, client, workspace } = context;
    connection.onDocumentSymbol(
      guarded(
        log,
        "documentSymbol",
        null,
        async ({ textDocument }, token): Promise<DocumentSymbol[] | SymbolInformation[] | null> => {
          const at = await openedAhead(context, textDocument.uri, token);
          if (at === undefined) return null;
          const tables = at.project.descriptionsIn(at.path).filter((each) => each.range.file === at.path);
          if (client.hierarchicalSymbols) return tables.map((each) => tableSymbol(at.project, each));
          return tables.map((each) => ({
            name: nameOf(each),
            kind: SymbolKind.Struct,
            location: toLocation(at.session, at.project, each.range),
          }));
        },
      ),
    );
    connection.onWorkspaceSymbol(
      guarded(log, "workspaceSymbol", null, async ({ query }, token): Promise<WorkspaceSymbol[]> => {
        const wanted = query.toLowerCase();
        const found: WorkspaceSymbol[] = [];
        await waitFor(workspace.ready, token);
        for (const session of workspace.sessions()) {
          const project = await waitFor(session.indexed(), token);
          await inSlices(project.descriptions(), token, (each) => {
            if (found.length >= mostSymbols || !(matches(nameOf(each), wanted) || matches(each.symbol, wanted))) return;
            const location = toLocation(session, project, each.nameRange);
            // Editors look for the words in the name again: it is what they were found in.
            const name = nameOf(each);
            const [shown, other] = matches(name, wanted) ? [name, each.symbol] : [each.symbol, name];
            found.push({ name: shown, kind: SymbolKind.Struct, containerName: other, location });
          });
          await inSlices(project.types(), token, (type) => {
            if (found.length >= mostSymbols || !matches(type.name, wanted)) return;
            const location = toLocation(session, project, type.range);
            found.push({ name: type.name, kind: SymbolKind.Class, containerName: type.parent ?? "", location });
          });
        }
        return found;
      }),
    );
  },
};

function tableSymbol(project: LoadableProject, description: VMStateDescription): DocumentSymbol {
  const range = toRange(project, description.range);
  return {
    name: nameOf(description),
    detail: description.symbol,
    kind: SymbolKind.Struct,
    range,
    selectionRange: within(description.range, description.nameRange) ? toRange(project, description.nameRange) : range,
    children: description.fields
      .filter((field) => !field.flagNames.includes("END") && within(description.range, field.range))
      .map((field) => fieldSymbol(project, field)),
  };
}

function fieldSymbol(project: LoadableProject, field: VMStateField): DocumentSymbol {
  const range = toRange(project, field.range);
  const name = field.name.known && field.name.value !== "" ? field.name.value : (field.macro ?? "field");
  return { name, detail: field.macro ?? "", kind: SymbolKind.Field, range, selectionRange: range };
}

function within(outer: { file: string; start: number; end: number }, inner: typeof outer): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

export function nameOf(description: VMStateDescription): string {
  return description.name.known && description.name.value !== "" ? description.name.value : description.symbol;
}

/** Letters in order, as editors search. */
function matches(name: string, wanted: string): boolean {
  const lower = name.toLowerCase();
  let at = 0;
  for (const letter of wanted) {
    at = lower.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
