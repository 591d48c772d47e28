/** The C library, glib, QEMU's object model and its migration core around one run of set-up code. */
import type { Project } from "../project/project";
import { deviceFunctions, type Refusal } from "./commandLine/devices";
import { arrayFunctions } from "./library/arrays";
import { blockFunctions } from "./library/block";
import { byteFunctions } from "./library/bytes";
import { characterDevices } from "./library/characters";
import { deviceTreeFunctions } from "./library/deviceTree";
import { dictionaryFunctions } from "./library/dictionaries";
import { listFunctions } from "./library/lists";
import { memoryFunctions } from "./library/memory";
import { networkFunctions } from "./library/network";
import { slirpFunctions } from "./library/slirp";
import { ObjectModel } from "./library/qom/model";
import { objectFunctions } from "./library/qom/objectFunctions";
import { propertyFunctions } from "./library/qom/propertyFunctions";
import { typeFunctions } from "./library/qom/typeFunctions";
import { ramFunctions } from "./library/ram";
import { createRegistry, type Registry, savevmFunctions } from "./library/savevm";
import { regionFunctions } from "./library/regions";
import { streamFunctions } from "./library/streams";
import { createSound, type Sound } from "./library/sound";
import { systemFunctions } from "./library/system";
import { tableFunctions } from "./library/tables";
import { textFunctions } from "./library/text";
import { timeFunctions } from "./library/time";
import { enumText, visitGenerated, visitorFunctions } from "./library/visitor";
import { type Bounds, type NativeFunction, Runner } from "./run/runner";
import type { Rec, Value } from "./run/values";

export interface Machinery {
  readonly runner: Runner;
  readonly model: ObjectModel;
  readonly registry: Registry;
  /** What is told when the machine is made. */
  readonly done: Value[];
  readonly sound: Sound;
  /** Devices of the command line that QEMU does not make. */
  readonly refusals: readonly Refusal[];
  /** Those that it makes, with what was typed for each. */
  readonly given: ReadonlyMap<Rec, string>;
}

export function machinery(project: Project, bounds: Bounds | undefined): Machinery {
  const natives = new Map<string, NativeFunction>();
  const state: { model?: ObjectModel } = {};
  const registry = createRegistry(project);
  const done: Value[] = [];
  const sound = createSound();
  const refusals: Refusal[] = [];
  const given = new Map<Rec, string>();
  const modelOf = (runner: Runner): ObjectModel => (state.model ??= new ObjectModel(runner));
  // a source may have functions of its own under a library's names
  const ofLibraries = [
    ...textFunctions,
    ...memoryFunctions,
    ...timeFunctions,
    ...listFunctions,
    ...tableFunctions,
    ...arrayFunctions,
    ...deviceTreeFunctions,
  ];
  const all = [
    ...ofLibraries,
    ...byteFunctions,
    ...typeFunctions(modelOf),
    ...objectFunctions(modelOf),
    ...propertyFunctions(modelOf),
    ...visitorFunctions,
    ...systemFunctions,
    ...sound.functions,
    ...dictionaryFunctions(modelOf),
    ...characterDevices(modelOf),
    ...blockFunctions,
    ...networkFunctions,
    ...slirpFunctions,
    ...regionFunctions,
    ...deviceFunctions(refusals, given),
    ...savevmFunctions(() => registry),
    ...streamFunctions,
    ...ramFunctions((block) => registry.blocks.push(block)),
  ];
  for (const [name, fn] of all) natives.set(name, fn);
  natives.set("qemu_add_machine_init_done_notifier", (_runner, [notifier]) => {
    done.push(notifier ?? 0);
    return 0;
  });
  const runner = new Runner(project, natives, new Set(ofLibraries.map(([name]) => name)), generated, bounds);
  return { runner, model: modelOf(runner), registry, done, sound, refusals, given };
}

function generated(runner: Runner, name: string, values: readonly Value[]): Value | undefined {
  if (name.startsWith("visit_type_")) return visitGenerated(runner, name, values);
  if (name.endsWith("_str")) return enumText(runner, name.slice(0, -"_str".length), values[0]);
  if (name.startsWith("trace_")) return 0;
  // the rest of libfdt: the blob is the guest's
  if (name.startsWith("fdt_")) return 0;
  return undefined;
}
