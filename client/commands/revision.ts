/** The picker for a version of the tree: tags, branches, or whatever a person types. */
import * as vscode from "vscode";
import type { Ctx } from "../ctx";

export interface RevisionItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** What was picked: one of `first`, or a revision by its text; undefined when the person thinks better of it. */
export function pickRevision<T>(
  ctx: Ctx,
  folder: string,
  title: string,
  first: readonly RevisionItem<T>[],
): Promise<T | { readonly revision: string } | undefined> {
  type Item = RevisionItem<T | { readonly revision: string }>;
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = title;
  picker.placeholder = vscode.l10n.t("A tag, a branch, or any git revision");
  picker.matchOnDescription = true;
  picker.items = first;
  picker.busy = true;
  let known: readonly Item[] = first;
  const named = (name: string, description: string, icon: string): Item => ({
    label: `$(${icon}) ${name}`,
    description,
    value: { revision: name },
  });
  const shown = (typed: string): readonly Item[] => {
    const text = typed.trim();
    const isNew = text !== "" && !known.some(({ label }) => label.endsWith(` ${text}`));
    return isNew ? [...known, { ...named(text, vscode.l10n.t("use this"), "git-commit"), alwaysShow: true }] : known;
  };
  void ctx.platform.refs(folder).then((refs) => {
    known = [...first, ...refs.map(({ name, date, tag }) => named(name, date, tag ? "tag" : "git-branch"))];
    picker.items = shown(picker.value);
    picker.busy = false;
  });
  return new Promise((resolve) => {
    let result: T | { readonly revision: string } | undefined;
    picker.onDidChangeValue((value) => {
      picker.items = shown(value);
    });
    picker.onDidAccept(() => {
      result = picker.selectedItems[0]?.value;
      picker.hide();
    });
    picker.onDidHide(() => {
      picker.dispose();
      resolve(result);
    });
    picker.show();
  });
}
