import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { CommandArgument, OrderResult, SimulateParams, SimulateResult } from "../../server/protocol";
import { ask } from "../requests";
import type { Running } from "./index";
import { pickMachine } from "./machine";

/** Simulates the argument's machine, or the one that the person picks. */
export async function runSimulation(running: Running, argument: CommandArgument): Promise<void> {
  const { ctx, client, pages } = running;
  const machine = argument.machine ?? (await pickMachine(running, argument.uri));
  if (machine === undefined) return;
  const params: SimulateParams = { ...(argument.uri ? { uri: argument.uri } : {}), machine };
  const title = vscode.l10n.t("Simulating the migration of {0}", machine);
  pages.simulation({ kind: "running", title });
  const [simulated, order] = await Promise.all([
    ask<SimulateResult>(client, methods.simulate, params, title),
    ask<OrderResult>(client, methods.order, params, title, vscode.ProgressLocation.Window),
  ]);
  if (simulated.kind === "answer") {
    pages.simulation({
      kind: "simulation",
      result: simulated.value,
      order: order.kind === "answer" ? order.value : undefined,
    });
    return;
  }
  const message =
    simulated.kind === "cancelled" ? vscode.l10n.t("It was cancelled before it came to an end.") : simulated.message;
  if (simulated.kind === "failed") ctx.output.error(`vmstate/simulate: ${message}`);
  pages.simulation({ kind: "failed", title: vscode.l10n.t("The simulation did not run"), message });
}
