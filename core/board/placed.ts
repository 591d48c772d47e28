/** What a board that was built says of its main memory, and where a device of it is. */
import type { Board } from "./board";
import { objectData } from "./library/qom/data";
import { Rec, textAt, type Value } from "./run/values";

export interface BoardMemory {
  /** Of its block. */
  readonly name: string;
  readonly bytes: number;
  /** Where it lies in the system's memory, or its beginning does; undefined where it is not mapped there. */
  readonly base: number | undefined;
  /** How much of it lies there in one piece; undefined where all of it does. */
  readonly firstPart: number | undefined;
  /** The board makes it itself, of another size than -m says. */
  readonly isOwn: boolean;
}

/** undefined for a board without memory of its own. */
export function mainMemory({ machine, registry, model }: Board): BoardMemory | undefined {
  if (machine === undefined) return undefined;
  const asked = numberIn(machine, "MachineState.ram_size");
  const region = machine.get("MachineState.ram");
  if (region instanceof Rec) {
    const name = textAt(region.get("MemoryRegion.name"));
    if (name === undefined || asked === undefined) return undefined;
    const part = firstPart(model.objects, region);
    return { name, bytes: asked, base: part?.base, firstPart: part?.bytes, isOwn: false };
  }
  // the board makes its memory itself: of -m where it has a block of that size, else of its own
  const block = registry.blocks.find(({ bytes }) => bytes === asked) ?? registry.blocks[0];
  if (block?.bytes === undefined) return undefined;
  return { name: block.name, bytes: block.bytes, base: undefined, firstPart: undefined, isOwn: block.bytes !== asked };
}

/** A region of memory itself, or the alias of its beginning, in the system's memory. */
function firstPart(
  objects: readonly Rec[],
  region: Rec,
): { readonly base: number; readonly bytes: number | undefined } | undefined {
  const own = [region, ...objects.filter((each) => each.get("MemoryRegion.alias") === region)];
  const first = own.find(
    (each) => isSystem(each.get("MemoryRegion.container")) && numberIn(each, "MemoryRegion.alias_offset", 0) === 0,
  );
  if (first === undefined) return undefined;
  const bytes = first === region ? undefined : numberIn(first, "MemoryRegion.size");
  return { base: numberIn(first, "MemoryRegion.addr", 0) ?? 0, bytes };
}

function isSystem(region: Value | undefined): boolean {
  return region instanceof Rec && textAt(region.get("MemoryRegion.name")) === "system";
}

export interface BoardBus {
  /** QOM type. */
  readonly type: string;
  readonly name: string;
  /** The device that has it. */
  readonly parent: Rec;
}

/** The bus that a device is on. */
export function busOf(device: Rec): BoardBus | undefined {
  const bus = device.get("DeviceState.parent_bus");
  const data = objectData(bus);
  const parent = bus instanceof Rec ? bus.get("BusState.parent") : undefined;
  if (data === undefined || !(bus instanceof Rec) || !(parent instanceof Rec)) return undefined;
  return { type: data.type.name, name: textAt(bus.get("BusState.name")) ?? "", parent };
}

/** PCI: slot << 3 | function. */
export function addressOf(device: Rec): number | undefined {
  return numberIn(device, "PCIDevice.devfn");
}

/** Its name on the command line; undefined where it has none. */
export function idOf(device: Rec): string | undefined {
  return textAt(device.get("DeviceState.id"));
}

export function typeName(object: Rec): string | undefined {
  return objectData(object)?.type.name;
}

function numberIn(record: Rec, key: string, otherwise?: number): number | undefined {
  const value: Value | undefined = record.get(key);
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : value === undefined ? otherwise : undefined;
}
