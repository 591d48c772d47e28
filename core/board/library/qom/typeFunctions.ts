/** What QEMU's code asks of types and classes, by the names of its functions. */
import type { NativeFunction } from "../../run/runner";
import { Native, Rec, textAt, Unknown, type Value } from "../../run/values";
import { elementsOf, functionOf, numberOf, truthOf } from "../arguments";
import { objectData, typeOf } from "./data";
import type { Model, ObjectModel } from "./model";

export function typeFunctions(model: Model): readonly (readonly [string, NativeFunction])[] {
  const byName: NativeFunction = (runner, [name]) => {
    const type = model(runner).types.named(name);
    return type === undefined ? 0 : new Native(type);
  };
  const classByName: NativeFunction = (runner, [name]) => {
    const type = model(runner).types.named(name);
    return type === undefined ? 0 : model(runner).classes.of(type);
  };
  const foreach: NativeFunction = (runner, [fn, type, withAbstract, opaque]) => {
    const wanted = textAt(type);
    const found = functionOf(fn);
    if (found === undefined) return 0;
    for (const each of model(runner).types.all(wanted)) {
      if (each.isAbstract && !truthOf(withAbstract)) continue;
      runner.call(found, [model(runner).classes.of(each), opaque ?? 0]);
    }
    return 0;
  };
  const classList: NativeFunction = (runner, [type, withAbstract]) => {
    const wanted = textAt(type);
    const list = [...model(runner).types.all(wanted)].filter((each) => !each.isAbstract || truthOf(withAbstract));
    let head: Value = 0;
    for (const each of list.reverse()) {
      const node = new Rec();
      node.set(".data", model(runner).classes.of(each));
      node.set(".next", head);
      head = node;
    }
    return head;
  };
  const nothing: NativeFunction = () => 0;
  return [
    ["type_register", (runner, [info]) => registered(model(runner), info)],
    ["type_register_static", (runner, [info]) => registered(model(runner), info)],
    [
      "type_register_static_array",
      (runner, [infos, count]) => {
        for (const each of elementsOf(infos, numberOf(count) ?? 0)) model(runner).types.register(each);
        return 0;
      },
    ],
    ["type_register_internal", (runner, [info]) => registered(model(runner), info)],
    ["type_print_class_properties", nothing],
    ["type_get_by_name", byName],
    ["type_get_by_name_noload", byName],
    ["type_get_or_load_by_name", byName],
    ["object_dynamic_cast_assert", (_r, [object]) => object ?? 0],
    [
      "object_dynamic_cast",
      (runner, [object, name]) => {
        const type = typeOf(object);
        if (type === undefined) return object instanceof Rec ? (object.unwritten ?? 0) : (object ?? 0);
        return model(runner).types.isA(type, textAt(name) ?? "") ? (object ?? 0) : 0;
      },
    ],
    ["object_class_dynamic_cast", (runner, [cls, name]) => model(runner).classes.cast(cls, textAt(name) ?? "")],
    [
      "object_class_dynamic_cast_assert",
      (runner, [cls, name]) => {
        const found = model(runner).classes.cast(cls, textAt(name) ?? "");
        return found === 0 ? (cls ?? 0) : found;
      },
    ],
    [
      "object_get_class",
      (runner, [object]) => {
        const data = objectData(object);
        if (data !== undefined) return model(runner).classes.of(data.type);
        return object instanceof Unknown ? object : new Unknown("the class of no object");
      },
    ],
    ["object_get_typename", (_r, [object]) => typeOf(object)?.name ?? new Unknown("the type of no object")],
    ["object_class_get_name", (_r, [cls]) => typeOf(cls)?.name ?? new Unknown("the name of no class")],
    [
      "object_class_is_abstract",
      (_r, [cls]) => {
        const type = typeOf(cls);
        return type === undefined ? new Unknown("whether a class is abstract") : type.isAbstract ? 1 : 0;
      },
    ],
    ["object_class_by_name", classByName],
    ["module_object_class_by_name", classByName],
    [
      "object_class_get_parent",
      (runner, [cls]) => {
        const type = typeOf(cls);
        const parent = type === undefined ? undefined : model(runner).types.parentOf(type);
        return parent === undefined ? 0 : model(runner).classes.of(parent);
      },
    ],
    ["object_class_foreach", foreach],
    ["object_class_get_list", classList],
    ["object_class_get_list_sorted", classList],
  ];
}

function registered(model: ObjectModel, info: Value | undefined): Value {
  model.types.register(info);
  return new Native(info);
}
