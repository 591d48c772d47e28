/** What qemu_init makes of a command line before the board (system/vl.c): objects, character devices, drives, networks, ports. */
import { addNode } from "../library/block";
import { containerAt } from "../library/qom/objectFunctions";
import type { ObjectModel } from "../library/qom/model";
import { carrierOf } from "../library/visitor";
import type { Machinery } from "../machinery";
import type { Runner } from "../run/runner";
import { Ptr, Rec, type Value } from "../run/values";
import { type Option, partsOf } from "./options";
import { fatalError, mainEnumerator, mainFunction, runMain, variable } from "./variables";

/** qemu_create_early_backends. */
export function earlyBackends({ runner, sound }: Machinery, cls: Rec, options: readonly Option[]): void {
  forEachIn(runner, "chardev", "chardev_init_func");
  for (const { name, value } of options) {
    const node = name === "blockdev" ? partsOf(value, "driver").get("node-name") : undefined;
    if (node !== undefined) addNode(runner, node);
  }
  const queue = variable(runner, "bdo_queue") ?? new Rec();
  runMain(runner, "configure_blockdev", [queue, cls, 0]);
  for (const { name, value } of options) {
    if (name === "audiodev") sound.open(runner, partsOf(value, "driver").get("id") ?? "");
  }
}

/** qemu_create_late_backends. */
export function lateBackends({ runner, model }: Machinery, options: readonly Option[]): void {
  runMain(runner, "net_init_clients", []);
  for (const { name, value } of options) if (name === "object") addObject(runner, model, partsOf(value, "qom-type"));
  runMain(runner, "tpm_init", []);
  ports(runner, "DEV_SERIAL", "serial_parse");
  ports(runner, "DEV_PARALLEL", "parallel_parse");
  ports(runner, "DEV_DEBUGCON", "debugcon_parse");
}

/** What options of a kind ask for, each by a function of main's file. */
export function ports(runner: Runner, kind: string, each: string): void {
  const walk = ["foreach_device_config_or_exit", "foreach_device_config"].find(
    (name) => mainFunction(runner, name) !== undefined,
  );
  const fn = mainFunction(runner, each);
  const value = mainEnumerator(runner, kind);
  if (walk !== undefined && fn !== undefined && value !== undefined) runMain(runner, walk, [value, fn]);
}

/** qemu_opts_foreach over a group with a function of main's file. */
export function forEachIn(runner: Runner, group: string, each: string): void {
  const fn = mainFunction(runner, each);
  if (fn === undefined) return;
  const list = runner.run("qemu_find_opts", [group]);
  if (list instanceof Rec || list instanceof Ptr) runner.run("qemu_opts_foreach", [list, fn, 0, fatalError(runner)]);
}

/** -object: follows user_creatable_add_type. */
function addObject(runner: Runner, model: ObjectModel, parts: ReadonlyMap<string, string>): void {
  const type = parts.get("qom-type") ?? "";
  const impl = model.types.find(type);
  if (impl === undefined || impl.isAbstract) {
    runner.refuse(`invalid object type: ${type}`);
    return;
  }
  const object: Value = model.create(type);
  if (!(object instanceof Rec)) return;
  const fatal = fatalError(runner);
  for (const [name, value] of parts) {
    if (name !== "qom-type" && name !== "id") model.properties.set(object, name, carrierOf(value), fatal);
  }
  const id = parts.get("id");
  if (id !== undefined) model.addChild(containerAt(model, "/objects"), id, object);
  runner.run("user_creatable_complete", [object, fatal]);
}
