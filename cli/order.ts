import type { Command } from "commander";
import { levelPlan, orderMarkdown, treeOrder } from "../core/order";
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
  treeOption,
  noCacheOption,
} from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { orderText } from "../core/ide/text/order";
import { styleFor } from "./style";

interface OrderOptions extends TreeOptions {
  readonly format: "human" | "json" | "markdown";
  readonly machine?: string;
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
    .addOption(formatOption("markdown"))
    .option("-a, --all", "list every section and every dependency, also the many at the default level")
    .addHelpText(
      "after",
      `
Examples:
  vmstate order --tree ~/qemu
  vmstate order --tree ~/qemu --machine "-M q35 -device intel-iommu -device e1000e"
  vmstate order --format markdown > load-order.md    who is at which level, and why
  vmstate order --format json | jq '.edges[] | select(.holds | not)'

Exit status: 0 printed, 2 could not run.`,
    )
    .action((options: OrderOptions) => {
      const { project } = openSession(io, options);
      const order = options.machine === undefined ? treeOrder(project) : orderOfMachine(project, options.machine, io);
      if (options.format === "json") io.out.write(jsonText({ ...order, plan: levelPlan(order) }));
      else if (options.format === "markdown") io.out.write(orderMarkdown(order));
      else io.out.write(orderText(order, styleFor(io), { all: options.all === true || options.machine !== undefined }));
      finish(exitCodes.clean);
    });
}

function orderOfMachine(project: Project, machine: string, io: Io): LoadOrder {
  const order = machineOrder(project, machine);
  if (!order.ok) throw new CannotRun(`--machine: ${order.message}`);
  for (const note of order.value.notes) io.err.write(`vmstate: ${printable(note)}\n`);
  return order.value;
}
