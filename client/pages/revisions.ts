/** Files of the two that are compared: those of a git revision are read-only documents of their own. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { insideTree } from "../shared/messages";
import type { ComparePage, FromPage } from "../shared/messages";
import { openSource, showPlace } from "./page";

const scheme = "vmstate-revision";

interface Address {
  readonly folder: string;
  readonly revision: string;
}

/** Gives the editor the texts of documents that {@link openAtSide} opens. */
export function createRevisions(ctx: Ctx): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async (uri) => {
      const address = readAddress(uri.query);
      const file = insideTree(uri.path.slice(1));
      const text = address && file && (await ctx.platform.textAt(address.folder, address.revision, file));
      if (text === undefined) throw new Error(vscode.l10n.t("{0} cannot be read from git.", uri.path.slice(1)));
      return text;
    },
  });
}

/** Opens a place of the side that the message names, of the new one where it names none. */
export async function openAtSide(
  { tree, sides }: ComparePage,
  { file, line, side }: Extract<FromPage, { kind: "open" }>,
): Promise<void> {
  const from = sides[side ?? "new"];
  const path = insideTree(file);
  if (path === undefined) return;
  switch (from.kind) {
    case "tree":
      return openSource(tree, path, line);
    case "path":
      return openSource(vscode.Uri.file(from.path).toString(), path, line);
    case "revision": {
      const address: Address = { folder: vscode.Uri.parse(tree).fsPath, revision: from.revision };
      await showPlace(vscode.Uri.from({ scheme, path: `/${path}`, query: JSON.stringify(address) }), line);
    }
  }
}

function readAddress(query: string): Address | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(query);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { folder, revision }: Readonly<Record<string, unknown>> = { ...parsed };
  return typeof folder === "string" && typeof revision === "string" ? { folder, revision } : undefined;
}
