/** Every command of the extension. Each has an answer of its own for a server that is down and a window without a tree. */
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { clientCommands } from "../../server/protocol";
import type { CommandArgument } from "../../server/protocol";
import type { Ctx } from "../ctx";
import { createPages } from "../pages/pages";
import { chooseBaseline } from "./baseline";
import { chooseSide, compareSides, runComparison } from "./compare";
import { runDebugger, runDebuggerOn } from "./debug";
import { chooseTree, openExample } from "./example";
import { confirmFinding, readPlace } from "./confirm";
import { showExpandedTable } from "./expand";
import { explainLog } from "./explainLog";
import { moveToLevel, readEntry } from "./moveLevel";
import { runGraph, runMachineOrder, runOrder } from "./order";
import { showMenu } from "./menu";
import { showReferences } from "./references";
import { toggleReview } from "./review";
import type { Running } from "./running";
import { chooseEnd, rearrange, repeatSimulation, runSimulation } from "./simulate";

export function registerCommands(ctx: Ctx): readonly vscode.Disposable[] {
  const move = async (entry: ReturnType<typeof readEntry>, level?: string): Promise<void> => {
    if (!(await clientOfTree(ctx))) return;
    await moveToLevel(ctx, entry, level);
    await vscode.commands.executeCommand("vmstate.refreshOrder");
  };
  const needsTree = (work: (running: Running, argument: CommandArgument) => Promise<void>) => {
    return async (argument?: unknown): Promise<void> => {
      const client = await clientOfTree(ctx);
      if (client) await work({ ctx, client, pages }, readArgument(argument));
    };
  };
  const simulate = needsTree(runSimulation);
  const order = needsTree(runOrder);
  const graph = needsTree(runGraph);
  const machineOrder = needsTree(runMachineOrder);
  const pages = createPages(ctx, {
    simulate: (machine) => simulate({ machine }),
    rearrange: async (to) => {
      const client = await clientOfTree(ctx);
      if (client) await rearrange({ ctx, client, pages }, to);
    },
    order: (machine) => order({ machine }),
    graph: (machine) => graph(machine === undefined ? undefined : { machine }),
    move: async (entry, machine) => {
      await move(entry);
      await graph(machine === undefined ? undefined : { machine });
    },
    compare: async (sides) => {
      const client = await clientOfTree(ctx);
      if (client) await compareSides({ ctx, client, pages }, sides);
    },
    chooseSide: async (side) => {
      const client = await clientOfTree(ctx);
      if (client) await chooseSide({ ctx, client, pages }, side);
    },
    chooseEnd: async (end) => {
      const client = await clientOfTree(ctx);
      if (client) await chooseEnd({ ctx, client, pages }, end);
    },
    chooseMachine: (purpose) => (purpose === "order" ? machineOrder() : simulate()),
  });
  const repeat = async (): Promise<void> => {
    if (ctx.running && pages.watching()) await repeatSimulation({ ctx, client: ctx.running, pages });
  };
  return [
    pages,
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (document.languageId === "c" || document.languageId === "cpp") void repeat();
    }),
    vscode.commands.registerCommand(clientCommands.simulate, simulate),
    vscode.commands.registerCommand(clientCommands.order, order),
    vscode.commands.registerCommand("vmstate.showGraph", graph),
    vscode.commands.registerCommand("vmstate.moveToLevel", (node?: unknown, level?: unknown) =>
      move(readEntry(node), typeof level === "string" ? level : undefined),
    ),
    vscode.commands.registerCommand("vmstate.showMachineLoadOrder", machineOrder),
    vscode.commands.registerCommand("vmstate.compare", needsTree(runComparison)),
    vscode.commands.registerCommand(clientCommands.confirm, (at?: unknown) =>
      needsTree((running) => confirmFinding(running, readPlace(at)))(),
    ),
    vscode.commands.registerCommand("vmstate.explainLog", (file?: unknown) =>
      needsTree((running) => explainLog(running, named(file, /\.log$/)))(),
    ),
    vscode.commands.registerCommand("vmstate.stepThroughLoad", (file?: unknown) => {
      const stream = named(file, /\.mig(\.\w+)?$/);
      return needsTree((running, argument) =>
        stream === undefined ? runDebugger(running, argument) : runDebuggerOn(stream),
      )(file);
    }),
    vscode.commands.registerCommand(clientCommands.showReferences, showReferences),
    vscode.commands.registerCommand(clientCommands.expand, showExpandedTable),
    vscode.commands.registerCommand(
      "vmstate.chooseBaseline",
      needsTree(async () => {
        const tree = ctx.health.kind === "running" ? ctx.health.status.tree : undefined;
        if (tree !== undefined) await chooseBaseline(ctx, vscode.Uri.parse(tree).fsPath);
      }),
    ),
    vscode.commands.registerCommand(
      "vmstate.toggleReview",
      needsTree(() => toggleReview()),
    ),
    vscode.commands.registerCommand("vmstate.showMenu", () => showMenu(ctx)),
    vscode.commands.registerCommand("vmstate.restartServer", () => restart(ctx)),
    vscode.commands.registerCommand("vmstate.showOutput", () => ctx.output.show()),
    vscode.commands.registerCommand("vmstate.openExample", () => openExample(ctx)),
    vscode.commands.registerCommand("vmstate.chooseTree", () => chooseTree()),
  ];
}

async function restart(ctx: Ctx): Promise<void> {
  try {
    await ctx.restart();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ctx.output.error(message);
    void vscode.window.showErrorMessage(vscode.l10n.t("VMState could not restart: {0}", message));
  }
}

/** The client where there is a tree to ask about; otherwise the person is told how to get on. */
async function clientOfTree(ctx: Ctx): Promise<BaseLanguageClient | undefined> {
  const client = await runningClient(ctx);
  if (!client || ctx.health.kind !== "running" || ctx.health.status.state !== "no-tree") return client;
  await offerExample(ctx);
  return undefined;
}

async function runningClient(ctx: Ctx): Promise<BaseLanguageClient | undefined> {
  const running = await ctx.whenRunning();
  if (running) return running;
  const again = vscode.l10n.t("Restart");
  const show = vscode.l10n.t("Show Output");
  const choice = await vscode.window.showWarningMessage(
    vscode.l10n.t("VMState's language server is not running."),
    again,
    show,
  );
  if (choice === show) ctx.output.show();
  if (choice !== again) return undefined;
  await restart(ctx);
  return ctx.running;
}

async function offerExample(ctx: Ctx): Promise<void> {
  const example = vscode.l10n.t("Open the Example");
  const choose = vscode.l10n.t("Choose a Tree…");
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      "There is no QEMU tree in this window. Open one as a folder, or try the example that comes with VMState.",
    ),
    example,
    choose,
  );
  if (choice === example) await openExample(ctx);
  if (choice === choose) await chooseTree();
}

/** The file that a menu of the explorer hands over, if its name is like this. */
function named(argument: unknown, name: RegExp): vscode.Uri | undefined {
  return argument instanceof vscode.Uri && name.test(argument.path) ? argument : undefined;
}

function readArgument(argument: unknown): CommandArgument {
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  const given: Readonly<Record<string, unknown>> =
    typeof argument === "object" && argument !== null ? { ...argument } : {};
  const uri = text(given.uri) ?? vscode.window.activeTextEditor?.document.uri.toString();
  const description = text(given.description);
  const machine = text(given.machine);
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(description === undefined ? {} : { description }),
    ...(machine === undefined ? {} : { machine }),
  };
}
