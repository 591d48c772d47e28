/** New names for what a C file keeps to itself: static descriptions and callbacks. The rest is clangd's, or must not change. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { PrepareRenameResult, WorkspaceEdit } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import { type Construct, constructAt } from "../../core/ide/constructs/construct";
import { occurrences } from "../../core/ide/constructs/word";
import { toRange } from "../convert";
import { answered } from "../guard";
import { locate } from "../locate";
import { uriOf } from "../uris";
import { isStaticTable } from "./references";
import type { Feature } from "./feature";

export const rename: Feature = {
  capabilities: () => ({ renameProvider: { prepareProvider: true } }),
  register(context) {
    const { connection, log } = context;
    connection.onPrepareRename(
      answered(log, "prepareRename", async ({ textDocument, position }, token): Promise<PrepareRenameResult | null> => {
        const at = await locate(context, textDocument.uri, position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        if (at === undefined || construct === undefined) return null;
        const { name } = renamable(at.project, construct, at.path);
        return { range: toRange(at.project, construct.range), placeholder: name };
      }),
    );
    connection.onRenameRequest(
      answered(log, "rename", async ({ textDocument, position, newName }, token): Promise<WorkspaceEdit | null> => {
        const at = await locate(context, textDocument.uri, position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        if (at === undefined || construct === undefined) return null;
        const { name, file } = renamable(at.project, construct, at.path);
        if (!/^[A-Za-z_]\w*$/.test(newName)) throw refused(`“${newName}” is no C identifier.`);
        const text = at.project.text(file) ?? "";
        if (occurrences(text, newName).length > 0) throw refused(`${newName} is a name in ${file} already.`);
        const edits = occurrences(text, name).map(({ start, end }) => ({
          range: toRange(at.project, { file, start, end }),
          newText: newName,
        }));
        const uri = uriOf(at.session.root, file);
        const version = context.documents.get(uri)?.version ?? null;
        return context.client.versionedEdits
          ? { documentChanges: [{ textDocument: { uri, version }, edits }] }
          : { changes: { [uri]: edits } };
      }),
    );
  },
};

/** The name and the one file that has it; otherwise why not. */
function renamable(
  project: LoadableProject,
  construct: Construct,
  path: string,
): { readonly name: string; readonly file: string } {
  switch (construct.kind) {
    case "description": {
      const { symbol, file } = construct.description;
      if (!/^\w+$/.test(symbol)) throw refused(`${symbol} is an element of an array.`);
      if (!isStaticTable(project, file, symbol)) throw refused(`Other files may use ${symbol}: rename it with clangd.`);
      return { name: symbol, file };
    }
    case "callback": {
      const { name, target } = construct;
      if (target === undefined) throw refused(`The definition of ${name} is not to be seen from ${path}.`);
      if (!target.definition.isStatic || !target.file.endsWith(".c"))
        throw refused(`Other files may use ${name}: rename it with clangd.`);
      return { name, file: target.file };
    }
    case "member":
    case "struct":
      throw refused(
        "A struct and its members are used beyond tables: rename them with clangd. The stream has no names of members.",
      );
    case "level":
    case "macro":
    case "info":
      throw refused("All of the tree uses it: rename it with clangd.");
    case "designator":
    case "field":
      throw refused("There is nothing here that has a name of its own.");
  }
}

function refused(reason: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
