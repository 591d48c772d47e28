/** Configuration space of PCI as a device's set-up code leaves it, with the masks that say which bits of it a stream may have otherwise. */
import type { Board } from "./board";
import { busOf } from "./placed";
import { filledWith } from "./run/fills";
import { rawIndex, Rec } from "./run/values";

export interface ConfigSpace {
  /** Each by byte; undefined: not known. */
  readonly config: readonly (number | undefined)[];
  readonly cmask: readonly (number | undefined)[];
  readonly wmask: readonly (number | undefined)[];
  readonly w1cmask: readonly (number | undefined)[];
}

/** Of the device that has the section, or that its bus hangs on; undefined where there is none, or its memory is not known. */
export function configSpaceOf({ registry }: Board, idstr: string, instanceId: number): ConfigSpace | undefined {
  let at = registry.handlers.find(idstr, instanceId)?.owner.object;
  while (at !== undefined && !(at.get("PCIDevice.config") instanceof Rec)) at = busOf(at)?.parent;
  if (at === undefined) return undefined;
  const [config, cmask, wmask, w1cmask] = ["config", "cmask", "wmask", "w1cmask"].map((name) =>
    octetsOf(at.get(`PCIDevice.${name}`)),
  );
  if (config === undefined || cmask === undefined || wmask === undefined || w1cmask === undefined) return undefined;
  return { config, cmask, wmask, w1cmask };
}

const size = 4096;

/** What nobody wrote is zero. */
function octetsOf(memory: unknown): readonly (number | undefined)[] | undefined {
  if (!(memory instanceof Rec)) return undefined;
  const octets: (number | undefined)[] = Array.from({ length: size }, (_, at) => {
    const filled = filledWith(memory.fills, at) ?? 0;
    return typeof filled === "number" ? filled & 0xff : undefined;
  });
  for (const key of memory.cells.keys()) {
    const at = rawIndex(key);
    const value = memory.get(key);
    if (at === undefined || at >= size) return undefined;
    octets[at] = typeof value === "number" ? value & 0xff : undefined;
  }
  return octets;
}
