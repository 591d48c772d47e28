/** A read-only editor for migration streams. The server reads the structure; bytes are read here, a piece at a time. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { InspectParams, InspectResult, StreamBytesParams } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { fillWebview, openSource } from "../pages/page";
import { ask } from "../requests";
import type { FromPage, StreamReading, ToPage } from "../shared/messages";
import { findInFile, readBytes, sizeOf } from "./file";
import { findBytes } from "./find";

const viewTypes = ["vmstate.stream", "vmstate.anyStream"];

/** Bytes between two words about how far a search is. */
const findReports = 64 << 20;

export function createStreamEditor(ctx: Ctx): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => showStream(ctx, uri, panel),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  return vscode.Disposable.from(
    ...viewTypes.map((type) => vscode.window.registerCustomEditorProvider(type, provider, options)),
  );
}

function showStream(ctx: Ctx, uri: vscode.Uri, panel: vscode.WebviewPanel): void {
  const name = basename(uri.path);
  let content: ToPage = { kind: "running", title: vscode.l10n.t("Reading {0}", name) };
  let generation = 0;
  let search = 0;
  /** The snapshot that is shown of a file with several. */
  let snapshot: string | undefined;
  /** Bytes of the stream where the file has something around it: the server reads those. */
  let within: number | undefined;
  const post = (message: ToPage): void => void panel.webview.postMessage(message);
  const show = (next: ToPage): void => {
    content = next;
    post(next);
  };

  let reading = new vscode.CancellationTokenSource();
  /** The bytes are there at once, the structure once the server has read it. A file that is being written is read anew. */
  const load = async (): Promise<void> => {
    reading.cancel();
    reading = new vscode.CancellationTokenSource();
    const { token } = reading;
    let own = ++generation;
    within = undefined;
    if (uri.scheme !== "file") return show(elsewhere(name));
    let size: number;
    try {
      size = await sizeOf(uri);
    } catch (error) {
      if (own === generation) show(unreadable(name, error));
      return;
    }
    const page = (known: StreamReading): void => {
      if (own === generation) show({ kind: "stream", name, size, generation: own, reading: known });
    };
    if (size === 0) return page({ kind: "failed", message: vscode.l10n.t("The file is empty.") });
    page({ kind: "reading" });
    const known = await inspect(ctx, uri, snapshot, name, token);
    if (own !== generation) return;
    if (known.kind === "read" && known.result.around !== undefined) {
      ({ size } = known.result);
      within = size;
      own = ++generation;
    }
    page(known);
  };

  const readWithin = async (offset: number, size: number): Promise<Uint8Array> => {
    const client = await ctx.whenRunning();
    if (!client) return new Uint8Array(0);
    const params: StreamBytesParams = {
      uri: uri.toString(),
      offset,
      size,
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    return Buffer.from(await client.sendRequest<string>(methods.streamBytes, params), "base64");
  };

  const find = async (pattern: Uint8Array, from: number): Promise<void> => {
    const own = ++search;
    let next = from + findReports;
    const goesOn = (offset: number): boolean => {
      if (offset >= next || offset + findReports < next) {
        next = offset + findReports;
        if (own === search) post({ kind: "finding", offset });
      }
      return own === search;
    };
    // A file that is gone has its own page by then.
    const looked =
      within === undefined
        ? findInFile(uri, pattern, from, goesOn)
        : findBytes({ size: within, read: readWithin }, pattern, from, goesOn);
    const found = await looked.catch(() => undefined);
    if (own !== search) return;
    post(found === undefined ? { kind: "notFound" } : { kind: "found", offset: found, size: pattern.length });
  };

  const receive = async (message: FromPage): Promise<void> => {
    switch (message.kind) {
      case "ready":
        return post(content);
      case "again":
        return load();
      case "snapshot":
        snapshot = message.id;
        return load();
      case "bytes": {
        const read =
          within === undefined
            ? readBytes(uri, message.offset, message.size)
            : readWithin(message.offset, message.size);
        const bytes = await read;
        return post({ kind: "bytes", offset: message.offset, bytes });
      }
      case "find":
        return find(Uint8Array.from(message.bytes), message.from);
      case "stopFinding":
        search++;
        return post({ kind: "notFound" });
      case "open":
        return openSource(treeOf(content), message.file, message.line);
      case "showOutput":
        return ctx.output.show();
      default:
        return;
    }
  };
  fillWebview(ctx, panel.webview, name, receive);
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), name),
  );
  const again = (): void => void load();
  watcher.onDidChange(again);
  watcher.onDidCreate(again);
  watcher.onDidDelete(again);
  panel.onDidDispose(() => {
    generation++;
    search++;
    reading.cancel();
    watcher.dispose();
  });
  again();
}

function treeOf(content: ToPage): string | undefined {
  return content.kind === "stream" && content.reading.kind === "read" ? content.reading.result.tree : undefined;
}

function elsewhere(name: string): ToPage {
  const message = vscode.l10n.t(
    "Its bytes are read by offset, which needs a file on a disk. Save it to one and open it there.",
  );
  return { kind: "failed", title: vscode.l10n.t("{0} cannot be shown", name), message };
}

function unreadable(name: string, error: unknown): ToPage {
  const title = vscode.l10n.t("{0} cannot be shown", name);
  const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
  const why = error instanceof Error ? error.message : String(error);
  return { kind: "failed", title, message: isGone ? vscode.l10n.t("The file is no longer there.") : why, again: true };
}

async function inspect(
  ctx: Ctx,
  uri: vscode.Uri,
  snapshot: string | undefined,
  name: string,
  unwanted: vscode.CancellationToken,
): Promise<StreamReading> {
  const client = await ctx.whenRunning();
  if (!client) return { kind: "failed", message: vscode.l10n.t("The language server is not running.") };
  const params: InspectParams = { uri: uri.toString(), ...(snapshot === undefined ? {} : { snapshot }) };
  const title = vscode.l10n.t("Reading {0}", name);
  const { Window } = vscode.ProgressLocation;
  const answer = await ask<InspectResult>(client, methods.inspect, params, title, Window, unwanted);
  if (answer.kind === "answer") return { kind: "read", result: answer.value };
  return { kind: "failed", message: answer.kind === "failed" ? answer.message : vscode.l10n.t("Cancelled.") };
}
