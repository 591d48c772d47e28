/** A machine type's board, built by running what QEMU runs for `-M NAME -nodefaults`. */
import type { Project } from "../project/project";
import type { QomType } from "../qom/model";
import { arrayFunctions } from "./library/arrays";
import { listFunctions } from "./library/lists";
import { memoryFunctions } from "./library/memory";
import { objectData } from "./library/qom/data";
import { ObjectModel } from "./library/qom/model";
import { objectFunctions } from "./library/qom/objectFunctions";
import { propertyFunctions } from "./library/qom/propertyFunctions";
import { typeFunctions } from "./library/qom/typeFunctions";
import { ramFunctions } from "./library/ram";
import { createRegistry, type Registry, savevmFunctions } from "./library/savevm";
import { systemFunctions } from "./library/system";
import { tableFunctions } from "./library/tables";
import { textFunctions } from "./library/text";
import { visitGenerated, visitorFunctions } from "./library/visitor";
import type { Open } from "./run/notes";
import { type Bounds, type NativeFunction, Runner, Stop } from "./run/runner";
import { Fn, Rec, textAt, type Value } from "./run/values";
import { emptyFrame } from "./run/code";
import { store } from "./run/memory";

export interface Board {
  readonly type: string;
  readonly name: string;
  readonly registry: Registry;
  readonly opens: readonly Open[];
  /** QEMU's message where it would end. */
  readonly refused: string | undefined;
  readonly root: Rec;
  readonly model: ObjectModel;
  readonly runner: Runner;
}

export interface MachineType {
  /** As -M names it. */
  readonly name: string;
  /** QOM type. */
  readonly type: string;
  readonly aliases: readonly string[];
  readonly description: string | undefined;
  readonly file: string;
  readonly start: number;
}

const suffix = "-machine";

interface Machinery {
  readonly runner: Runner;
  readonly model: ObjectModel;
  readonly registry: Registry;
  readonly done: Value[];
}

function machinery(project: Project, bounds: Bounds | undefined): Machinery {
  const natives = new Map<string, NativeFunction>();
  const state: { model?: ObjectModel } = {};
  const registry = createRegistry(project);
  const done: Value[] = [];
  const modelOf = (runner: Runner): ObjectModel => (state.model ??= new ObjectModel(runner));
  const all = [
    ...textFunctions,
    ...memoryFunctions,
    ...listFunctions,
    ...tableFunctions,
    ...arrayFunctions,
    ...typeFunctions(modelOf),
    ...objectFunctions(modelOf),
    ...propertyFunctions(modelOf),
    ...visitorFunctions,
    ...systemFunctions,
    ...savevmFunctions(() => registry),
    ...ramFunctions((name) => registry.blocks.push(name)),
  ];
  for (const [name, fn] of all) natives.set(name, fn);
  natives.set("qemu_add_machine_init_done_notifier", (_runner, [notifier]) => {
    done.push(notifier ?? 0);
    return 0;
  });
  const runner = new Runner(project, natives, generated, bounds);
  return { runner, model: modelOf(runner), registry, done };
}

function generated(runner: Runner, name: string, values: readonly Value[]): Value | undefined {
  if (name.startsWith("visit_type_")) return visitGenerated(runner, name, values);
  if (name.startsWith("trace_")) return 0;
  // libfdt: the blob is the guest's
  if (name.startsWith("fdt_")) return name === "fdt_get_phandle" ? 1 : 0;
  return undefined;
}

export interface MachineTypes {
  /** By name. */
  readonly types: readonly MachineType[];
  /** Where a bound was met: types may be missing. */
  readonly opens: readonly Open[];
}

/** Machine types of the project's target that its build has. */
export function machineTypes(project: Project, bounds?: Bounds): MachineTypes {
  const { model, runner } = machinery(project, bounds);
  const found: MachineType[] = [];
  for (const type of project.types()) {
    if (type.abstract || !type.name.endsWith(suffix) || project.compiles(type.file) === "false") continue;
    const made = runner.bounded(() => machineType(model, type));
    if (made !== undefined) found.push(made);
  }
  return {
    types: found.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    opens: runner.opens.filter(({ isBound }) => isBound),
  };
}

function machineType(model: ObjectModel, type: QomType): MachineType | undefined {
  const impl = model.types.find(type.name);
  if (impl === undefined || impl.isAbstract || !model.types.chain(impl).some(({ name }) => name === "machine"))
    return undefined;
  const cls = classOf(model, impl.name);
  const text = (name: string): string | undefined => textAt(cls?.get(`MachineClass.${name}`));
  const alias = text("alias");
  return {
    name: text("name") ?? type.name.slice(0, -suffix.length),
    type: type.name,
    aliases: alias === undefined ? [] : [alias],
    description: text("desc"),
    file: type.range.file,
    start: type.range.start,
  };
}

function classOf(model: ObjectModel, type: string): Rec | undefined {
  const impl = model.types.find(type);
  try {
    return impl === undefined ? undefined : model.classes.of(impl);
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}

/** QOM type of a machine that -M names, by its own name or an alias. */
function machineNamed(project: Project, model: ObjectModel, name: string): string | undefined {
  const direct = `${name}${suffix}`;
  const type = project.type(direct);
  if (type !== undefined && !type.abstract && project.compiles(type.file) !== "false") return direct;
  for (const each of project.types()) {
    if (each.abstract || !each.name.endsWith(suffix) || project.compiles(each.file) === "false") continue;
    if (textAt(classOf(model, each.name)?.get("MachineClass.alias")) === name) return each.name;
  }
  if (model.types.find(direct)?.isAbstract === false) return direct;
  return undefined;
}

const standardMemory = 128 * 2 ** 20;

/** undefined where the target has no such machine. */
export function buildBoard(project: Project, name: string, bounds?: Bounds): Board | undefined {
  const made = machinery(project, bounds);
  const { runner, model, registry } = made;
  const type = runner.bounded(() => machineNamed(project, model, name));
  if (type === undefined) return undefined;
  let refused: string | undefined;
  try {
    runner.bounded(() => start(made, type));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    refused = error.message;
    runner.note("", undefined, error.through.join(" > "), `the set-up code ends QEMU: ${error.message}`);
  }
  const root = runner.bounded(() => model.rootObject()) ?? new Rec();
  runner.end();
  return { type, name, registry, opens: runner.opens, refused, root, model, runner };
}

function start({ runner, model, done }: Machinery, type: string): void {
  model.types.readOthers();
  for (const name of ["cpu_timers_init", "blk_mig_init", "ram_mig_init", "dirty_bitmap_mig_init"]) {
    if (runner.function(name, "") !== undefined) runner.run(name, []);
  }
  const impl = model.types.find(type);
  const cls = impl === undefined ? undefined : model.classes.of(impl);
  if (cls === undefined) return;
  const own = (name: string): Value => cls.get(`MachineClass.${name}`) ?? 0;
  if (runner.function("object_set_machine_compat_props", "") !== undefined) {
    runner.run("object_set_machine_compat_props", [own("compat_props")]);
  }
  const machine = model.create(type);
  if (!(machine instanceof Rec)) return;
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
  runner.run("cpu_exec_init_all", []);
  const size = own("default_ram_size");
  const bytes = typeof size === "number" && size > 0 ? size : standardMemory;
  machine.set("MachineState.ram_size", bytes);
  machine.set("MachineState.maxram_size", bytes);
  setOptions(model, machine, textAt(own("default_machine_opts")));
  const hook = cls.get("MachineClass.get_default_cpu_type");
  const cpu = hook instanceof Fn ? runner.call(hook, [machine]) : own("default_cpu_type");
  machine.set("MachineState.cpu_type", cpu);
  const order = own("default_boot_order");
  const boot = machine.get("MachineState.boot_config");
  if (boot instanceof Rec) boot.set("BootConfiguration.order", order);
  advance(runner, "PHASE_MACHINE_CREATED");
  accelerate(runner, model, machine);
  advance(runner, "PHASE_ACCEL_CREATED");
  const fatal = runner.global("error_fatal", "");
  const errp = fatal?.place(emptyFrame()) ?? 0;
  const init = runner.function("machine_run_board_init", "");
  if (init === undefined) return;
  const parameters = runner.compile(init)?.parameters.length ?? 0;
  runner.call(init, parameters > 1 ? [machine, 0, errp] : [machine]);
  advance(runner, "PHASE_MACHINE_READY");
  for (const notifier of done) {
    const fn = notifier instanceof Rec ? notifier.get("@0") : undefined;
    if (fn instanceof Fn) runner.call(fn, [notifier, 0]);
  }
  if (runner.function("register_global_state", "") !== undefined) runner.run("register_global_state", []);
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
