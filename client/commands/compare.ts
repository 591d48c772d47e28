/** What streams of an older version do in the tree as it stands, and the other way round. */
import * as vscode from "vscode";
import { runCli } from "../runCli";
import { readFindings } from "../shared/compare";
import type { Running } from "./running";

const lastKey = "vmstate.lastRevision";

export async function runComparison({ ctx, pages }: Running): Promise<void> {
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  if (tree === undefined) return;
  const folder = vscode.Uri.parse(tree).fsPath;
  const revision = await vscode.window.showInputBox({
    title: vscode.l10n.t("Compare With an Older Version"),
    prompt: vscode.l10n.t(
      "A git revision, another source tree, or a file that -dump-vmstate wrote. Saved files count.",
    ),
    value: ctx.extension.workspaceState.get(lastKey, "HEAD"),
    validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("Name a version.") : undefined),
  });
  if (revision === undefined) return;
  const old = revision.trim();
  await ctx.extension.workspaceState.update(lastKey, old);
  const title = vscode.l10n.t("Comparing with {0}", old);
  pages.compare({ kind: "running", title });
  const argv = ["diff", "--tree", folder, "--format", "json", "--", old, folder];
  const answer = await runCli(ctx, folder, argv, title);
  const failed = (message: string): void =>
    pages.compare({ kind: "failed", title: vscode.l10n.t("{0} cannot be compared", old), message });
  if (answer.kind === "cancelled") return failed(vscode.l10n.t("It was cancelled before it came to an end."));
  if (answer.kind === "failed") return failed(answer.message);
  const findings = readFindings(answer.value.output);
  if (!findings) return failed(vscode.l10n.t("The answer cannot be read."));
  pages.compare({ kind: "compare", tree, old, findings });
}
