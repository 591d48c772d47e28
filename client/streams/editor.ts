/**
 * The editor for migration streams. A file itself is only read; a copy of it is an unsaved document of its own, whose edits the
 * editor undoes as any other's.
 */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { unchanged } from "./changed";
import { StreamDocument } from "./document";
import { writeCopy } from "./file";
import { showStream } from "./show";

const viewTypes = ["vmstate.stream", "vmstate.anyStream"];

export function createStreamEditor(ctx: Ctx): vscode.Disposable {
  const changes = new vscode.EventEmitter<vscode.CustomDocumentEditEvent<StreamDocument>>();
  const provider: vscode.CustomEditorProvider<StreamDocument> = {
    onDidChangeCustomDocument: changes.event,
    async openCustomDocument(uri, { backupId }) {
      const document = new StreamDocument(uri);
      if (backupId !== undefined) await document.restore(backupId);
      return document;
    },
    resolveCustomEditor: (document, panel) =>
      showStream(ctx, document, panel, (next) => {
        const { changed } = document;
        document.changed = next;
        const set = (to: typeof next) => () => {
          document.changed = to;
        };
        const label = vscode.l10n.t("Change of bytes");
        changes.fire({ document, label, undo: set(changed), redo: set(next) });
      }),
    // only a copy has changes, and that is saved under another name
    saveCustomDocument: () => Promise.resolve(),
    saveCustomDocumentAs: (document, target, token) => save(document, target, token),
    revertCustomDocument: (document) => {
      document.changed = unchanged;
      return Promise.resolve();
    },
    backupCustomDocument: (document, { destination }) => document.backUp(destination),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  return vscode.Disposable.from(
    changes,
    ...viewTypes.map((type) => vscode.window.registerCustomEditorProvider(type, provider, options)),
  );
}

async function save(document: StreamDocument, target: vscode.Uri, token: vscode.CancellationToken): Promise<void> {
  const { original, file } = document;
  if (original === undefined) throw new Error(vscode.l10n.t("The stream has not been read yet."));
  const read = (offset: number, size: number) => document.read(offset, size);
  const ended = await writeCopy(target, file, original.size, read, () => !token.isCancellationRequested);
  if (ended === "same file")
    throw new Error(vscode.l10n.t("A stream is not written over: give the copy another name."));
  if (ended === "cancelled") throw new vscode.CancellationError();
}
