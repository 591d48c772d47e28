import type { Command } from "commander";
import { treeOrder } from "../core/analysis";
import type { LoadOrder, OrderEdge, OrderEntry } from "../core/analysis/order";
import { machineOrder } from "../core/emulator";
import { exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { formatOption, machineOption, targetOption, treeOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { plural, printable, styleFor, table } from "./style";
import type { Style } from "./style";

interface OrderOptions extends TreeOptions {
  readonly format: "human" | "json";
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
    .addOption(machineOption())
    .addOption(formatOption())
    .option("-a, --all", "list every section and every dependency, also the many at the default level")
    .addHelpText(
      "after",
      `
Examples:
  vmstate order --tree ~/qemu
  vmstate order --tree ~/qemu --machine "-M q35 -device intel-iommu -device e1000e"
  vmstate order --format json | jq '.edges[] | select(.holds | not)'

Exit status: 0 printed, 2 could not run.`,
    )
    .action((options: OrderOptions) => {
      const { project } = openSession(io, options);
      const order = options.machine === undefined ? treeOrder(project) : machineOrder(project, options.machine);
      if (options.format === "json") io.out.write(`${JSON.stringify(order, null, 2)}\n`);
      else
        io.out.write(humanOrder(order, styleFor(io), { all: options.all === true || options.machine !== undefined }));
      finish(exitCodes.clean);
    });
}

export function humanOrder(order: LoadOrder, style: Style, { all }: { readonly all: boolean }): string {
  const parts: string[] = [];
  for (const [level, entries] of byLevel(order)) {
    const known = order.levels.find((each) => each.name === level);
    const title =
      known === undefined ? level : `${level} (${known.value})${known.comment === "" ? "" : `  ${known.comment}`}`;
    parts.push(`${style.bold(printable(title))}\n`);
    if (!all && entries.length > 40) {
      parts.push(`  ${plural(entries.length, "section")}; --all lists them\n`);
    } else parts.push(table(entries.map(entryRow), "  "));
  }
  const broken = order.edges.filter((edge) => edge.by === "inverted");
  const accidental = order.edges.filter((edge) => edge.by === "creation");
  const holding = order.edges.filter((edge) => edge.holds);
  parts.push(edgeList("Loaded too early", broken, style.red, style));
  parts.push(edgeList("Right only because of the order of creation", accidental, style.yellow, style));
  if (all) parts.push(edgeList("Right by priority", holding, style.green, style));
  else if (holding.length > 0) parts.push(`\n${plural(holding.length, "dependency")} hold by priority.\n`);
  for (const cycle of order.cycles) parts.push(`${style.red("circle")}: ${cycle.map(printable).join(" -> ")}\n`);
  return parts.join("");
}

function byLevel(order: LoadOrder): ReadonlyMap<string, readonly OrderEntry[]> {
  const groups = new Map<string, OrderEntry[]>();
  for (const entry of order.entries) {
    const group = groups.get(entry.level);
    if (group) group.push(entry);
    else groups.set(entry.level, [entry]);
  }
  return groups;
}

function entryRow(entry: OrderEntry): readonly string[] {
  const place = entry.file === "" ? "" : `${entry.file}:${entry.line + 1}`;
  return [printable(entry.idstr), String(entry.instanceId), printable(entry.type), place];
}

function edgeList(title: string, edges: readonly OrderEdge[], paint: (text: string) => string, style: Style): string {
  if (edges.length === 0) return "";
  const lines = edges.map((edge) => {
    const head = `  ${printable(edge.consumer)} needs ${style.bold(printable(edge.provider))}: ${printable(edge.reason)}\n`;
    const chain = edge.evidence.map(
      (step) => `      ${style.dim(`${step.file}:${step.line + 1}`)} ${printable(step.text)}\n`,
    );
    return head + chain.join("");
  });
  return `\n${paint(title)} (${edges.length})\n${lines.join("")}`;
}
