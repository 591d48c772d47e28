/** QAPI's objects as far as options use them: dictionaries whose values are kept as they are, without a QString or QNum around them. */
import { store } from "../run/memory";
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, Unknown, type Value } from "../run/values";
import type { Model } from "./qom/model";
import { carrierOf } from "./visitor";

type Entries = Map<string, Value>;

const dictionaries = new WeakMap<object, Entries>();

/** The entries of a QDict; undefined for what is none. */
export function entriesOf(value: Value | undefined): Entries | undefined {
  return value instanceof Rec ? dictionaries.get(value) : undefined;
}

function dictionary(entries: Entries = new Map()): Rec {
  spend(entries.size * bytesOf.member);
  const made = new Rec();
  dictionaries.set(made, new Map(entries));
  return made;
}

const put: NativeFunction = (_runner, [target, key, value]) => {
  spend(bytesOf.member);
  entriesOf(target)?.set(textAt(key) ?? "", value ?? 0);
  return 0;
};

const get: NativeFunction = (_runner, [from, key, otherwise]) =>
  entriesOf(from)?.get(textAt(key) ?? "") ?? otherwise ?? 0;

/** An entry as a QDictEntry, behind which the others come. */
function entryAt(from: Value, entries: Entries, index: number): Value {
  spend(entries.size * bytesOf.visit);
  const found = [...entries][index];
  if (found === undefined) return 0;
  const made = new Rec();
  made.set("QDictEntry.key", found[0]);
  made.set("QDictEntry.value", found[1]);
  made.set("@0", found[0]);
  made.attached = { from, index };
  return made;
}

function next(_runner: Runner, [from, entry]: readonly Value[]): Value {
  const entries = entriesOf(from);
  const key = entry instanceof Rec ? textAt(entry.get("@0")) : undefined;
  if (entries === undefined || from === undefined || key === undefined) return 0;
  return entryAt(from, entries, [...entries.keys()].indexOf(key) + 1);
}

/** Follows qemu_opts_absorb_qdict: options that the list knows leave the dictionary. */
function absorb(runner: Runner, [options, from, errp]: readonly Value[]): Value {
  const entries = entriesOf(from);
  const list = options instanceof Rec ? options.get("QemuOpts.list") : undefined;
  if (entries === undefined || !(list instanceof Rec)) return new Unknown("options");
  const described = list.get("QemuOptsList.desc") ?? 0;
  const file = runner.project.function("qemu_opts_absorb_qdict", "")?.file ?? "";
  for (const [key, value] of entries) {
    if (!(runner.run("find_desc_by_name", [described, key], file) instanceof Rec)) continue;
    if (runner.run("qemu_opt_set", [options ?? 0, key, value, errp ?? 0]) === 0) return 0;
    entries.delete(key);
  }
  return 1;
}

export function dictionaryFunctions(model: Model): readonly (readonly [string, NativeFunction])[] {
  const setAll: NativeFunction = (runner, [object, from, , errp]) => {
    const failed = new Rec();
    for (const [name, value] of entriesOf(from) ?? []) {
      model(runner).properties.set(object, name, carrierOf(value), failed);
      const said = failed.get("@0");
      if (said === undefined || said === 0) continue;
      if (errp !== undefined && errp !== 0) store(errp, said);
      return 0;
    }
    return 1;
  };
  return [
    ["qdict_new", () => dictionary()],
    ...["obj", "str", "int", "bool"].map((kind) => [`qdict_put_${kind}`, put] as const),
    ["qdict_put_null", (runner, [target, key], site) => put(runner, [target ?? 0, key ?? 0, 0], site)],
    ["qdict_get", get],
    ...["str", "int", "bool"].flatMap((kind) => [
      [`qdict_get_${kind}`, get] as const,
      [`qdict_get_try_${kind}`, get] as const,
    ]),
    [
      "qdict_set_default_str",
      (runner, values, site) =>
        entriesOf(values[0])?.has(textAt(values[1]) ?? "") === true ? 0 : put(runner, values, site),
    ],
    ["qdict_haskey", (_r, [from, key]) => (entriesOf(from)?.has(textAt(key) ?? "") === true ? 1 : 0)],
    [
      "qdict_del",
      (_r, [from, key]) => {
        entriesOf(from)?.delete(textAt(key) ?? "");
        return 0;
      },
    ],
    ["qdict_size", (_r, [from]) => entriesOf(from)?.size ?? 0],
    ["qdict_clone_shallow", (_r, [from]) => dictionary(entriesOf(from))],
    ["qdict_first", (_r, [from]) => (from === undefined ? 0 : entryAt(from, entriesOf(from) ?? new Map(), 0))],
    ["qdict_next", next],
    ["qstring_from_str", (_r, [text]) => text ?? 0],
    ["qstring_get_str", (_r, [text]) => text ?? 0],
    ["qobject_ref_impl", (_r, [object]) => object ?? 0],
    ["qobject_unref_impl", () => 0],
    ["qemu_opts_absorb_qdict", absorb],
    // until 11.0, and since
    ["object_set_properties_from_keyval", setAll],
    ["object_set_props_from_keyval", setAll],
  ];
}
