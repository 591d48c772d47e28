import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { methods } from "../../server/protocol";
import type { CommandArgument, OrderResult, SimulateParams, SimulateResult } from "../../server/protocol";
import { ask } from "../requests";
import type { Answer } from "../requests";
import { changesBetween } from "../shared/changes";
import type { Running } from "./running";
import { pickMachine } from "./machine";

/** Simulates the argument's machine, or the one that the person picks. */
export async function runSimulation(running: Running, argument: CommandArgument): Promise<void> {
  const { pages } = running;
  const machine = argument.machine ?? (await pickMachine(running, argument.uri, vscode.l10n.t("Simulate Migration")));
  if (machine === undefined) return;
  pages.simulation({ kind: "running", title: titleOf(machine) });
  await simulate(running, machine, argument.uri, vscode.ProgressLocation.Notification);
}

/** Runs the last simulation again, quietly: the page keeps its content until there is a new one. */
export async function repeatSimulation(running: Running): Promise<void> {
  const last = running.pages.lastSimulation();
  if (last) await simulate(running, last.machine, last.tree, vscode.ProgressLocation.Window);
}

async function simulate(
  { ctx, client, pages }: Running,
  machine: string,
  uri: string | undefined,
  location: vscode.ProgressLocation,
): Promise<void> {
  const before = pages.lastSimulation();
  const params: SimulateParams = { ...(uri ? { uri } : {}), machine };
  const [simulated, order] = await askBoth(client, params, titleOf(machine), location);
  if (simulated.kind === "answer") {
    pages.simulation({
      kind: "simulation",
      result: simulated.value,
      order: order.kind === "answer" ? order.value : undefined,
      changes: before?.machine === simulated.value.machine ? changesBetween(before, simulated.value) : undefined,
      watching: pages.watching(),
    });
    return;
  }
  const message =
    simulated.kind === "cancelled" ? vscode.l10n.t("It was cancelled before it came to an end.") : simulated.message;
  if (simulated.kind === "failed") ctx.output.error(`vmstate/simulate: ${message}`);
  pages.simulation({
    kind: "failed",
    title: vscode.l10n.t("The simulation did not run"),
    message,
    purpose: "simulate",
  });
}

/** The order comes along because the page says who needs whom; a simulation is shown without it, too. */
function askBoth(
  client: LanguageClient,
  params: SimulateParams,
  title: string,
  location: vscode.ProgressLocation,
): Promise<[Answer<SimulateResult>, Answer<OrderResult>]> {
  return Promise.all([
    ask<SimulateResult>(client, methods.simulate, params, title, location),
    ask<OrderResult>(client, methods.order, params, title, vscode.ProgressLocation.Window),
  ]);
}

function titleOf(machine: string): string {
  return vscode.l10n.t("Simulating the migration of {0}", machine);
}
