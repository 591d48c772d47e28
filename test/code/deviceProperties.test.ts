import { expect, it } from "vitest";
import { ownersOf, propertiesOfMember, propertiesOfType } from "../../core/code/deviceProperties";
import { bareTree } from "../tree";

const macros = `#define DEFINE_PROP(_name, _state, _field, _prop, ...) \\
    { .name = (_name), .info = &(_prop), .offset = offsetof(_state, _field), __VA_ARGS__ }
#define DEFINE_PROP_BOOL(_n, _s, _f, _d) DEFINE_PROP(_n, _s, _f, qdev_prop_bool, .set_default = true, .defval.u = (bool)_d)
#define DEFINE_PROP_UINT64(_n, _s, _f, _d) DEFINE_PROP(_n, _s, _f, qdev_prop_uint64, .defval.u = (uint64_t)_d)
`;
const device = (arrays: string, setting = "device_class_set_props(dc, demo_properties);"): string => `
#define TYPE_DEMO "demo"
typedef struct Demo { bool on; struct { uint64_t size; } core; uint32_t list[2]; } Demo;
static const VMStateDescription vmstate_demo = { .name = "demo" };
static const Property demo_properties[] = { ${arrays} };
static void demo_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ${setting}
}
static const TypeInfo demo_info = { .name = TYPE_DEMO, .parent = "device", .class_init = demo_class_init };
DEFINE_TYPES(demo_info)
`;

function property(text: string, member: string): string | undefined {
  const project = bareTree({ "hw/demo.c": text });
  const [found] = propertiesOfMember(project, "hw/demo.c", member);
  if (found === undefined) return undefined;
  const { name, structName, kind, bit, byDefault } = found;
  return [name, structName, kind, bit, byDefault, ...ownersOf(project, found)].join(" ");
}

const both = `DEFINE_PROP_BOOL(TYPE_DEMO "-on", Demo, on, true), DEFINE_PROP_UINT64("size", Demo, core.size, 0x10)`;

it("a property is what the tree's macros make of it", () => {
  expect(property(macros + device(both), "on")).toBe("demo-on Demo bool  1 demo");
  expect(property(macros + device(both), "size")).toBe("size Demo uint64  16 demo");
});

it("and what its name says where the macros are not in sight", () => {
  expect(property(device(both), "on")).toBe("demo-on Demo bool  1 demo");
  expect(property(device('DEFINE_PROP_BIT("b", Demo, core.size, 3, false)'), "size")).toBe("b Demo bit 3 0 demo");
  expect(property(device('DEFINE_PROP_MACADDR("mac", Demo, on)'), "on")).toBeUndefined();
});

it("of one element of an array is no property of the array", () => {
  expect(property(macros + device('DEFINE_PROP_UINT64("a", Demo, list[1], 1)'), "list")).toBeUndefined();
});

it("belongs to the type whose class is given its array", () => {
  expect(property(macros + device(both, "dc->props = demo_properties;"), "on")).toBe("demo-on Demo bool  1 demo");
  expect(property(macros + device(both, "/* device_class_set_props(dc, demo_properties); */"), "on")).toBe(
    "demo-on Demo bool  1",
  );
});

it("of a type is its own or an ancestor's", () => {
  const child = `
static const Property child_properties[] = { DEFINE_PROP_BOOL("own", Demo, on, false) };
static void child_class_init(ObjectClass *klass, const void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), child_properties);
}
static const TypeInfo child_info = { .name = "child", .parent = TYPE_DEMO, .class_init = child_class_init };
DEFINE_TYPES(child_info)
`;
  const project = bareTree({ "hw/demo.c": macros + device(both) + child });
  const names = (type: string) => propertiesOfType(project, type).map(({ name }) => name);
  expect(names("child")).toEqual(["own", "demo-on", "size"]);
  expect(names("demo")).toEqual(["demo-on", "size"]);
  expect(names("none")).toEqual([]);
});
