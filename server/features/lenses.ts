/** Above each table: when it loads and who needs it, what it holds, and a way to simulate its migration. */
import type { CodeLens } from "vscode-languageserver";
import { CancellationToken, CodeLensRefreshRequest } from "vscode-languageserver";
import { coverageOf } from "../../core/code";
import { treeOrder } from "../../core/order";
import type { LoadOrder } from "../../core/order/order";
import type { VMStateDescription } from "../../core/vmstate/model";
import { toLocation, toRange } from "../convert";
import { guarded, throwIfCancelled } from "../guard";
import { type Opened, openedFile } from "../locate";
import { clientCommands } from "../protocol";
import { nextTurn } from "../slices";
import { createAnswers } from "../stale";
import { nameOf } from "./symbols";
import type { Feature } from "./feature";

export const lenses: Feature = {
  capabilities: (client) => (client.clientCommands ? { codeLensProvider: { resolveProvider: false } } : {}),
  register(context) {
    const { connection, log, client, settings } = context;
    if (!client.clientCommands) return;
    const answer = async (uri: string, token: CancellationToken): Promise<CodeLens[] | null> => {
      const at = await openedFile(context, uri, token);
      if (at === undefined || at.project.descriptionsIn(at.path).length === 0) return null;
      await nextTurn();
      throwIfCancelled(token);
      const order = treeOrder(at.project);
      return at.project
        .descriptionsIn(at.path)
        .filter((each) => each.nameRange.file === at.path)
        .flatMap((each) => lensesOf(at, order, each, uri));
    };
    const refresh = () => connection.sendRequest(CodeLensRefreshRequest.type);
    const answers = createAnswers(context, "codeLens", client.lensRefresh ? refresh : undefined);
    connection.onCodeLens(
      guarded(log, "codeLens", null, async ({ textDocument: { uri } }, token): Promise<CodeLens[] | null> => {
        if (!settings().codeLens) return null;
        const found = await answer(uri, token);
        answers.told(uri, found, () => answer(uri, CancellationToken.None));
        return found;
      }),
    );
  },
};

function lensesOf(
  { session, project }: Opened,
  order: LoadOrder,
  description: VMStateDescription,
  uri: string,
): CodeLens[] {
  const range = toRange(project, description.nameRange);
  const argument = { uri, description: description.symbol };
  const found: CodeLens[] = [
    { range, command: { title: contents(description), command: clientCommands.expand, arguments: [argument] } },
  ];
  const unsaved = coverageOf(project, description)?.unsaved ?? [];
  if (unsaved.length > 0) {
    const title = `${unsaved.length} struct member${unsaved.length === 1 ? "" : "s"} not migrated`;
    const places = unsaved.map((member) => toLocation(session, project, member.range ?? member.writes[0].range));
    found.push({
      range,
      command: { title, command: clientCommands.showReferences, arguments: [uri, range.start, places] },
    });
  }
  const place = placeInOrder(order, description);
  if (place === undefined) return found;
  found.unshift({ range, command: { title: place, command: clientCommands.order, arguments: [argument] } });
  found.push({
    range,
    command: { title: "simulate migration", command: clientCommands.simulate, arguments: [argument] },
  });
  return found;
}

function contents(description: VMStateDescription): string {
  const fields = description.fields.filter((field) => !field.flagNames.includes("END")).length;
  const parts = [`${fields} field${fields === 1 ? "" : "s"}`];
  const { length } = description.subsections;
  if (length > 0) parts.push(`${length} subsection${length === 1 ? "" : "s"}`);
  if (description.versionId.known) parts.push(`version ${description.versionId.value}`);
  return parts.join(", ");
}

/** undefined for what is no section of its own: nested tables and subsections. */
function placeInOrder(order: LoadOrder, description: VMStateDescription): string | undefined {
  const entry = order.entries.find((each) => each.symbol === description.symbol && each.file === description.file);
  if (entry === undefined) return undefined;
  const name = nameOf(description);
  const needs = new Set(order.edges.filter((edge) => edge.consumer === name).map((edge) => edge.provider)).size;
  const needed = new Set(order.edges.filter((edge) => edge.provider === name).map((edge) => edge.consumer)).size;
  // The highest level comes first. Inside a level a machine decides, so a tree has no place there.
  const above = order.entries.findIndex((each) => each.level === entry.level);
  const isAlone = order.entries.every((each) => each.level === entry.level);
  const place = above > 0 ? `, behind ${above} of ${order.entries.length}` : isAlone ? "" : ", first of all";
  const parts = [`loads at ${entry.level}${place}`];
  if (needed > 0) parts.push(`${needed} need${needed === 1 ? "s" : ""} it first`);
  if (needs > 0) parts.push(`needs ${needs} first`);
  return parts.join("; ");
}
