/** A machine type's board, built by running what QEMU runs for `-M NAME -nodefaults`. */
import { isTest } from "../c/paths";
import type { Project } from "../project/project";
import type { QomType } from "../qom/model";
import { classOf } from "./classOf";
import type { Refusal } from "./commandLine/devices";
import type { ObjectModel } from "./library/qom/model";
import { sourcesOf } from "./library/qom/sources";
import type { Registry } from "./library/savevm";
import { machinery } from "./machinery";
import type { Open } from "./run/notes";
import { programOf } from "./run/program";
import { type Bounds, type Runner, Stop } from "./run/runner";
import { Rec, textAt } from "./run/values";
import { type BoardSettings, start } from "./start";

export interface Board {
  readonly type: string;
  /** As the configuration section has it, which an alias stands for. */
  readonly name: string;
  readonly registry: Registry;
  readonly opens: readonly Open[];
  /** QEMU's message where it would end. */
  readonly refused: string | undefined;
  /** Devices of the command line that it does not make, with its messages. */
  readonly refusals: readonly Refusal[];
  /** Devices of the command line, with what was typed for each. */
  readonly given: ReadonlyMap<Rec, string>;
  readonly root: Rec;
  /** undefined where setting it up did not come to its end. */
  readonly machine: Rec | undefined;
  /** What the configuration section says of the page size, log2; undefined where it says nothing. */
  readonly pageBits: number | undefined;
  readonly model: ObjectModel;
  readonly runner: Runner;
}

export interface BoardOptions extends BoardSettings {
  readonly bounds?: Bounds | undefined;
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

/** By what its TypeInfo says. Unit tests have machines, and a root of machines, of their own. */
function mayBeMachine(project: Project, { name, abstract, file }: QomType): boolean {
  return !abstract && name.endsWith(suffix) && !isTest(file) && project.compiles(file) !== "false";
}

/** Stands for all of the tree that boards were built from: another object once some of it has changed. */
export function groundOf(project: Project): object {
  const [program, sources] = [programOf(project), sourcesOf(project)];
  const known = grounds.get(program);
  if (known?.sources === sources) return known;
  const ground = { sources };
  grounds.set(program, ground);
  return ground;
}

const grounds = new WeakMap<object, { readonly sources: object }>();

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
    if (!mayBeMachine(project, type)) continue;
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

/** QOM type of a machine that -M names, by its own name or an alias. */
function machineNamed(project: Project, model: ObjectModel, name: string): string | undefined {
  const direct = `${name}${suffix}`;
  const type = project.type(direct);
  if (type !== undefined && mayBeMachine(project, type)) return direct;
  const machines = [...project.types()].filter((each) => mayBeMachine(project, each));
  const naming = machines.filter(({ file }) => project.text(file)?.includes(`"${name}"`) === true);
  // making a class is more than reading a text
  for (const each of new Set([...naming, ...machines]))
    if (textAt(classOf(model, each.name)?.get("MachineClass.alias")) === name) return each.name;
  // that of another target's source is not there; a loop may make one that no TypeInfo names
  const isElsewhere = type !== undefined && !isTest(type.file);
  return !isElsewhere && model.types.find(direct)?.isAbstract === false ? direct : undefined;
}

/** undefined where the target has no such machine. */
export function buildBoard(project: Project, name: string, options: BoardOptions = {}): Board | undefined {
  return programOf(project).reading(() => build(project, name, options));
}

function build(project: Project, name: string, options: BoardOptions): Board | undefined {
  const made = machinery(project, options.bounds);
  const { runner, model, registry } = made;
  const type = runner.bounded(() => machineNamed(project, model, name));
  if (type === undefined) return undefined;
  let refused: string | undefined;
  let machine: Rec | undefined;
  let pageBits: number | undefined;
  try {
    machine = runner.bounded(() => start(made, type, options));
    pageBits = runner.bounded(() => sentPageBits(runner));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    refused = error.message;
    runner.note("", undefined, error.through.join(" > "), `the set-up code ends QEMU: ${error.message}`);
  }
  const root = runner.bounded(() => model.rootObject()) ?? new Rec();
  const own = textAt(classOf(model, type)?.get("MachineClass.name")) ?? name;
  runner.end();
  const { refusals, given } = made;
  const devices = { refusals, given };
  return {
    type,
    name: own,
    registry,
    opens: runner.opens,
    refused,
    ...devices,
    root,
    machine,
    pageBits,
    model,
    runner,
  };
}

/** Follows vmstate_target_page_bits' `.needed`. */
function sentPageBits(runner: Runner): number | undefined {
  const asked = (name: string): number => {
    const bits = runner.function(name, "") === undefined ? 0 : runner.run(name, []);
    return typeof bits === "number" ? bits : 0;
  };
  const bits = asked("qemu_target_page_bits");
  return bits > asked("qemu_target_page_bits_min") ? bits : undefined;
}
