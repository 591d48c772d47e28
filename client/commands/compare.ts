/** What streams of one version do in another, and the other way round. */
import * as vscode from "vscode";
import { readFindings } from "../shared/compare";
import type { Side } from "../shared/compare";
import { diffArguments, nameOfSide, typedSide } from "../shared/sides";
import type { CompareSide, CompareSides } from "../shared/sides";
import { pickRevision } from "./revision";
import type { RevisionItem } from "./revision";
import type { Running } from "./running";

type Choice = CompareSide | "folder" | "file";

/** Asks what the tree is compared with; its page changes both. */
export async function runComparison(running: Running): Promise<void> {
  const old = await pickSide(running, vscode.l10n.t("Compare This Tree With…"), []);
  if (old) await compareSides(running, { old, new: { kind: "tree" } });
}

/** Asks for another one at a side of the page. */
export async function chooseSide(running: Running, side: Side): Promise<void> {
  const sides = running.pages.compared();
  if (!sides) return;
  const here: RevisionItem<Choice> = {
    label: `$(root-folder) ${vscode.l10n.t("Working tree")}`,
    description: vscode.l10n.t("as it is saved"),
    value: { kind: "tree" },
  };
  const title = side === "old" ? vscode.l10n.t("Compare From…") : vscode.l10n.t("Compare To…");
  const picked = await pickSide(running, title, [here]);
  if (picked) await compareSides(running, { ...sides, [side]: picked });
}

async function pickSide(
  { ctx }: Running,
  title: string,
  more: readonly RevisionItem<Choice>[],
): Promise<CompareSide | undefined> {
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  const folder = tree === undefined ? "" : vscode.Uri.parse(tree).fsPath;
  const picked = await pickRevision<Choice>(ctx, folder, title, [
    ...more,
    {
      label: `$(folder) ${vscode.l10n.t("Another source tree…")}`,
      description: vscode.l10n.t("a folder"),
      value: "folder",
    },
    {
      label: `$(file-binary) ${vscode.l10n.t("A dump or a stream…")}`,
      description: vscode.l10n.t("a file that -dump-vmstate or a migration wrote"),
      value: "file",
    },
  ]);
  if (picked === undefined) return undefined;
  if (picked === "folder" || picked === "file") return pickPath(title, picked === "folder");
  return "kind" in picked ? picked : typedSide(picked.revision);
}

async function pickPath(title: string, folders: boolean): Promise<CompareSide | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({ title, canSelectFolders: folders, canSelectFiles: !folders })) ?? [];
  return uri && { kind: "path", path: uri.fsPath };
}

/** Compares and shows it. */
export async function compareSides({ ctx, pages }: Running, sides: CompareSides): Promise<void> {
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  const [old, next] = [nameOfSide(sides.old), nameOfSide(sides.new)];
  const failed = (message: string): void =>
    pages.compare({ kind: "failed", title: vscode.l10n.t("{0} and {1} cannot be compared", old, next), message });
  if (tree === undefined) return failed(vscode.l10n.t("The QEMU tree of this window has not been read yet."));
  const folder = vscode.Uri.parse(tree).fsPath;
  const title = vscode.l10n.t("Comparing {0} and {1}", old, next);
  pages.compare({ kind: "running", title });
  const answer = await ctx.platform.runCli(ctx.extension, folder, diffArguments(folder, sides), title);
  if (answer.kind === "cancelled") return failed(vscode.l10n.t("It was cancelled before it came to an end."));
  if (answer.kind === "failed") return failed(answer.message);
  const findings = readFindings(answer.value.output);
  if (!findings) return failed(vscode.l10n.t("The answer cannot be read."));
  pages.compare({ kind: "compare", tree, sides, findings });
}
