import * as vscode from "vscode";
import type { Ctx } from "../ctx";
import { type SavedFormat, simulateArguments } from "../shared/ends";
import { explain } from "../shared/explain";
import { simulationMarkdown } from "../shared/markdown";
import type { ExportFormat, SimulationPage } from "../shared/messages";
import { simulationSvg } from "../shared/svg";
import { sourceColumn } from "./column";

const languages = { json: "json", markdown: "markdown", svg: "xml" } as const;

/** What another process is to read a tree for, as the server does. */
export function targetOf(): string {
  return vscode.workspace.getConfiguration("vmstate").get("target", "");
}

/** Opens the result as a document, to be saved or copied from, or saves a file that other programs open. */
export async function exportSimulation(ctx: Ctx, page: SimulationPage, format: ExportFormat): Promise<void> {
  if (format === "html" || format === "perfetto") return save(ctx, page, format);
  const content = contentOf(page, format);
  const document = await vscode.workspace.openTextDocument({ language: languages[format], content });
  await vscode.window.showTextDocument(document, { viewColumn: sourceColumn() });
}

/** The command line writes it, and simulates anew for that: of files as they are saved. */
async function save(ctx: Ctx, { result, ends }: SimulationPage, format: SavedFormat): Promise<void> {
  const tree = vscode.Uri.parse(result.tree);
  const name = format === "html" ? "migration.html" : "migration.perfetto.json";
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(tree, "..", name) });
  if (target === undefined) return;
  const argv = simulateArguments(tree.fsPath, result.machine, ends, { format, target: targetOf() });
  const answer = await ctx.platform.runCli(ctx.extension, tree.fsPath, argv, vscode.l10n.t("Writing {0}", name));
  if (answer.kind === "cancelled") return;
  if (answer.kind === "failed") {
    void vscode.window.showErrorMessage(vscode.l10n.t("{0} was not written: {1}", name, answer.message));
    return;
  }
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(answer.value.output));
}

function contentOf({ result, order }: SimulationPage, format: Exclude<ExportFormat, SavedFormat>): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(result, null, 2)}\n`;
    case "markdown":
      return simulationMarkdown(result, explain(result, order));
    case "svg":
      return simulationSvg(result, explain(result, order));
  }
}
