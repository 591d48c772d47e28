/** Puts a table at another level by editing its source, and says what that changed. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { MoveParams, MoveResult, OrderEntry, OrderParams, OrderResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { ask } from "../requests";
import { moveSentence } from "../shared/moved";
import { sourceColumn } from "../pages/column";

type Entry = Pick<OrderEntry, "symbol" | "file" | "level">;

/** Reads a node of the load order view, as the editor hands it over; undefined for anything else. */
export function readEntry(node: unknown): Entry | undefined {
  if (typeof node !== "object" || node === null || !("entry" in node)) return undefined;
  const { entry } = node;
  if (typeof entry !== "object" || entry === null) return undefined;
  const { symbol, file, level }: Readonly<Record<string, unknown>> = { ...entry };
  return typeof symbol === "string" && typeof file === "string" && typeof level === "string"
    ? { symbol, file, level }
    : undefined;
}

/** Asks for what is not given: the entry, the level. */
export async function moveToLevel(ctx: Ctx, given: Entry | undefined, level?: string): Promise<void> {
  const client = ctx.running;
  if (!client) return;
  const title = vscode.l10n.t("Working out the load order");
  const asked = await ask<OrderResult>(client, methods.order, {}, title, vscode.ProgressLocation.Window);
  if (asked.kind === "failed") void vscode.window.showErrorMessage(asked.message);
  if (asked.kind !== "answer") return;
  const before = asked.value;
  const entry = given ?? (await pickEntry(before));
  if (!entry) return;
  const chosen = level ?? (await pickLevel(before, entry));
  if (chosen === undefined || chosen === entry.level) return;
  const params: MoveParams = { uri: before.tree, symbol: entry.symbol, file: entry.file, level: chosen };
  try {
    await apply(await client.sendRequest<MoveResult>(methods.move, params));
    const after = await client.sendRequest<OrderResult>(methods.order, { uri: before.tree } satisfies OrderParams);
    const sentence = moveSentence(entry.symbol, chosen, before.edges, after.edges);
    void vscode.window.showInformationMessage(`${sentence} ${vscode.l10n.t("The file is not saved yet.")}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(
      vscode.l10n.t("{0} stays where it is: {1}", entry.symbol || entry.file, message),
    );
  }
}

async function apply({ uri, version, edits }: MoveResult): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  if (version !== null && document.version !== version)
    throw new Error(vscode.l10n.t("the file has changed meanwhile"));
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of edits) {
    const { start, end } = range;
    edit.replace(document.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t("the editor refused the edit"));
  const line = edits[0]?.range.start.line ?? 0;
  await vscode.window.showTextDocument(document, {
    viewColumn: sourceColumn(),
    preserveFocus: true,
    selection: new vscode.Range(line, 0, line, 0),
  });
}

async function pickEntry({ entries, tree }: OrderResult): Promise<Entry | undefined> {
  const open = vscode.window.activeTextEditor?.document.uri.toString() ?? "";
  const here = open.startsWith(`${tree}/`) ? decodeURIComponent(open.slice(tree.length + 1)) : "";
  const own = entries.filter((entry) => entry.file === here);
  const items = (own.length > 0 ? own : entries).map((entry) => ({
    label: entry.idstr,
    description: entry.symbol,
    detail: `${entry.level} · ${entry.file}`,
    entry,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Change Migration Priority"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.entry;
}

async function pickLevel({ levels, entries }: OrderResult, entry: Entry): Promise<string | undefined> {
  const used = new Set(entries.map(({ level }) => level));
  const items = [...levels]
    .reverse()
    .filter(({ name }) => !/^MIG_PRI_(MAX|UNINITIALIZED)$/.test(name) || used.has(name))
    .map(({ name, value, comment }) => ({
      label: name === entry.level ? `$(check) ${name}` : name,
      description: String(value),
      detail: comment,
      level: name,
    }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Level of {0}: higher loads first", entry.symbol),
  });
  return picked?.level;
}
