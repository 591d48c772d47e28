/** What QEMU's code asks of properties, by the names of its functions. */
import type { NativeFunction } from "../../run/runner";
import { Native, Rec, textAt, Unknown, type Value } from "../../run/values";
import { truthOf } from "../arguments";
import { type Carrier, carrierOf, carrierOfObject } from "../visitor";
import { classData, isProperty, newProperty, type Property, typeOf } from "./data";
import type { Model } from "./model";

/** Of an object, and of a class for all of its objects. */
function ofBoth(kind: string, fn: NativeFunction): readonly (readonly [string, NativeFunction])[] {
  return ["object", "object_class"].map((of) => [`${of}_property_add${kind}`, fn] as const);
}

export function propertyFunctions(model: Model): readonly (readonly [string, NativeFunction])[] {
  const accessors = (values: readonly Value[], from: number): Property["how"] => ({
    kind: "accessors",
    get: values[from] ?? 0,
    set: values[from + 1] ?? 0,
    opaque: values[from + 3] ?? 0,
  });
  const addProperty: NativeFunction = (runner, values) =>
    model(runner).properties.add(
      values[0],
      newProperty(textAt(values[1]) ?? "", textAt(values[2]) ?? "", accessors(values, 3)),
    );
  const simple =
    (kind: "bool" | "str"): NativeFunction =>
    (runner, values) =>
      model(runner).properties.add(
        values[0],
        newProperty(textAt(values[1]) ?? "", kind === "bool" ? "bool" : "string", {
          kind,
          get: values[2] ?? 0,
          set: values[3] ?? 0,
        }),
      );
  const enumeration: NativeFunction = (runner, values) =>
    model(runner).properties.add(
      values[0],
      newProperty(textAt(values[1]) ?? "", textAt(values[2]) ?? "", {
        kind: "enum",
        lookup: values[3] ?? 0,
        get: values[4] ?? 0,
        set: values[5] ?? 0,
      }),
    );
  const pointer: NativeFunction = (runner, values) =>
    model(runner).properties.add(
      values[0],
      newProperty(textAt(values[1]) ?? "", "uint", { kind: "pointer", target: values[2] ?? 0 }),
    );
  const link: NativeFunction = (runner, values) =>
    model(runner).properties.add(
      values[0],
      newProperty(textAt(values[1]) ?? "", `link<${textAt(values[2]) ?? ""}>`, {
        kind: "link",
        target: values[3] ?? 0,
      }),
    );
  const setting =
    (made: (value: Value) => Value, isNumber?: true): NativeFunction =>
    (runner, [object, name, value, errp]) =>
      model(runner).properties.set(object, textAt(name) ?? "", carrierOf(made(value ?? 0), isNumber), errp ?? 0)
        ? 1
        : 0;
  const plain = setting((value) => value);
  const number = setting((value) => value, true);
  const getting: NativeFunction = (runner, [object, name, errp]) =>
    model(runner).properties.get(object, textAt(name) ?? "", errp ?? 0);
  const begin: NativeFunction = (runner, [object, property]) => {
    const data = property instanceof Rec ? property.attached : undefined;
    if (object instanceof Rec && isProperty(data) && data.initial !== undefined)
      model(runner).properties.setOn(object, data, data.initial, 0);
    return 0;
  };
  const initial: NativeFunction = (runner, [property, value]) => {
    const data = property instanceof Rec ? property.attached : undefined;
    if (!(property instanceof Rec) || !isProperty(data)) return 0;
    data.initial = carrierOf(value ?? 0);
    property.set("ObjectProperty.init", runner.function("object_property_init_defval", "") ?? 0);
    return 0;
  };
  const finding: NativeFunction = (runner, [object, name]) =>
    model(runner).properties.find(object, textAt(name) ?? "")?.record ?? 0;
  const nothing: NativeFunction = () => 0;
  return [
    [
      "qdev_prop_set_globals",
      (runner, [device]) => {
        model(runner).applyGlobals(device);
        return 0;
      },
    ],
    ["object_property_try_add", addProperty],
    ...ofBoth("", addProperty),
    ...ofBoth("_bool", simple("bool")),
    ...ofBoth("_str", simple("str")),
    ...ofBoth("_enum", enumeration),
    ...[8, 16, 32, 64].flatMap((bits) => ofBoth(`_uint${bits}_ptr`, pointer)),
    ...ofBoth("_tm", nothing),
    ...ofBoth("_link", link),
    [
      "object_property_add_const_link",
      (runner, [object, name, target]) =>
        model(runner).properties.add(
          object,
          newProperty(textAt(name) ?? "", "link<>", { kind: "const", object: target ?? 0 }),
        ),
    ],
    [
      "object_property_add_alias",
      (runner, [object, name, target, targetName]) =>
        target instanceof Rec
          ? model(runner).properties.add(
              object,
              newProperty(textAt(name) ?? "", "alias", {
                kind: "alias",
                object: target,
                name: textAt(targetName) ?? "",
              }),
            )
          : 0,
    ],
    ["object_property_set_description", nothing],
    ["object_class_property_set_description", nothing],
    ["object_property_del", nothing],
    ["object_property_allow_set_link", nothing],
    ["object_property_set_bool", setting((value) => (value instanceof Unknown ? value : truthOf(value) ? 1 : 0))],
    ["object_property_set_int", number],
    ["object_property_set_uint", number],
    ["object_property_set_str", plain],
    ["object_property_set_link", plain],
    ["object_property_parse", plain],
    [
      "object_property_set",
      (runner, [object, name, given, errp]) =>
        given instanceof Native &&
        model(runner).properties.set(object, textAt(name) ?? "", given.value as Carrier, errp ?? 0)
          ? 1
          : 0,
    ],
    [
      "object_property_set_qobject",
      (runner, [object, name, value, errp]) => {
        const carrier = carrierOfObject(value) ?? carrierOf(new Unknown("an object of QAPI"));
        return model(runner).properties.set(object, textAt(name) ?? "", carrier, errp ?? 0) ? 1 : 0;
      },
    ],
    [
      "object_property_get_bool",
      (runner, values, site) => {
        const value = getting(runner, values, site);
        return value instanceof Unknown ? value : truthOf(value) ? 1 : 0;
      },
    ],
    ["object_property_get_int", getting],
    ["object_property_get_uint", getting],
    ["object_property_get_str", getting],
    ["object_property_get_link", getting],
    ["object_property_get_enum", getting],
    ["object_property_find", finding],
    ["object_property_find_err", finding],
    [
      "object_class_property_find",
      (runner, [cls, name]) => {
        const type = typeOf(cls);
        for (const each of type === undefined ? [] : model(runner).types.chain(type)) {
          const found = classData(model(runner).classes.of(each))?.properties.get(textAt(name) ?? "");
          if (found !== undefined) return found.record;
        }
        return 0;
      },
    ],
    [
      "object_property_iter_init",
      (runner, [iterator, object]) => {
        if (iterator instanceof Rec) iterator.attached = model(runner).properties.recordsOf(object);
        return 0;
      },
    ],
    [
      "object_class_property_iter_init",
      (runner, [iterator, cls]) => {
        if (iterator instanceof Rec) iterator.attached = model(runner).properties.recordsOf(cls);
        return 0;
      },
    ],
    [
      "object_property_iter_next",
      (_r, [iterator]) => {
        const rest = iterator instanceof Rec && Array.isArray(iterator.attached) ? iterator.attached : [];
        const next: unknown = rest.shift();
        return next instanceof Rec ? next : 0;
      },
    ],
    [
      "object_property_get_type",
      (runner, [object, name]) => model(runner).properties.find(object, textAt(name) ?? "")?.type ?? 0,
    ],
    ["object_property_init_defval", begin],
    ["object_property_set_default_bool", initial],
    ["object_property_set_default_str", initial],
    ["object_property_set_default_int", initial],
    ["object_property_set_default_uint", initial],
    ["object_property_set_default_list", nothing],
  ];
}
