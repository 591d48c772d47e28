/** The handler list of a machine, in the shape of `order --format json`. */
import type { LoadOrder, OrderEntry } from "../order/order";
import { type LiveHandler, liveHandlers } from "../code/liveHandlers";
import type { Project } from "../project/project";
import { cyclesOf, machineEdges } from "../order/treeOrder";
import { positionAt } from "../c/range";
import { levelName, type SaveStateEntry } from "../priority";
import { machineOf } from "./board";
import { type CommandLineOptions, type Outcome, success } from "./commandLine";
import type { HandlerOwner, Machine } from "./machine";

export interface MachineOrder extends LoadOrder {
  /** `pc-q35-10.2` */
  readonly machine: string;
  /** What was assumed, left out or ignored. */
  readonly notes: readonly string[];
}

/**
 * Who saves and loads when, for a QEMU command line such as `-M q35 -device intel-iommu`.
 * Default devices (display, network) are left out unless `options.defaults`. A message where the line cannot be understood.
 */
export function machineOrder(
  project: Project,
  commandLine: string,
  options: CommandLineOptions = {},
): Outcome<MachineOrder> {
  const machine = machineOf(project, commandLine, options);
  if (!machine.ok) return machine;
  return success(orderOf(project, machine.value));
}

export function orderOf(project: Project, machine: Machine): MachineOrder {
  const { scheme } = machine;
  const comments = new Map(project.priorityLevels().map(({ name, comment }) => [name, comment]));
  const handlers = [...machine.handlers];
  const live = new Map(liveHandlers(project).map((handler) => [handler.name, handler]));
  const entries = handlers.map((entry) => orderEntry(project, machine, entry, live.get(entry.idstr)));
  const edges = machineEdges(
    project,
    entries.map(({ idstr, symbol, file }, position) => ({ idstr, symbol, file, position })),
  );
  return {
    machine: machine.name,
    notes: machine.notes,
    levels: scheme.levels.map(({ name, value }) => ({ name, value, comment: comments.get(name) ?? "" })),
    entries,
    edges,
    cycles: cyclesOf(edges),
  };
}

function orderEntry(
  project: Project,
  machine: Machine,
  entry: SaveStateEntry<HandlerOwner>,
  live: LiveHandler | undefined,
): OrderEntry {
  const { description, type } = entry.owner;
  const handler = description === undefined ? live : undefined;
  const range = description?.nameRange ?? handler?.range;
  const file = description?.file ?? handler?.file ?? "";
  return {
    idstr: entry.idstr,
    instanceId: entry.instanceId,
    sectionId: entry.sectionId,
    description: description?.name.known ? description.name.value : "",
    symbol: description?.symbol ?? handler?.symbol ?? "",
    type,
    level: levelName(entry.level, machine.scheme),
    file,
    ...(handler?.phase === "iterated" ? { iterated: true as const } : {}),
    line: range === undefined ? 0 : positionAt(project.lines(file), range.start).line,
  };
}
