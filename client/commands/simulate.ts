import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { CommandArgument, OrderParams, OrderResult, SimulateMove, SimulateParams } from "../../server/protocol";
import type { SimulateResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { ask } from "../requests";
import type { Answer } from "../requests";
import { targetOf } from "../pages/export";
import { changesBetween } from "../shared/changes";
import { isSameTree, readReport, simulateArguments } from "../shared/ends";
import type { DestinationEnd, Ends, SourceEnd } from "../shared/ends";
import type { Running } from "./running";
import { pickMachine } from "./machine";
import { pickRevision } from "./revision";
import type { RevisionItem } from "./revision";

/** Simulates the argument's machine, or the one that the person picks. */
export async function runSimulation(running: Running, argument: CommandArgument): Promise<void> {
  const { pages } = running;
  // A stream says by itself which machine wrote it.
  const given = argument.machine ?? (pages.ends().source.kind === "stream" ? "" : undefined);
  const machine = given ?? (await pickMachine(running, argument.uri, vscode.l10n.t("Simulate Migration")));
  if (machine === undefined) return;
  pages.simulation({ kind: "running", title: titleOf(machine) });
  await simulate(running, machine, argument.uri, vscode.ProgressLocation.Notification);
}

/** Runs the last simulation again, quietly: the page keeps its content until there is a new one. */
export async function repeatSimulation(running: Running): Promise<void> {
  const last = running.pages.lastSimulation();
  if (last) await simulate(running, last.machine, last.tree, vscode.ProgressLocation.Window, last.moved?.move);
}

/** The last simulation with a section elsewhere in the stream; without a move as the handler list says. */
export async function rearrange(running: Running, move: SimulateMove | undefined): Promise<void> {
  const last = running.pages.lastSimulation();
  if (last) await simulate(running, last.machine, last.tree, vscode.ProgressLocation.Window, move);
}

async function simulate(
  { ctx, client, pages }: Running,
  machine: string,
  uri: string | undefined,
  location: vscode.ProgressLocation,
  move?: SimulateMove,
): Promise<boolean> {
  const before = pages.lastSimulation();
  const ends = pages.ends();
  const params: OrderParams = { ...(uri ? { uri } : {}), machine };
  const moving: SimulateParams = { ...params, ...(move === undefined ? {} : { move }) };
  const [simulated, order] = await Promise.all([
    isSameTree(ends)
      ? ask<SimulateResult>(client, methods.simulate, moving, titleOf(machine), location)
      : betweenVersions(ctx, machine, ends),
    // The page says who needs whom; a simulation is shown without it, too.
    ask<OrderResult>(client, methods.order, params, titleOf(machine), vscode.ProgressLocation.Window),
  ]);
  if (simulated.kind === "answer") {
    pages.simulation({
      kind: "simulation",
      result: simulated.value,
      order: order.kind === "answer" ? order.value : undefined,
      changes: before?.machine === simulated.value.machine ? changesBetween(before, simulated.value) : undefined,
      watching: pages.watching(),
      ends,
    });
    return true;
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
  return false;
}

/** Two versions, or a stream, take a process of their own: it reads trees that the server has not. */
async function betweenVersions(ctx: Ctx, machine: string, ends: Ends): Promise<Answer<SimulateResult>> {
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  if (tree === undefined) return { kind: "failed", message: vscode.l10n.t("There is no QEMU tree in this window.") };
  const folder = vscode.Uri.parse(tree).fsPath;
  const started = performance.now();
  const answer = await ctx.platform.runCli(
    ctx.extension,
    folder,
    simulateArguments(folder, machine, ends, { target: targetOf() }),
    titleOf(machine),
  );
  if (answer.kind !== "answer") return answer;
  const value = readReport(answer.value.output, { tree, machine, milliseconds: performance.now() - started });
  return value ? { kind: "answer", value } : { kind: "failed", message: vscode.l10n.t("The answer cannot be read.") };
}

/** Asks where the migration starts or arrives, and simulates it anew. */
export async function chooseEnd(running: Running, end: "source" | "destination"): Promise<void> {
  const { ctx, pages } = running;
  const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
  if (tree === undefined) return;
  const here: RevisionItem<DestinationEnd | "file"> = {
    label: `$(root-folder) ${vscode.l10n.t("Working tree")}`,
    description: vscode.l10n.t("as it stands"),
    value: { kind: "tree" },
  };
  const file: RevisionItem<DestinationEnd | "file"> = {
    label: `$(file-binary) ${vscode.l10n.t("A stream file…")}`,
    description: vscode.l10n.t("that QEMU wrote"),
    value: "file",
  };
  const title = end === "source" ? vscode.l10n.t("Migrate From…") : vscode.l10n.t("Migrate To…");
  const picked = await pickRevision(
    ctx,
    vscode.Uri.parse(tree).fsPath,
    title,
    end === "source" ? [here, file] : [here],
  );
  if (picked === undefined) return;
  const chosen: SourceEnd | undefined =
    picked === "file" ? await pickStream() : "kind" in picked ? picked : { kind: "revision", ...picked };
  if (chosen === undefined) return;
  const ends = pages.ends();
  if (end === "source") pages.setEnds({ ...ends, source: chosen });
  else if (chosen.kind !== "stream") pages.setEnds({ ...ends, destination: chosen });
  const last = pages.lastSimulation();
  if (!last) return;
  const machine = chosen.kind === "stream" ? "" : last.machine;
  // What cannot be simulated is not kept: the next run starts from what could.
  if (!(await simulate(running, machine, last.tree, vscode.ProgressLocation.Notification))) pages.setEnds(ends);
}

async function pickStream(): Promise<SourceEnd | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t("Migration Stream") })) ?? [];
  return uri && { kind: "stream", path: uri.fsPath };
}

function titleOf(machine: string): string {
  return vscode.l10n.t("Simulating the migration of {0}", machine);
}
