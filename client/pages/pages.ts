/** The pages beside the editor. Each is made when first needed and keeps its last content until it is closed. */
import * as vscode from "vscode";
import type { SimulateMove, SimulateResult } from "../../server/protocol";
import type { Ctx } from "../ctx";
import type {
  ComparePage,
  FailedPage,
  FromPage,
  GraphPage,
  OrderPage,
  RunningPage,
  SimulationPage,
} from "../shared/messages";
import { sameTree } from "../shared/ends";
import type { Ends } from "../shared/ends";
import type { Side } from "../shared/compare";
import type { PageState } from "../shared/pageState";
import type { CompareSides } from "../shared/sides";
import { exportSimulation } from "./export";
import { createPage } from "./page";
import { openAtSide } from "./revisions";

export type MoveMessage = Pick<Extract<FromPage, { kind: "move" }>, "symbol" | "file" | "level">;

export interface PageHandlers {
  readonly simulate: (machine: string) => Promise<void>;
  /** The last simulation with a section elsewhere in the stream. */
  readonly rearrange: (move: SimulateMove | undefined) => Promise<void>;
  readonly order: (machine: string) => Promise<void>;
  readonly graph: (machine: string | undefined) => Promise<void>;
  /** Asks for a level and edits the source; then the graph is drawn anew. */
  readonly move: (entry: MoveMessage, machine: string | undefined) => Promise<void>;
  readonly compare: (sides: CompareSides) => Promise<void>;
  /** Asks for another one to compare. */
  readonly chooseSide: (side: Side) => Promise<void>;
  readonly chooseEnd: (end: "source" | "destination") => Promise<void>;
  readonly chooseMachine: (purpose: "simulate" | "order") => Promise<void>;
}

export interface Pages extends vscode.Disposable {
  simulation(content: SimulationPage | RunningPage | FailedPage): void;
  order(content: OrderPage | RunningPage | FailedPage): void;
  graph(content: GraphPage | RunningPage | FailedPage): void;
  compare(content: ComparePage | RunningPage | FailedPage): void;
  /** What the compare page sets side by side; undefined when it is closed. */
  compared(): CompareSides | undefined;
  /** The last result that the open page shows or showed; undefined when the page is closed. */
  lastSimulation(): SimulateResult | undefined;
  /** What the next simulation runs between. */
  ends(): Ends;
  setEnds(ends: Ends): void;
  /** Whether the page asks to run again on save. */
  watching(): boolean;
}

export function createPages(ctx: Ctx, handlers: PageHandlers): Pages {
  let last: SimulationPage | undefined;
  let ordered: OrderPage | undefined;
  let drawn: GraphPage | undefined;
  let compared: ComparePage | undefined;
  let watching = false;
  let ends = sameTree;
  const receive = async (message: FromPage): Promise<void> => {
    switch (message.kind) {
      case "simulate":
        return handlers.simulate(message.machine);
      case "rearrange":
        return handlers.rearrange(message.move);
      case "order":
        return handlers.order(message.machine);
      case "graph":
        return handlers.graph(ordered?.machine);
      case "move":
        return handlers.move(message, drawn?.machine);
      case "chooseEnd":
        return handlers.chooseEnd(message.end);
      case "chooseSide":
        return handlers.chooseSide(message.side);
      case "chooseMachine":
        return handlers.chooseMachine(message.purpose);
      case "showOutput":
        return ctx.output.show();
      case "watch":
        watching = message.on;
        return;
      case "export":
        return last ? exportSimulation(ctx, last, message.format) : undefined;
      case "ready":
      case "open":
      case "bytes":
      case "widen":
        return;
    }
  };
  const restored = async (state: PageState): Promise<void> => {
    switch (state.kind) {
      case "simulation":
        return handlers.simulate(state.machine);
      case "order":
        return handlers.order(state.machine ?? "");
      case "graph":
        return handlers.graph(state.machine);
      case "compare":
        return handlers.compare(state.sides);
    }
  };
  const simulation = createPage(ctx, {
    type: "vmstate.simulation",
    title: vscode.l10n.t("Migration"),
    receive,
    closed: () => {
      last = undefined;
      watching = false;
      ends = sameTree;
    },
    restored,
  });
  const order = createPage(ctx, {
    type: "vmstate.order",
    title: vscode.l10n.t("Load Order"),
    receive,
    closed: () => undefined,
    restored,
  });
  const graph = createPage(ctx, {
    type: "vmstate.graph",
    title: vscode.l10n.t("Dependencies"),
    receive,
    closed: () => undefined,
    restored,
  });
  const compare = createPage(ctx, {
    type: "vmstate.compare",
    title: vscode.l10n.t("Versions"),
    receive,
    open: async (message) => (compared ? openAtSide(compared, message) : undefined),
    closed: () => {
      compared = undefined;
    },
    restored,
  });
  return {
    simulation(content) {
      if (content.kind === "simulation") last = content;
      simulation.show(content);
    },
    order(content) {
      if (content.kind === "order") ordered = content;
      order.show(content);
    },
    graph(content) {
      if (content.kind === "graph") drawn = content;
      graph.show(content);
    },
    compare(content) {
      if (content.kind === "compare") compared = content;
      compare.show(content);
    },
    compared: () => compared?.sides,
    lastSimulation: () => last?.result,
    ends: () => ends,
    setEnds: (next) => {
      ends = next;
    },
    watching: () => watching,
    dispose() {
      simulation.dispose();
      order.dispose();
      graph.dispose();
      compare.dispose();
    },
  };
}
