import * as vscode from "vscode";
import { explain } from "../shared/explain";
import { simulationMarkdown } from "../shared/markdown";
import type { ExportFormat, SimulationPage } from "../shared/messages";
import { simulationSvg } from "../shared/svg";
import { sourceColumn } from "./column";

const languages = { json: "json", markdown: "markdown", svg: "xml" } as const;

/** Opens the result as a document, to be saved or copied from. */
export async function exportSimulation(page: SimulationPage, format: ExportFormat): Promise<void> {
  const content = contentOf(page, format);
  const document = await vscode.workspace.openTextDocument({ language: languages[format], content });
  await vscode.window.showTextDocument(document, { viewColumn: sourceColumn() });
}

function contentOf({ result, order }: SimulationPage, format: ExportFormat): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(result, null, 2)}\n`;
    case "markdown":
      return simulationMarkdown(result, explain(result, order));
    case "svg":
      return simulationSvg(result, explain(result, order));
  }
}
