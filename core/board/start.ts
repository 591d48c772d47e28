/** From a machine type to a machine that is ready, in the order of qemu_init. */
import { classOf } from "./classOf";
import { addGroups, applyOption, type Option } from "./commandLine/options";
import { earlyBackends, forEachIn, lateBackends, ports } from "./commandLine/backends";
import { legacyWords } from "./commandLine/machineOptions";
import { fatalError, runMain, setVariable } from "./commandLine/variables";
import { type GivenGlobal, objectData } from "./library/qom/data";
import type { ObjectModel } from "./library/qom/model";
import { carrierOf } from "./library/visitor";
import type { Machinery } from "./machinery";
import { emptyFrame } from "./run/code";
import { store } from "./run/memory";
import { type Runner, Stop } from "./run/runner";
import { Fn, Rec, textAt, type Value } from "./run/values";

/** What a command line says besides the machine's name; what is left out is as the machine type has it. */
export interface BoardSettings {
  /** -m, in bytes. */
  readonly memory?: number;
  /** Properties of -M, as text. */
  readonly properties?: ReadonlyMap<string, string>;
  /** -smp, by the words of the option: cpus, cores, threads. */
  readonly processors?: ReadonlyMap<string, number>;
  /** -global, in order. */
  readonly globals?: readonly GivenGlobal[];
  /** Most memory that may be there once some is plugged in, in bytes, and how many modules. */
  readonly maximumMemory?: number;
  readonly memorySlots?: number;
  /** The other options, in order. */
  readonly options?: readonly Option[];
  /** Whether there are default devices; not, where nothing is said, as with -nodefaults. */
  readonly defaults?: boolean;
}

/** What sets up system_memory: to 10.2, and since 11.0 (system/physmem.c). */
const memoryInits = ["cpu_exec_init_all", "machine_memory_init"];

/** migration_object_init. */
const migrationInits = ["blk_mig_init", "ram_mig_init", "dirty_bitmap_mig_init"];

const standardMemory = 128 * 2 ** 20;

/** The machine; undefined where its type has no class. */
export function start(made: Machinery, type: string, settings: BoardSettings): Rec | undefined {
  const { runner, model, done } = made;
  model.types.readOthers();
  model.globals = settings.globals ?? [];
  // since 11.1 (qemu_init)
  if (runner.function("target_info_qom_set_target", "") !== undefined) {
    model.types.runModuleInits("MODULE_INIT_TARGET_INFO");
    runner.run("target_info_qom_set_target", []);
  }
  addGroups(runner);
  if (settings.defaults !== true) setVariable(runner, "has_defaults", 0);
  const options = settings.options ?? [];
  for (const option of options) applyOption(runner, option);
  runAll(runner, ["cpu_timers_init"]);
  runMain(runner, "user_register_global_props", []);
  const impl = model.types.find(type);
  const cls = impl === undefined ? undefined : model.classes.of(impl);
  if (cls === undefined) return undefined;
  const own = (name: string): Value => cls.get(`MachineClass.${name}`) ?? 0;
  if (runner.function("object_set_machine_compat_props", "") !== undefined) {
    runner.run("object_set_machine_compat_props", [own("compat_props")]);
  }
  const machine = model.create(type);
  if (!(machine instanceof Rec)) return undefined;
  const current = runner.global("current_machine", "");
  if (current !== undefined) store(current.place(emptyFrame()), machine);
  model.addChild(model.rootObject(), "machine", machine);
  for (const name of ["unattached", "peripheral", "peripheral-anon"]) {
    const container = model.create("container");
    if (container instanceof Rec) model.addChild(machine, name, container);
  }
  const unattached = objectData(machine)?.children.get("unattached");
  const bus = runner.run("sysbus_get_default", []);
  if (unattached !== undefined && bus instanceof Rec && objectData(bus)?.parent === undefined)
    model.addChild(unattached, "sysbus", bus);
  const bits = own("minimum_page_bits");
  if (typeof bits === "number" && bits > 0) runner.run("set_preferred_target_page_bits", [bits]);
  runAll(runner, memoryInits);
  const fatal = fatalError(runner);
  const size = own("default_ram_size");
  const bytes = settings.memory ?? (typeof size === "number" && size > 0 ? size : standardMemory);
  machine.set("MachineState.ram_size", bytes);
  machine.set("MachineState.maxram_size", settings.maximumMemory ?? bytes);
  machine.set("MachineState.ram_slots", settings.memorySlots ?? 0);
  // who watches a machine is no part of it
  setVariable(runner, "default_monitor", 0);
  runMain(runner, "qemu_disable_default_devices", []);
  runMain(runner, "qemu_create_default_devices", []);
  earlyBackends(made, cls, options);
  setOptions(model, machine, textAt(own("default_machine_opts")));
  for (const [name, text] of settings.properties ?? []) {
    const isLacking = model.properties.find(machine, name) === undefined;
    if (isLacking && legacyWords(runner).has(name)) continue;
    if (isLacking) runner.refuse(`Property '${type}.${name}' not found`);
    model.properties.set(machine, name, carrierOf(text), fatal);
  }
  if (settings.processors !== undefined) setProcessors(runner, machine, settings.processors, fatal);
  advance(runner, "PHASE_MACHINE_CREATED");
  accelerate(runner, model, machine);
  advance(runner, "PHASE_ACCEL_CREATED");
  const migration = (): void => runAll(runner, migrationInits);
  const late = (): void => lateBackends(made, options);
  const isLast = isAfter(runner, "qemu_create_late_backends", "migration_object_init");
  for (const stage of isLast ? [migration, late] : [late, migration]) stage();
  const hook = cls.get("MachineClass.get_default_cpu_type");
  machine.set("MachineState.cpu_type", hook instanceof Fn ? runner.call(hook, [machine]) : defaultCpu(runner, cls));
  const processor = options.findLast(({ name }) => name === "cpu")?.value;
  if (processor !== undefined && runner.function("parse_cpu_option", "") !== undefined)
    machine.set("MachineState.cpu_type", runner.run("parse_cpu_option", [processor]));
  const order = own("default_boot_order");
  const boot = machine.get("MachineState.boot_config");
  if (boot instanceof Rec) boot.set("BootConfiguration.order", order);
  const init = runner.function("machine_run_board_init", "");
  if (init === undefined) return machine;
  const parameters = runner.compile(init)?.parameters.length ?? 0;
  runner.isOpenEnded = true;
  runner.call(init, parameters > 1 ? [machine, 0, fatal] : [machine]);
  runner.isOpenEnded = false;
  ports(runner, "DEV_USB", "usb_parse");
  forEachIn(runner, "device", "device_init_func");
  advance(runner, "PHASE_MACHINE_READY");
  for (const notifier of done) {
    const fn = notifier instanceof Rec ? notifier.get("@0") : undefined;
    if (fn instanceof Fn) whole(runner, () => runner.call(fn, [notifier, 0]));
  }
  if (runner.function("register_global_state", "") !== undefined) runner.run("register_global_state", []);
  return machine;
}

function runAll(runner: Runner, names: readonly string[]): void {
  for (const name of names) if (runner.function(name, "") !== undefined) runner.run(name, []);
}

/** Whether qemu_init calls the first after the second, which both are there. */
function isAfter(runner: Runner, first: string, second: string): boolean {
  const located = runner.function("qemu_init", "")?.located;
  const names = located === undefined ? [] : runner.project.calls(located).map(({ callee }) => callee);
  return names.includes(second) && names.indexOf(first) > names.indexOf(second);
}

/** The machine is made: where what is told of it ends QEMU, something was not understood. */
function whole(runner: Runner, tell: () => Value): void {
  try {
    tell();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    runner.note("", undefined, error.through.join(" > "), `ends QEMU: ${error.message}`);
  }
}

/** Since 9.0 a single valid type is the default (machine_class_default_cpu_type in hw/core/machine.c). */
function defaultCpu(runner: Runner, cls: Rec): Value {
  const name = "machine_class_default_cpu_type";
  const known = runner.function(name, "") === undefined ? undefined : runner.run(name, [cls]);
  return known ?? cls.get("MachineClass.default_cpu_type") ?? 0;
}

/** Follows machine_set_smp. */
function setProcessors(runner: Runner, machine: Rec, processors: ReadonlyMap<string, number>, errp: Value): void {
  const config = new Rec();
  const scope = runner.scope(runner.function("machine_parse_smp_config", "")?.located?.file ?? "");
  const type = runner.types.named("SMPConfiguration", scope);
  // QAPI's struct, of which the tree may show no more than the name
  const isSeen = type.kind === "record" && runner.types.members(type).known;
  const of = isSeen ? "SMPConfiguration" : "";
  for (const [word, count] of processors) {
    config.set(`${of}.has_${word}`, 1);
    config.set(`${of}.${word}`, count);
  }
  // has_cpus is the first member
  if (isSeen) config.set("@0", processors.has("cpus") ? 1 : 0);
  runner.run("machine_parse_smp_config", [machine, config, errp]);
}

function advance(runner: Runner, phase: string): void {
  const global = runner.global("machine_phase", "hw/core/qdev.c");
  const value = runner.enumerator(phase);
  if (global === undefined || value === undefined) return;
  store(global.place(emptyFrame()), value);
}

/** TCG is what runs where nobody says otherwise. */
function accelerate(runner: Runner, model: ObjectModel, machine: Rec): void {
  if (model.types.find("tcg-accel") === undefined) return;
  const accelerator = model.create("tcg-accel");
  machine.set("MachineState.accelerator", accelerator);
  const global = runner.global("current_accel", "");
  if (global !== undefined) store(global.place(emptyFrame()), accelerator);
  const cls = classOf(model, "tcg-accel");
  const allowed = cls?.get("AccelClass.allowed");
  if (allowed !== undefined) store(allowed, 1);
}

function setOptions(model: ObjectModel, machine: Rec, options: string | undefined): void {
  for (const part of options?.split(",") ?? []) {
    const equals = part.indexOf("=");
    if (equals > 0) {
      const text = part.slice(equals + 1);
      model.properties.setText(machine, part.slice(0, equals), text);
    }
  }
}
