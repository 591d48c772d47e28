import { describe, expect, it } from "vitest";
import type { LoadableProject } from "../../core/project";
import { treeOf } from "../tree";

const includes = '#include "qemu/osdep.h"\n#include "migration/vmstate.h"\n#include "hw/sysbus.h"\n';
const table = 'static const VMStateDescription vmstate_a = { .name = "a" };\n';

function read(code: string): LoadableProject {
  return treeOf({ "hw/a.c": includes + table + code });
}

const setup = (body: string, before = ""): string => `static void a_reset(DeviceState *dev) { }
${before}static void a_class_init(ObjectClass *klass, const void *data)
{
    ${body}
}
static const TypeInfo a = { .name = "a", .class_init = a_class_init };
`;

/** What the class sets, as `struct.slot = value`. */
function classOf(project: LoadableProject, name = "a"): readonly string[] {
  const type = project.type(name);
  const slots = type?.classSlots.map(({ classStruct, slot, value }) => `${classStruct}.${slot} = ${value.name}`) ?? [];
  const tables = type?.descriptions.map(
    ({ classStruct, slot, reference }) => `${classStruct}.${slot} = ${reference.symbol}`,
  );
  return [...slots, ...(tables ?? [])];
}

describe("a class function", () => {
  it.each([
    "DeviceClass *dc = DEVICE_CLASS(klass); (dc)->vmsd = &vmstate_a; dc->reset = a_reset;",
    "DeviceClass *dc = DEVICE_CLASS(klass); (*dc).vmsd = (&(vmstate_a)); (*dc).reset = &a_reset;",
    "DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = (const VMStateDescription *)&vmstate_a; dc->reset = (void *)a_reset;",
    "DEVICE_CLASS(klass)->vmsd = &vmstate_a; DEVICE_CLASS(klass)->reset = a_reset;",
    "((DeviceClass *)klass)->vmsd = &vmstate_a; ((DeviceClass *)klass)->reset = (a_reset);",
    "DeviceClass *dc = DEVICE_CLASS(klass); if (kvm_enabled()) { dc->vmsd = &vmstate_a; } dc->reset = on ? a_reset : NULL;",
  ])("sets its slots: %s", (body) => {
    expect(classOf(read(setup(body)))).toEqual(["DeviceClass.reset = a_reset", "DeviceClass.vmsd = vmstate_a"]);
  });

  it.each([
    ["common(dc, &vmstate_a, a_reset);"],
    ["common((dc), (&vmstate_a), &a_reset);"],
    ["common((DeviceClass *)dc, &vmstate_a, (void (*)(DeviceState *))a_reset);"],
    ["common(DEVICE_CLASS(klass), &vmstate_a, a_reset);"],
  ])("hands its class to a helper, with what to set: %s", (call) => {
    const helper =
      "static void common(DeviceClass *k, const VMStateDescription *vmsd, void (*reset)(DeviceState *dev))\n{\n    k->vmsd = vmsd;\n    k->reset = reset;\n}\n";
    const body = `DeviceClass *dc = DEVICE_CLASS(klass); ${call}`;
    expect(classOf(read(setup(body, helper)))).toEqual(["DeviceClass.reset = a_reset", "DeviceClass.vmsd = vmstate_a"]);
  });

  it("sets nothing with what only compares, or is in a comment or a string", () => {
    const body =
      'DeviceClass *dc = DEVICE_CLASS(klass); /* dc->vmsd = &vmstate_a; */ if (dc->vmsd == &vmstate_a) { puts("dc->reset = a_reset;"); }';
    expect(classOf(read(setup(body)))).toEqual([]);
  });
});

describe("types of a function", () => {
  const names = (statements: string, before = ""): readonly string[] =>
    [
      ...read(`typedef struct Model { const char *name; } Model;
static const Model models[] = { { .name = "small" }, { "big" } };
${before}static void a_register(void)
{
    for (int i = 0; i < 2; i++) {
        ${statements}
    }
}
type_init(a_register)
`).types(),
    ].map(({ name, parent }) => `${name} ${parent ?? ""}`);

  it.each([
    'TypeInfo t = { .parent = "device", .name = models[i].name }; type_register(&t);',
    'TypeInfo t = { .parent = ("device") }; (t).name = (models[(i)].name); type_register(&t);',
    'const Model *m = &models[i]; TypeInfo t = { .parent = "device", .name = (char *)m->name }; type_register(&t);',
    'const Model *m = &(models[i]); const char *n = (m)->name; TypeInfo t = { 0 }; t.name = n; t.parent = "device"; type_register(&t);',
    'const Model *m = &models[i]; char *n = NULL; n = g_strdup_printf("%s", m->name); TypeInfo t = { .name = n, .parent = "device" }; type_register(&t);',
  ])("are one for each element: %s", (statements) => {
    expect(names(statements)).toEqual(["small device", "big device"]);
  });

  it("are named by a helper and by a macro of its parameter", () => {
    const helper =
      '#define NAMED(n) n "-cpu"\nstatic char *name_of(const char *which, int n)\n{\n    return g_strdup_printf("%s-100%%", which);\n}\nstatic const char *plain(const char *which) { return (which); }\n';
    const t = (name: string): string => `TypeInfo t = { .name = ${name} }; type_register(&t);`;
    expect(names(t("name_of(models[i].name, 1)"), helper)).toEqual(["small-100% ", "big-100% "]);
    expect(names(t("plain((models[i].name))"), helper)).toEqual(["small ", "big "]);
    expect(names(t('g_strdup_printf("%d-%s", i, models[i].name)'), helper)).toEqual([]);
  });
});
