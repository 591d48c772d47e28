/** The language status item and the status bar: what the index knows, and how to get on from there. */
import * as vscode from "vscode";
import type { ServerStatus } from "../server/protocol";
import type { Ctx, Health } from "./ctx";

interface Appearance {
  readonly icon: string;
  readonly text: string;
  readonly detail: string;
  readonly severity: vscode.LanguageStatusSeverity;
  readonly busy: boolean;
}

const severities = {
  ok: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

export function createStatus(ctx: Ctx): vscode.Disposable {
  const language = vscode.languages.createLanguageStatusItem("vmstate.status", [
    { language: "c" },
    { language: "cpp", pattern: "**/*.{h,inc}" },
  ]);
  language.name = "VMState";
  const bar = vscode.window.createStatusBarItem("vmstate.status", vscode.StatusBarAlignment.Left, 0);
  bar.name = "VMState";
  const update = (health: Health): void => {
    const { icon, text, detail, severity, busy } = appearance(health);
    language.text = `VMState: ${text}`;
    language.detail = detail;
    language.severity = severity;
    language.busy = busy;
    language.command =
      health.kind === "stopped"
        ? { command: "vmstate.restartServer", title: vscode.l10n.t("Restart") }
        : { command: "vmstate.showOutput", title: vscode.l10n.t("Show Output") };
    bar.text = [`$(${icon}) VMState`, ...shortly(health)].join(" ");
    bar.accessibilityInformation = { label: `VMState: ${text}` };
    bar.tooltip = tooltip(text, detail, treeOf(health));
    bar.command = health.kind === "stopped" ? "vmstate.restartServer" : "vmstate.showMenu";
    bar.backgroundColor =
      severity === vscode.LanguageStatusSeverity.Error
        ? new vscode.ThemeColor("statusBarItem.errorBackground")
        : undefined;
  };
  update(ctx.health);
  bar.show();
  return vscode.Disposable.from(language, bar, ctx.onHealth(update));
}

/** `10.2.2 aarch64`, of a tree that is read. */
function shortly(health: Health): readonly string[] {
  if (health.kind !== "running" || health.status.state !== "ready") return [];
  const { version } = health.status;
  return [
    ...(version === undefined ? [] : [version]),
    vscode.workspace.getConfiguration("vmstate").get("target", "x86_64"),
  ];
}

/** Of several trees the one that is told of. */
function treeOf(health: Health): string | undefined {
  const tree = health.kind === "running" ? health.status.tree : undefined;
  return tree === undefined ? undefined : vscode.Uri.parse(tree).fsPath;
}

function appearance(health: Health): Appearance {
  switch (health.kind) {
    case "stopped":
      return {
        icon: "error",
        text: vscode.l10n.t("stopped"),
        detail: health.reason,
        severity: vscode.LanguageStatusSeverity.Error,
        busy: false,
      };
    case "starting":
      return {
        icon: "loading~spin",
        text: vscode.l10n.t("starting"),
        detail: "",
        severity: vscode.LanguageStatusSeverity.Information,
        busy: true,
      };
    case "running":
      return serverAppearance(health.status);
  }
}

function serverAppearance(status: ServerStatus): Appearance {
  const common = { detail: status.message, severity: severities[status.health] };
  switch (status.state) {
    case "indexing": {
      const share = status.filesTotal > 0 ? ` ${Math.floor((100 * status.files) / status.filesTotal)}%` : "";
      return { ...common, icon: "loading~spin", text: vscode.l10n.t("reading the tree{0}", share), busy: true };
    }
    case "ready": {
      const tree = status.version ? `QEMU ${status.version}` : vscode.l10n.t("QEMU tree");
      const target = vscode.workspace.getConfiguration("vmstate").get("target", "x86_64");
      const text = vscode.l10n.t("{0}, {1} descriptions for {2}", tree, status.descriptions, target);
      return { ...common, icon: status.health === "ok" ? "circuit-board" : "warning", text, busy: false };
    }
    case "no-tree":
      return { ...common, icon: "circle-slash", text: vscode.l10n.t("no QEMU tree in this window"), busy: false };
    case "failed":
      return { ...common, icon: "error", text: vscode.l10n.t("the tree cannot be read"), busy: false };
  }
}

function tooltip(text: string, detail: string, tree: string | undefined): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString("", true);
  markdown.isTrusted = {
    enabledCommands: ["vmstate.simulate", "vmstate.showLoadOrder", "vmstate.restartServer", "vmstate.showOutput"],
  };
  markdown.appendMarkdown(`**VMState** `);
  markdown.appendText(text);
  if (tree !== undefined) markdown.appendMarkdown("\n\n").appendText(tree);
  if (detail !== "") markdown.appendMarkdown("\n\n").appendText(detail);
  markdown.appendMarkdown(
    `\n\n---\n\n[$(play) ${vscode.l10n.t("Simulate Migration")}](command:vmstate.simulate)` +
      ` · [$(list-ordered) ${vscode.l10n.t("Load Order")}](command:vmstate.showLoadOrder)` +
      `\n\n[$(debug-restart) ${vscode.l10n.t("Restart Server")}](command:vmstate.restartServer)` +
      ` · [$(output) ${vscode.l10n.t("Output")}](command:vmstate.showOutput)`,
  );
  return markdown;
}
