/**
 * Files for a server that has no disk, or a folder that is on none: the editor's own file systems answer.
 *
 * Invariant: bounded, whatever the folder holds. Symbolic links are never followed.
 */
import * as vscode from "vscode";
import type { BaseLanguageClient, CancellationToken } from "vscode-languageclient";
import { fileMethods } from "../server/protocol";
import type { ListFilesParams, ListFilesResult, ReadFilesParams, ReadFilesResult } from "../server/protocol";

/** A little more than the server wants: C, Rust, QAPI's schemas, what tells how a tree is built, and where one begins. */
const wanted =
  /\.(?:[ch]|inc|hx|def|rs|mak)$|^qapi\/[\w-]+\.json$|(?:^|\/)(?:VERSION|Kconfig[^/]*|meson\.build|meson_options\.txt|Makefile\.\w+)$/;
const skipped: ReadonlySet<string> = new Set([".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv"]);
const deepest = 24;
const mostFiles = 100_000;
/** Bytes; a larger file is made by a machine. */
const largestFile = 16 << 20;
/** Requests to a file system at a time: it may sit behind a network. */
const atOnce = 16;

export function answerFiles(client: BaseLanguageClient): vscode.Disposable {
  return vscode.Disposable.from(
    client.onRequest(fileMethods.list, (params: ListFilesParams, token: CancellationToken) => list(params, token)),
    client.onRequest(fileMethods.read, (params: ReadFilesParams, token: CancellationToken) => read(params, token)),
  );
}

async function list({ folder, shallow }: ListFilesParams, token: CancellationToken): Promise<ListFilesResult> {
  const root = vscode.Uri.parse(folder, true);
  const paths: string[] = [];
  let level: readonly string[] = [""];
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const below: string[] = [];
    await inParallel(level, async (directory) => {
      if (token.isCancellationRequested || paths.length >= mostFiles) return;
      for (const [name, type] of await entriesOf(vscode.Uri.joinPath(root, directory))) {
        const path = directory === "" ? name : `${directory}/${name}`;
        if (type === vscode.FileType.Directory && !shallow && !skipped.has(name)) below.push(path);
        if (type === vscode.FileType.File && wanted.test(path)) paths.push(path);
      }
    });
    level = below;
  }
  return { paths: paths.slice(0, mostFiles) };
}

async function entriesOf(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}

async function read({ uris }: ReadFilesParams, token: CancellationToken): Promise<ReadFilesResult> {
  const texts: (string | null)[] = uris.map(() => null);
  const decoder = new TextDecoder();
  await inParallel([...uris.entries()], async ([index, uri]) => {
    if (token.isCancellationRequested) return;
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.parse(uri, true));
      if (bytes.length <= largestFile) texts[index] = decoder.decode(bytes);
    } catch {
      // Not there, or not to be read: null says so.
    }
  });
  return { texts };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
