import type { Command } from "commander";
import { levelPlan, orderDot, orderMarkdown, orderMermaid, treeOrder } from "../core/order";
import type { LoadOrder } from "../core/order/order";
import { machineOrder } from "../core/emulator";
import { jsonText, printable } from "../core/printable";
import type { Project } from "../core/project/project";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import {
  buildOption,
  configOption,
  formatOption,
  machineOption,
  targetOption,
  treatAsOption,
  treeOption,
  noCacheOption,
} from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { orderText } from "../core/ide/text/order";
import { styleFor } from "./style";

interface OrderOptions extends TreeOptions {
  readonly format: "human" | "json" | "markdown" | "dot" | "mermaid";
  readonly machine?: string;
  readonly treatAs?: string;
  readonly all?: true;
}

export function registerOrder(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("order")
    .summary("show in which order devices are saved and loaded")
    .description(
      "Shows in which order devices are saved and loaded, and which of them need another one to be loaded first.",
    )
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(noCacheOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(machineOption())
    .addOption(treatAsOption())
    .addOption(formatOption("markdown", "dot", "mermaid"))
    .option("-a, --all", "list every section and every dependency, also the many at the default level")
    .addHelpText(
      "after",
      `
Examples:
  vmstate order --tree ~/qemu
  vmstate order --tree ~/qemu --machine "-M q35 -device intel-iommu -device e1000e"
  vmstate order --format markdown > load-order.md    who is at which level, and why
  vmstate order --format dot | dot -Tsvg > order.svg  as a drawing; mermaid for a page of Markdown
  vmstate order --format json | jq '.edges[] | select(.holds | not)'

Exit status: 0 printed, 2 could not run.`,
    )
    .action((options: OrderOptions) => {
      const { project } = openSession(io, options);
      const order =
        options.machine === undefined ? treeOrder(project) : orderOfMachine(project, options.machine, options, io);
      io.out.write(textOf(order, options, io));
      finish(exitCodes.clean);
    });
}

function textOf(order: LoadOrder, { format, all, machine }: OrderOptions, io: Io): string {
  const graph = { all: all === true || machine !== undefined };
  switch (format) {
    case "json":
      return jsonText({ ...order, plan: levelPlan(order) });
    case "markdown":
      return orderMarkdown(order);
    case "dot":
      return orderDot(order, graph);
    case "mermaid":
      return orderMermaid(order, graph);
    case "human":
      return orderText(order, styleFor(io), graph);
  }
}

function orderOfMachine(project: Project, machine: string, { treatAs }: OrderOptions, io: Io): LoadOrder {
  const order = machineOrder(project, machine, { treatAs });
  if (!order.ok) throw new CannotRun(`--machine: ${order.message}`);
  for (const note of order.value.notes) io.err.write(`vmstate: ${printable(note)}\n`);
  return order.value;
}
