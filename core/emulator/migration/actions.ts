/** DMA while loading, on the emulated machine: through what the IOMMU has loaded so far. */
import { positionAt } from "../../c/range";
import type { CallStep } from "../../code/effects";
import type { Project } from "../../project/project";
import { type DescriptionState, fieldNamed } from "../../wire";
import type { GuestMemory } from "../memory/guestMemory";
import { createSourceUnit, createUnit, type Entry, pciDevice, requester, type World } from "../world";
import { hasBounceBuffers, mapsMemory } from "./bounceBuffers";
import type { Misled, Missing } from "./cause";
import type { FailureNote } from "./destination";
import { type EffectSource, type LoadAction, takesEffect } from "./effects";
import { errnoOnFailure, reportedOnFailure } from "./messages";
import type { ReportEvent } from "./report";
import { type Before, type ReportWalk, walk } from "./walk";

/** An access that did not give what the source had. */
export interface WrongAccess {
  readonly entry: Entry;
  readonly action: LoadAction;
  readonly result: string;
  readonly misled?: Misled;
}

interface Access {
  readonly result: string;
  /** The call tells the device that it has failed. */
  readonly fails: boolean;
  readonly translated?: bigint;
}

export interface Actor {
  readonly events: readonly ReportEvent[];
  readonly wrong: readonly WrongAccess[];
  /** Carries out those of a section's actions that are in one hook, in their order. */
  act(entry: Entry, actions: readonly LoadAction[]): FailureNote | undefined;
  /** The section's state is there: an IOMMU translates from now on, a bridge knows its bus. */
  loaded(entry: Entry, state: DescriptionState): void;
}

export function createActor(project: Project, world: World, memory: GuestMemory, effects: EffectSource): Actor {
  const events: ReportEvent[] = [];
  const wrong: WrongAccess[] = [];
  const states = new Map<string, DescriptionState>();
  const knownBuses = new Map<string, number>();
  /** Loaded without an effect. */
  const idle = new Set<string>();
  const isUnit = new Set(world.iommus.map(({ entry }) => entry.idstr));
  const bounces = hasBounceBuffers(project);
  /** What stands before PCI devices: the first one. */
  const [iommu] = world.iommus;
  const onDestination =
    iommu &&
    ({
      iommu: iommu.entry.idstr,
      unit: createUnit(iommu, world, memory, () => {
        const state = states.get(iommu.entry.idstr);
        return state && ((name) => fieldNamed(state, name));
      }),
      get state() {
        if (states.has(iommu.entry.idstr)) return "loaded";
        return idle.has(iommu.entry.idstr) ? "without-effect" : "not-loaded";
      },
    } satisfies Before);
  const onSource: Before | undefined = iommu && {
    iommu: iommu.entry.idstr,
    unit: createSourceUnit(iommu, world),
    state: "loaded",
  };

  function access(entry: Entry, action: LoadAction): Access {
    const buffer = world.buffers.get(entry.idstr);
    if (buffer === undefined) return { result: "ok", fails: false };
    const { effect } = action;
    const kind = effect.kind === "dma-read" || effect.kind === "dma-write" ? effect.kind : ("dma-map" as const);
    const base = {
      kind,
      idstr: entry.idstr,
      address: hex(buffer.address),
      ...placeOf(project, effect.chain, effect.api),
    };
    const { device } = entry.owner;
    const isBehind = device !== undefined && pciDevice(device) !== undefined && !isUnit.has(entry.idstr);
    const walked = (what: Before | undefined, inMemory: GuestMemory, buses: ReadonlyMap<string, number>) => {
      const id = device === undefined ? 0 : requester(device, (bridge) => buses.get(bridge));
      const access = kind === "dma-write" ? "write" : "read";
      const request = { bus: id >> 8, devfn: id & 0xff, address: buffer.address, access } as const;
      return walk(isBehind ? what : undefined, request, inMemory);
    };
    const { translation, report } = walked(onDestination, memory, knownBuses);
    const asMeant = (): { walk: ReportWalk; meant: ReportWalk } => {
      return { walk: report, meant: walked(onSource, world.memory, world.busNumbers).report };
    };
    if (translation.kind === "fault") {
      const { name, reason, message } = translation.fault;
      const { result, fails } = nowhere(effect.api, name);
      events.push({ ...base, result: `fault: ${result} (${reason})`, ...asMeant() });
      if (message !== undefined)
        events.push({ kind: "translation-fault", idstr: entry.idstr, address: base.address, result: message });
      return { result, fails };
    }
    const translated = hex(translation.address);
    const held = translation.address < 2n ** 52n ? memory.readU64(Number(translation.address)) : undefined;
    const isSame = held === buffer.marker && translation.address === BigInt(buffer.physical);
    const found =
      held === undefined
        ? nowhere(effect.api, "no memory there")
        : { result: isSame ? "ok" : "other data than on the source", fails: false };
    events.push({
      ...base,
      translated,
      result: found.result,
      ...(found.result === "ok" ? { walk: report } : asMeant()),
    });
    return { ...found, translated: translation.address };
  }

  /** What was not there yet when this device went wrong; undefined where all was. */
  function missingFor({ idstr, owner }: Entry): Missing | undefined {
    const buffer = world.buffers.get(idstr);
    const iommu = world.iommus[0]?.entry;
    if (buffer === undefined || iommu === undefined || buffer.address === BigInt(buffer.physical)) return undefined;
    if (!states.has(iommu.idstr)) return { kind: idle.has(iommu.idstr) ? "switch" : "iommu", provider: iommu };
    let unknown: string | undefined;
    if (owner.device !== undefined)
      requester(owner.device, (path) => {
        if (!knownBuses.has(path)) unknown = path;
        return knownBuses.get(path);
      });
    const bridge = world.entries.find((each) => each.owner.type !== "" && each.owner.device?.path === unknown);
    return unknown === undefined || bridge === undefined ? undefined : { kind: "bus-number", provider: bridge };
  }

  function misled(entry: Entry, { result, translated }: Access): { readonly misled?: Misled } {
    const [buffer, missing] = [world.buffers.get(entry.idstr), missingFor(entry)];
    return buffer === undefined || missing === undefined
      ? {}
      : { misled: { entry, buffer, missing, translated, result } };
  }

  function nowhere(api: string, why: string): Access {
    if (bounces && mapsMemory(api)) return { result: `${why}, a bounce buffer instead`, fails: false };
    return { result: why, fails: true };
  }

  return {
    events,
    wrong,
    act(entry, actions) {
      for (const action of actions) {
        const before = events.length;
        const made = access(entry, action);
        const { result, fails } = made;
        if (result === "ok") continue;
        wrong.push({ entry, action, result, ...misled(entry, made) });
        if (!action.effect.checked || !fails) continue;
        const printed = events
          .slice(before)
          .flatMap(({ kind, result: text }) => (kind === "translation-fault" ? [text] : []));
        const { chain, api } = action.effect;
        return {
          messages: [...printed, ...reportedOnFailure(project, chain, api)],
          errno: errnoOnFailure(project, action.effect),
        };
      }
      return undefined;
    },
    loaded(entry, state) {
      const { device, description } = entry.owner;
      // the bus itself has a section too, but the number is in the bridge's configuration space
      const path = entry.owner.type === "" ? undefined : device?.path;
      const number = path === undefined ? undefined : world.busNumbers.get(path);
      if (path !== undefined && number !== undefined && !knownBuses.has(path)) {
        knownBuses.set(path, number);
        events.push({ kind: "bus-number-loaded", idstr: entry.idstr, result: `bus ${number}` });
      }
      if (!isUnit.has(entry.idstr) || description === undefined) return;
      if (!takesEffect(project, description, effects)) {
        const result = "loaded, but nothing in its load switches the address spaces: devices go on without translation";
        events.push({ kind: "iommu-loaded", idstr: entry.idstr, result });
        idle.add(entry.idstr);
        return;
      }
      states.set(entry.idstr, state);
      events.push({
        kind: "iommu-loaded",
        idstr: entry.idstr,
        result: world.registers.has(entry.idstr) ? "translating" : "off",
      });
    },
  };
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

export function placeOf(project: Project, chain: readonly CallStep[], api: string) {
  const last = chain.at(-1);
  return {
    chain: [...chain.map((step) => step.function), api].join(" > "),
    file: last?.file ?? "",
    line: last === undefined ? 0 : positionAt(project.lines(last.file), last.range.start).line,
  };
}
