import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { CommandArgument, OrderParams, OrderResult } from "../../server/protocol";
import { ask } from "../requests";
import type { Running } from "./running";
import { pickMachine } from "./machine";

/** Shows the order of a machine, or without one that of all descriptions of the tree. */
export function runOrder(running: Running, argument: CommandArgument): Promise<void> {
  return show(running, argument, "order");
}

/** The same as a drawing of who needs whom. */
export function runGraph(running: Running, argument: CommandArgument): Promise<void> {
  return show(running, argument, "graph");
}

async function show(
  { ctx, client, pages }: Running,
  argument: CommandArgument,
  kind: "order" | "graph",
): Promise<void> {
  const { uri, machine } = argument;
  const params: OrderParams = { ...(uri ? { uri } : {}), ...(machine ? { machine } : {}) };
  const title = vscode.l10n.t("Working out the load order");
  const answer = await ask<OrderResult>(client, methods.order, params, title, vscode.ProgressLocation.Window);
  if (answer.kind === "cancelled") return;
  if (answer.kind === "failed") {
    ctx.output.error(`vmstate/order: ${answer.message}`);
    pages[kind]({
      kind: "failed",
      title: vscode.l10n.t("The load order cannot be shown"),
      message: answer.message,
      purpose: "order",
    });
    return;
  }
  if (kind === "order") pages.order({ kind, result: answer.value, machine });
  else pages.graph({ kind, result: answer.value, machine });
}

/** Shows the order of a machine that the person picks. */
export async function runMachineOrder(running: Running, argument: CommandArgument): Promise<void> {
  const machine = argument.machine ?? (await pickMachine(running, argument.uri, vscode.l10n.t("Show Load Order")));
  if (machine !== undefined) await runOrder(running, { ...argument, machine });
}
