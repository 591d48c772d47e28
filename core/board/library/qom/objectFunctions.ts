/** What QEMU's code asks of objects and their tree, by the names of its functions. */
import { store } from "../../run/memory";
import type { NativeFunction, Runner } from "../../run/runner";
import { Rec, textAt, Unknown, type Value } from "../../run/values";
import { functionOf } from "../arguments";
import { classData, objectData, typeIn } from "./data";
import type { Model, ObjectModel } from "./model";

export function objectFunctions(model: Model): readonly (readonly [string, NativeFunction])[] {
  const addChild: NativeFunction = (runner, [parent, name, child]) => {
    if (parent instanceof Rec && child instanceof Rec) model(runner).addChild(parent, textAt(name) ?? "", child);
    return child ?? 0;
  };
  const create: NativeFunction = (runner, [name]) => {
    const text = textAt(name);
    if (text !== undefined) return model(runner).create(text);
    runner.noteHere("an object of a type that is not known");
    return new Unknown("an object of a type that is not known");
  };
  const childForeach =
    (deep: boolean): NativeFunction =>
    (runner, [object, fn, opaque]) => {
      const found = functionOf(fn);
      if (found === undefined || !(object instanceof Rec)) return 0;
      const children = deep ? [...model(runner).below(object)] : [...(objectData(object)?.children.values() ?? [])];
      for (const each of children) {
        const result = runner.call(found, [each, opaque ?? 0]);
        if (typeof result === "number" && result !== 0) return result;
      }
      return 0;
    };
  const resolveType: NativeFunction = (runner, [path, type, ambiguous]) => {
    const wanted = textAt(type) ?? "";
    const prefix = textAt(path) ?? "";
    const found =
      prefix === ""
        ? model(runner).ofType(wanted)
        : [model(runner).resolve(prefix)].filter((each) => each !== undefined);
    if (ambiguous !== undefined && ambiguous !== 0) store(ambiguous, found.length > 1 ? 1 : 0);
    return found.length === 1 ? (found[0] ?? 0) : 0;
  };
  const nothing: NativeFunction = () => 0;
  return [
    ["object_new", create],
    [
      "object_new_with_class",
      (runner, [cls]) => {
        const type = classData(cls)?.type;
        return type === undefined
          ? new Unknown("an object of a class that is not known")
          : model(runner).create(type.name);
      },
    ],
    [
      "object_initialize",
      (runner, [data, , name]) => {
        const type = model(runner).types.named(name);
        if (type === undefined) runner.lackingType(textAt(name) ?? "?");
        else if (data instanceof Rec) model(runner).initialise(data, type);
        return 0;
      },
    ],
    [
      "object_new_with_type",
      (runner, [type]) => {
        const impl = typeIn(type ?? 0);
        return impl === undefined
          ? new Unknown("an object of a type that is not known")
          : model(runner).create(impl.name);
      },
    ],
    [
      "object_initialize_with_type",
      (runner, values) => {
        const impl = values.map(typeIn).find((each) => each !== undefined);
        if (impl !== undefined && values[0] instanceof Rec) model(runner).initialise(values[0], impl);
        return 0;
      },
    ],
    ["object_ref", (_r, [object]) => object ?? 0],
    ["object_unref", nothing],
    ["object_child_foreach", childForeach(false)],
    ["object_child_foreach_recursive", childForeach(true)],
    ["object_get_root", (runner) => model(runner).rootObject()],
    ["object_get_objects_root", (runner) => containerAt(model(runner), "/objects")],
    ["object_get_internal_root", (runner) => containerAt(model(runner), "/internal")],
    ["object_get_container", (runner, [name]) => containerAt(model(runner), `/${textAt(name) ?? ""}`)],
    [
      "container_get",
      (runner, [root, path]) => (root instanceof Rec ? containerBelow(model(runner), root, textAt(path) ?? "") : 0),
    ],
    ["object_property_add_child", addChild],
    ["object_property_try_add_child", addChild],
    ["object_unparent", (runner, [object]) => unparent(model(runner), runner, object)],
    [
      "object_get_canonical_path",
      (runner, [object]) => (object instanceof Rec ? (model(runner).pathOf(object) ?? 0) : 0),
    ],
    ["object_get_canonical_path_component", (_r, [object]) => objectData(object)?.name ?? 0],
    [
      "object_resolve_path",
      (runner, [path, ambiguous]) => {
        if (ambiguous !== undefined && ambiguous !== 0) store(ambiguous, 0);
        const text = textAt(path);
        return text === undefined ? 0 : (model(runner).resolve(text) ?? 0);
      },
    ],
    ["object_resolve_path_at", (runner, [, path]) => model(runner).resolve(textAt(path) ?? "") ?? 0],
    ["object_resolve_path_type", resolveType],
    ["object_resolve_type_unambiguous", (runner, [type], site) => resolveType(runner, ["", type ?? 0], site)],
    [
      "object_resolve_path_component",
      (runner, [object, name]) =>
        object instanceof Rec ? (model(runner).component(object, textAt(name) ?? "") ?? 0) : 0,
    ],
  ];
}

export function containerAt(model: ObjectModel, path: string): Rec {
  return containerBelow(model, model.rootObject(), path);
}

function containerBelow(model: ObjectModel, root: Rec, path: string): Rec {
  let at = root;
  for (const part of path.split("/").filter((each) => each !== "")) {
    let next = objectData(at)?.children.get(part);
    if (next === undefined) {
      const made = model.create("container");
      next = made instanceof Rec ? made : new Rec();
      model.addChild(at, part, next);
    }
    at = next;
  }
  return at;
}

function unparent(model: ObjectModel, runner: Runner, object: Value | undefined): Value {
  if (!(object instanceof Rec)) return 0;
  const cls = objectData(object) === undefined ? 0 : object.get("@0");
  const fn = cls instanceof Rec ? functionOf(cls.get("ObjectClass.unparent")) : undefined;
  if (fn !== undefined && objectData(object)?.parent !== undefined) runner.call(fn, [object]);
  model.removeChild(object);
  return 0;
}
