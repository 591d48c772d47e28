/** Above each table: its priority and who depends on it, a way to simulate its migration, and what it leaves out. */
import type { CodeLens } from "vscode-languageserver";
import { CancellationToken, CodeLensRefreshRequest } from "vscode-languageserver";
import { coverageOf } from "../../core/code";
import { treeOrder } from "../../core/order";
import type { LoadOrder } from "../../core/order/order";
import type { VMStateDescription } from "../../core/vmstate/model";
import { isUnmigratable } from "../../core/check/tables";
import { plural } from "../../core/ide/text/style";
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
  const lens = (title: string, command: string, ...more: readonly unknown[]): CodeLens => ({
    range,
    command: { title, command, arguments: more.length === 0 ? [argument] : [...more] },
  });
  if (isUnmigratable(description)) return [lens("not migratable", clientCommands.expand)];
  const place = placeInOrder(order, description);
  const found =
    place === undefined ? [] : [lens(place, clientCommands.order), lens("Simulate", clientCommands.simulate)];
  const unsaved = coverageOf(project, description)?.unsaved ?? [];
  if (unsaved.length > 0) {
    const title = `${plural(unsaved.length, "member")} not in the table`;
    const places = unsaved.map((member) => toLocation(session, project, member.range ?? member.writes[0].range));
    found.push(lens(title, clientCommands.showReferences, uri, range.start, places));
  }
  found.push(lens(contents(description), clientCommands.expand));
  return found;
}

function contents(description: VMStateDescription): string {
  const fields = description.fields.filter((field) => !field.flagNames.includes("END")).length;
  const parts = [plural(fields, "field")];
  const { length } = description.subsections;
  if (length > 0) parts.push(plural(length, "subsection"));
  if (description.versionId.known) parts.push(`version ${description.versionId.value}`);
  return parts.join(", ");
}

/** `priority IOMMU · 20 dependents`; undefined for what is no section of its own: nested tables and subsections. */
function placeInOrder(order: LoadOrder, description: VMStateDescription): string | undefined {
  const entry = order.entries.find((each) => each.symbol === description.symbol && each.file === description.file);
  if (entry === undefined) return undefined;
  const name = nameOf(description);
  const prerequisites = new Set(order.edges.filter((edge) => edge.consumer === name).map((edge) => edge.provider)).size;
  const dependents = new Set(order.edges.filter((edge) => edge.provider === name).map((edge) => edge.consumer)).size;
  const parts = [`priority ${entry.level.replace(/^MIG_PRI_/, "")}`];
  if (dependents > 0) parts.push(plural(dependents, "dependent"));
  if (prerequisites > 0) parts.push(plural(prerequisites, "prerequisite"));
  return parts.join(" · ");
}
