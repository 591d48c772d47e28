/** The pages beside the editor. Each is made when first needed and keeps its last content until it is closed. */
import * as vscode from "vscode";
import type { SimulateResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import type { ComparePage, FailedPage, FromPage, OrderPage, RunningPage, SimulationPage } from "../shared/messages";
import { exportSimulation } from "./export";
import { createPage } from "./page";

export interface PageHandlers {
  readonly simulate: (machine: string) => Promise<void>;
  readonly order: (machine: string) => Promise<void>;
  readonly chooseMachine: (purpose: "simulate" | "order") => Promise<void>;
}

export interface Pages extends vscode.Disposable {
  simulation(content: SimulationPage | RunningPage | FailedPage): void;
  order(content: OrderPage | RunningPage | FailedPage): void;
  compare(content: ComparePage | RunningPage | FailedPage): void;
  /** The last result that the open page shows or showed; undefined when the page is closed. */
  lastSimulation(): SimulateResult | undefined;
  /** Whether the page asks to run again on save. */
  watching(): boolean;
}

export function createPages(ctx: Ctx, handlers: PageHandlers): Pages {
  let last: SimulationPage | undefined;
  let watching = false;
  const receive = async (message: FromPage): Promise<void> => {
    switch (message.kind) {
      case "simulate":
        return handlers.simulate(message.machine);
      case "order":
        return handlers.order(message.machine);
      case "chooseMachine":
        return handlers.chooseMachine(message.purpose);
      case "showOutput":
        return ctx.output.show();
      case "watch":
        watching = message.on;
        return;
      case "export":
        return last ? exportSimulation(last, message.format) : undefined;
      case "ready":
      case "open":
      case "bytes":
      case "symbol":
        return;
    }
  };
  const simulation = createPage(ctx, {
    type: "vmstate.simulation",
    title: vscode.l10n.t("Migration"),
    receive,
    closed: () => {
      last = undefined;
      watching = false;
    },
  });
  const order = createPage(ctx, {
    type: "vmstate.order",
    title: vscode.l10n.t("Load Order"),
    receive,
    closed: () => undefined,
  });
  const compare = createPage(ctx, {
    type: "vmstate.compare",
    title: vscode.l10n.t("Versions"),
    receive,
    closed: () => undefined,
  });
  return {
    simulation(content) {
      if (content.kind === "simulation") last = content;
      simulation.show(content);
    },
    order: (content) => order.show(content),
    compare: (content) => compare.show(content),
    lastSimulation: () => last?.result,
    watching: () => watching,
    dispose() {
      simulation.dispose();
      order.dispose();
      compare.dispose();
    },
  };
}
