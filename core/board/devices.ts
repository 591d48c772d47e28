/** Devices of a command line, made on a board as qdev_device_add_from_qdict (system/qdev-monitor.c) does. */
import { classOf } from "./classOf";
import { objectData } from "./library/qom/data";
import type { ObjectModel } from "./library/qom/model";
import { carrierOf } from "./library/visitor";
import { emptyFrame } from "./run/code";
import { type Runner, Stop } from "./run/runner";
import { Rec, textAt, type Value } from "./run/values";

/** One -device. */
export interface GivenDevice {
  /** QOM type. */
  readonly type: string;
  readonly properties: ReadonlyMap<string, string>;
  /** As it was typed. */
  readonly text: string;
}

/** What -device itself reads; `addr` and others are the device's. */
const ofOption = new Set(["id", "bus", "driver"]);

/** Properties that name what another option makes, which is not there. */
const ofBackends = new Set(["drive", "netdev", "chardev", "audiodev", "memdev", "rng", "cryptodev", "tpmdev", "bmc"]);

/** Makes them in order; where QEMU would end instead, or that is how it was understood, the place is noted. */
export function addDevices(runner: Runner, model: ObjectModel, machine: Rec, given: readonly GivenDevice[]): void {
  given.forEach((device, k) => {
    try {
      add(runner, model, machine, device, k);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      runner.note("", k, device.text, `ends QEMU: ${error.message}`);
    }
  });
}

function add(
  runner: Runner,
  model: ObjectModel,
  machine: Rec,
  { type, properties, text }: GivenDevice,
  k: number,
): void {
  const fatal = runner.global("error_fatal", "")?.place(emptyFrame()) ?? 0;
  if (model.types.find(type) === undefined) {
    runner.note("", k, text, "the tree has no such type");
    return;
  }
  const bus = busFor(runner, model, machine, type, properties.get("bus"));
  const device = model.create(type);
  if (!(device instanceof Rec) || bus === undefined) {
    runner.note("", k, text, "its bus is not known");
    return;
  }
  const id = properties.get("id");
  const place = objectData(machine)?.children.get(id === undefined ? "peripheral-anon" : "peripheral");
  if (place !== undefined) model.addChild(place, id ?? `device[${k}]`, device);
  device.set("DeviceState.id", id ?? 0);
  for (const [name, value] of properties) {
    if (ofOption.has(name) || ofBackends.has(name)) continue;
    model.properties.set(device, name, carrierOf(value), fatal);
  }
  runner.run("qdev_realize", [device, bus, fatal]);
}

/** A bus, 0 for a device that needs none, undefined where it is not found. */
function busFor(
  runner: Runner,
  model: ObjectModel,
  machine: Rec,
  type: string,
  named: string | undefined,
): Value | undefined {
  const wanted = textAt(classOf(model, type)?.get("DeviceClass.bus_type"));
  if (wanted === undefined) return 0;
  const file = runner.function("qdev_device_add", "")?.located?.file ?? "";
  const name = named === undefined ? 0 : named.slice(named.lastIndexOf("/") + 1);
  const bus = runner.run("qbus_find_recursive", [runner.run("sysbus_get_default", []), name, wanted], file);
  if (bus instanceof Rec) return bus;
  // a device's name stands for its first bus
  const device = objectData(objectData(machine)?.children.get("peripheral"))?.children.get(name === 0 ? "" : name);
  const head = device?.get("DeviceState.child_bus");
  const first = head instanceof Rec ? head.get("@0") : undefined;
  return first instanceof Rec ? first : undefined;
}
