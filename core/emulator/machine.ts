/** A machine: its devices in order of realization, and the savevm handlers that they registered. */
import type { BoardOptions } from "../board";
import type { Project } from "../project/project";
import { createHandlerList, type HandlerList, type Handlers, type LevelScheme, levelScheme } from "../priority";
import type { VMStateDescription } from "../vmstate/model";
import type { Bus, Device } from "./bus";
import type { MachineRequest } from "./commandLine";
import type { MachineVersion } from "../compat";
import type { MainBlock } from "./mainMemory";

/** The block with the machine's memory. */
export interface MainMemory {
  readonly name: string;
  /** Address of its first byte. */
  readonly base: number;
  /** How much of it may lie below the hole under 4 GiB. */
  readonly below4G: number;
  /** The board makes it itself, of another size than -m says. */
  readonly isOwn: boolean;
}

/** A block of RAM that set-up code makes. */
export interface BoardBlock {
  /** As the stream has it. */
  readonly name: string;
  /** undefined where that is not known. */
  readonly bytes: number | undefined;
  /** It is a device's own. */
  readonly isDevice: boolean;
}

/** What stands behind a handler. */
export interface HandlerOwner {
  /** QOM type; "" for what registers without a device. */
  readonly type: string;
  readonly device: Device | undefined;
  /** undefined for live handlers such as ram. */
  readonly description: VMStateDescription | undefined;
  /** For a live handler: which of SaveVMHandlers' operations its table has. */
  readonly operations: ReadonlySet<string>;
}

export interface Machine {
  /** As the configuration section has it: `pc-q35-10.2`. */
  readonly name: string;
  /** Whose compat lists it has; of a distributor's type, that of the one it is treated as. */
  readonly version: MachineVersion | undefined;
  readonly ram: MainMemory;
  readonly mainBlocks: readonly MainBlock[];
  /** undefined: no set-up code was followed. */
  readonly blocks: readonly BoardBlock[] | undefined;
  /** What the set-up code was followed for. */
  readonly setUp: { readonly name: string; readonly settings: BoardOptions } | undefined;
  /** Of a target that chooses its page size: what the configuration section says of it, log2. */
  readonly pageBits: number | undefined;
  readonly request: MachineRequest;
  readonly handlers: Handlers<HandlerOwner>;
  readonly scheme: LevelScheme;
  /** In order of realization. */
  readonly devices: readonly Device[];
  readonly buses: readonly Bus[];
  /** What was assumed, left out or ignored, for people. */
  readonly notes: readonly string[];
  /** Of a board that is built from its C: where that could not be followed, so that sections may be missing. */
  readonly open: readonly string[];
  /** Why it may have sections that are not listed; empty where it has none. */
  readonly partial: readonly string[];
  /** Device paths, undefined for those without one, where something registers under a name that is not known. */
  readonly unnamed: readonly (string | undefined)[];
}

export interface MachineBuilder {
  readonly project: Project;
  readonly request: MachineRequest;
  readonly handlers: HandlerList<HandlerOwner>;
  readonly scheme: LevelScheme;
  readonly devices: Device[];
  readonly buses: Bus[];
  readonly notes: string[];
  readonly unnamed: (string | undefined)[];
  readonly busCount: Map<string, number>;
  /** The first thing QEMU would have stopped at. */
  problem: string | undefined;
}

export function createBuilder(project: Project, request: MachineRequest): MachineBuilder {
  const scheme = levelScheme(project.priorityLevels());
  return {
    project,
    request,
    scheme,
    handlers: createHandlerList({ scheme, duplicates: refusesDuplicates(project) ? "refuse" : "keep" }),
    devices: [],
    buses: [],
    notes: [...request.notes],
    unnamed: [],
    busCount: new Map(),
    problem: undefined,
  };
}

/** QEMU looks for a duplicate when it inserts, since 8.2. */
function refusesDuplicates(project: Project): boolean {
  const insertion = project.function("savevm_state_handler_insert", "migration/savevm.c");
  return insertion !== undefined && project.calls(insertion).some(({ callee }) => callee === "find_se");
}
