/** Shows a stream, or a copy of one, in an editor's page. The server reads the structure; bytes are read here, a piece at a time. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type {
  InspectParams,
  InspectResult,
  StreamBytesParams,
  TryLoadParams,
  TryLoadResult,
} from "../../server/protocol";
import type { Ctx } from "../ctx";
import { fillWebview, openSource } from "../pages/page";
import { ask } from "../requests";
import type { FromPage, StreamCopy, StreamReading, ToPage, TriedLoad } from "../shared/messages";
import { type Changed, runsOf } from "./changed";
import { type StreamDocument, uriOfCopy } from "./document";
import { readBytes, sizeOf } from "./file";
import { findBytes } from "./find";

/** Bytes between two words about how far a search is. */
const findReports = 64 << 20;

/** `edit` puts a change of the copy where it can be undone. */
export function showStream(
  ctx: Ctx,
  document: StreamDocument,
  panel: vscode.WebviewPanel,
  edit: (next: Changed) => void,
): void {
  const uri = document.file;
  const name = basename(document.uri.path);
  let content: ToPage = { kind: "running", title: vscode.l10n.t("Reading {0}", name) };
  let generation = 0;
  let search = 0;
  let tried: TriedLoad = { kind: "running" };
  let machine = "";
  const post = (message: ToPage): void => void panel.webview.postMessage(message);
  const show = (next: ToPage): void => {
    content = next;
    post(next);
  };
  const copy = (): StreamCopy => ({
    changed: runsOf(document.changed).map(({ offset, bytes }) => ({ offset, size: bytes.length })),
    tried,
    machine,
  });
  const page = (size: number, reading: StreamReading): void => {
    const own = document.isCopy ? { copy: copy() } : {};
    show({ kind: "stream", name, size, generation, reading, ...own });
  };

  let reading = new vscode.CancellationTokenSource();
  const readingAnew = (): vscode.CancellationToken => {
    reading.cancel();
    reading = new vscode.CancellationTokenSource();
    return reading.token;
  };
  /** The bytes are there at once, the structure once the server has read it. A file that is being written is read anew. */
  const load = async (): Promise<void> => {
    const token = readingAnew();
    let own = ++generation;
    if (uri.scheme !== "file") return show(elsewhere(name));
    let size: number;
    try {
      size = await sizeOf(uri);
    } catch (error) {
      if (own === generation) show(unreadable(name, error));
      return;
    }
    if (own !== generation) return;
    document.original = { size, read: (offset, count) => readBytes(uri, offset, count) };
    if (size === 0) return page(size, { kind: "failed", message: vscode.l10n.t("The file is empty.") });
    page(size, { kind: "reading" });
    const known = await inspect(ctx, document, name, token);
    if (own !== generation || token.isCancellationRequested) return;
    if (known.kind === "read" && known.result.around !== undefined) {
      // the bytes of the stream where the file has something around it: the server reads those
      ({ size } = known.result);
      document.original = { size, read: (offset, count) => readWithin(ctx, document, offset, count) };
      own = ++generation;
    }
    page(size, known);
    if (document.isCopy && known.kind === "read") await tryLoad(token);
  };
  /** The same file with other bytes: what is shown stays until the next is known. */
  const changed = async (): Promise<void> => {
    if (content.kind !== "stream") return;
    const token = readingAnew();
    const { size, reading: before } = content;
    tried = { kind: "running" };
    page(size, before);
    const known = await inspect(ctx, document, name, token);
    if (token.isCancellationRequested) return;
    page(size, known);
    if (known.kind === "read") await tryLoad(token);
  };
  const tryLoad = async (token: vscode.CancellationToken): Promise<void> => {
    const { Window } = vscode.ProgressLocation;
    const title = vscode.l10n.t("Loading {0}", name);
    const client = await ctx.whenRunning();
    if (!client || token.isCancellationRequested) return;
    const params: TryLoadParams = { ...asRead(document), ...(machine === "" ? {} : { machine }) };
    const answer = await ask<TryLoadResult>(client, methods.tryLoad, params, title, Window, token);
    if (token.isCancellationRequested || content.kind !== "stream") return;
    tried =
      answer.kind === "answer"
        ? { kind: "tried", result: answer.value }
        : { kind: "failed", message: answer.kind === "failed" ? answer.message : vscode.l10n.t("Cancelled.") };
    page(content.size, content.reading);
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
    const size = document.original?.size ?? 0;
    const read = (offset: number, count: number) => document.read(offset, count);
    // A file that is gone has its own page by then.
    const found = await findBytes({ size, read }, pattern, from, goesOn).catch(() => undefined);
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
        document.snapshot = message.id;
        return load();
      case "bytes": {
        const { offset, size } = message;
        return post({ kind: "bytes", offset, bytes: await document.read(offset, size) });
      }
      case "write": {
        const next = await document.with(message.offset, message.bytes);
        return next === undefined ? undefined : edit(next);
      }
      case "editCopy":
        await vscode.commands.executeCommand("vscode.openWith", uriOfCopy(document), panel.viewType, panel.viewColumn);
        return;
      case "undo":
        await vscode.commands.executeCommand("undo");
        return;
      case "loadInto":
        ({ machine } = message);
        return changed();
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
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), basename(uri.path)),
  );
  const again = (): void => void load();
  watcher.onDidChange(again);
  watcher.onDidCreate(again);
  watcher.onDidDelete(again);
  const edits = document.onDidChange(() => void changed());
  panel.onDidDispose(() => {
    generation++;
    search++;
    reading.cancel();
    watcher.dispose();
    edits.dispose();
  });
  again();
}

async function readWithin(
  ctx: Ctx,
  { file, snapshot }: StreamDocument,
  offset: number,
  size: number,
): Promise<Uint8Array> {
  const client = await ctx.whenRunning();
  if (!client) return new Uint8Array(0);
  const params: StreamBytesParams = {
    uri: file.toString(),
    offset,
    size,
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  return Buffer.from(await client.sendRequest<string>(methods.streamBytes, params), "base64");
}

/** What the server reads: the file, with the copy's bytes in it. */
function asRead({ file, snapshot, changed }: StreamDocument): InspectParams {
  const edits = runsOf(changed).map(({ offset, bytes }) => ({ offset, bytes: Buffer.from(bytes).toString("base64") }));
  return {
    uri: file.toString(),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(edits.length === 0 ? {} : { edits }),
  };
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
  document: StreamDocument,
  name: string,
  unwanted: vscode.CancellationToken,
): Promise<StreamReading> {
  const client = await ctx.whenRunning();
  if (!client) return { kind: "failed", message: vscode.l10n.t("The language server is not running.") };
  const title = vscode.l10n.t("Reading {0}", name);
  const { Window } = vscode.ProgressLocation;
  const answer = await ask<InspectResult>(client, methods.inspect, asRead(document), title, Window, unwanted);
  if (answer.kind === "answer") return { kind: "read", result: answer.value };
  return { kind: "failed", message: answer.kind === "failed" ? answer.message : vscode.l10n.t("Cancelled.") };
}
