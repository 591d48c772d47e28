import * as vscode from "vscode";
import { explain } from "../shared/explain";
import { simulationMarkdown } from "../shared/markdown";
import type { SimulationPage } from "../shared/messages";

/** Opens the result as a document, to be saved or copied from. */
export async function exportSimulation(page: SimulationPage, format: "json" | "markdown"): Promise<void> {
  const { result, order } = page;
  const content =
    format === "json" ? `${JSON.stringify(result, null, 2)}\n` : simulationMarkdown(result, explain(result, order));
  const document = await vscode.workspace.openTextDocument({ language: format, content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
}
