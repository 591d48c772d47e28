/** Of a tree that was read before, only questions are asked again whose answer may be another one. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { workOf } from "../counted";
import { keptTree } from "./keptTree";
import { vmstate } from "./run";

const sources = ["caller", "helper", "holder"];
const put = (name: string, text: string): void => writeFileSync(inside(`tree/hw/demo/${name}.c`), text);
const read = (name: string): string => readFileSync(inside(`tree/hw/demo/${name}.c`), "utf8");

/** A device whose load goes through a helper and a table of operations of another file, inside the table of a third. */
const texts: Readonly<Record<string, string>> = {
  caller: `#include "hw/pci/pci.h"
typedef struct Called { uint32_t count; uint32_t limit; uint8_t data[16]; const DemoOps *ops; } Called;
static int called_post_load(void *opaque, int version_id)
{
    Called *s = opaque;
    helper_sync(s);
    s->ops->kick(s);
    return helper_verdict(s);
}
const VMStateDescription vmstate_called = { .name = "called", .version_id = 1, .minimum_version_id = 1,
    .post_load = called_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(count, Called), VMSTATE_UINT32(limit, Called),
        VMSTATE_VARRAY_UINT32(data, Called, count, 0, vmstate_info_uint8, uint8_t), VMSTATE_END_OF_LIST() } };
static void called_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_called;
}
static const TypeInfo called = { .name = "called", .parent = TYPE_PCI_DEVICE, .class_init = called_class_init };
`,
  helper: `#include "migration/vmstate.h"
static void helper_kick(void *opaque)
{
    helper_note(opaque);
}
static void helper_other(void *opaque)
{
    blk_pwrite(opaque, 0, 1, 0, 0);
}
const DemoOps helper_ops = { .kick = helper_kick };
void helper_sync(void *opaque)
{
    helper_note(opaque);
}
int helper_verdict(void *opaque)
{
    return 0;
}
`,
  holder: `#include "migration/vmstate.h"
typedef struct Holder { Called inner; uint32_t mode; } Holder;
static int holder_pre_save(void *opaque)
{
    Holder *s = opaque;
    s->mode++;
    return 0;
}
static int holder_post_load(void *opaque, int version_id)
{
    return 0;
}
static const VMStateDescription vmstate_holder = { .name = "holder", .version_id = 2, .minimum_version_id = 1,
    .pre_save = holder_pre_save,
    .post_load = holder_post_load,
    .fields = (const VMStateField[]) { VMSTATE_STRUCT(inner, Holder, 0, vmstate_called, Called),
        VMSTATE_UINT32(mode, Holder), VMSTATE_END_OF_LIST() } };
static void holder_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_holder;
}
static const TypeInfo holder = { .name = "holder", .parent = TYPE_DEVICE, .class_init = holder_class_init };
`,
};

const inside = keptTree(Object.fromEntries(sources.map((name) => [`hw/demo/${name}.c`, texts[name] ?? ""])));

const check = async (...more: string[]) =>
  (
    await vmstate(["check", "--tree", "tree", "--format", "json", ...more], {
      cwd: inside("."),
      self: inside("cli.js"),
    })
  ).out;

describe("a question that was answered", () => {
  it("is not asked again of what is as it was", async () => {
    const first = await workOf(() => check());
    expect(first.parsed).toBeGreaterThan(4);
    expect(first.followed).toBeGreaterThan(4);
    const again = await workOf(() => check());
    expect(again.answer).toBe(first.answer);
    expect([again.followed, again.parsed, again.skimmed]).toEqual([0, 0, 0]);
    put("holder", `${read("holder")}/* one more line */\n`);
    const edited = await workOf(() => check());
    expect(edited.answer).toBe(first.answer);
    expect(edited.parsed).toBeLessThan(first.parsed / 2);
    expect([edited.followed, edited.skimmed]).toEqual([1, 1]);
  });

  it("nor where another source has one more function of its own", async () => {
    const first = await workOf(() => check());
    put("holder", `${read("holder")}static int more(int of)\n{\n    return of;\n}\n`);
    const edited = await workOf(() => check());
    expect(edited.answer).toBe(first.answer);
    expect([edited.followed, edited.skimmed]).toEqual([1, 1]);
  });

  it("is asked by another rule that may be asked for", async () => {
    await check();
    expect(await check("--review")).toBe(await check("--review", "--no-cache"));
    expect(await check()).toBe(await check("--no-cache"));
  });

  it("is kept by a check behind a command that asks none", async () => {
    await vmstate(["dump", "--tree", "tree"], { cwd: inside("."), self: inside("cli.js") });
    const first = await workOf(() => check());
    expect((await workOf(() => check())).followed).toBeLessThan(first.followed);
  });
});

describe("what another file says may be another answer", () => {
  const edits: Readonly<Record<string, readonly [file: string, from: string, to: string, code: string]>> = {
    "a helper writes to a disk": [
      "helper",
      "void helper_sync(void *opaque)\n{",
      "void helper_sync(void *opaque)\n{\n    blk_pwrite(opaque, 0, 1, 0, 0);",
      "block-write-in-post-load",
    ],
    "a device reads guest memory while it loads": [
      "helper",
      "void helper_sync(void *opaque)\n{",
      "void helper_sync(void *opaque)\n{\n    pci_dma_read(opaque, 0, opaque, 4);",
      "dma-before-iommu",
    ],
    "a table of operations names another function": [
      "helper",
      ".kick = helper_kick",
      ".kick = helper_dma",
      "dma-before-iommu",
    ],
    "the table that holds it is of another version": [
      "holder",
      ".version_id = 2",
      ".version_id = 0",
      "minimum-above-version",
    ],
    "its own hook gives back a positive number": [
      "caller",
      "return helper_verdict(s);",
      "return 1;",
      "load-hook-positive",
    ],
  };

  it.each(Object.entries(edits))("%s", async (_, [file, from, to, code]) => {
    const helper = `${texts["helper"] ?? ""}`.replace(
      "const DemoOps",
      "static void helper_dma(void *opaque)\n{\n    pci_dma_read(opaque, 0, opaque, 4);\n}\nconst DemoOps",
    );
    put("helper", helper);
    const first = await check();
    const before = read(file);
    expect(before).toContain(from);
    put(file, before.replace(from, to));
    const fresh = await check("--no-cache");
    expect(fresh).not.toBe(first);
    expect(fresh).toContain(code);
    expect(await check()).toBe(fresh);
    put(file, before);
    expect(await check()).toBe(first);
  });

  it("or none any more, whatever is kept in between", async () => {
    const lines = [
      "    blk_pwrite(opaque, 0, 1, 0, 0);",
      "    pci_dma_read(opaque, 0, opaque, 4);",
      "    qemu_irq_raise(opaque);",
      "",
    ];
    for (let round = 0; round < 12; round++) {
      const name = sources[round % 3] ?? "";
      const line = lines[(round >> 1) % 4] ?? "";
      put(name, (texts[name] ?? "").replace(/^\{$/m, `{\n${line}`));
      expect(await check(), `round ${round}`).toBe(await check("--no-cache"));
    }
  });
});

/** What rules about the whole tree look at in files of others: operations of drivers, what a CPU makes, what is set while QEMU runs. */
const elsewhere: Readonly<Record<string, string>> = {
  "hw/demo/drivers.c": `#include "migration/vmstate.h"
typedef struct DriverOps { void (*save_job)(QEMUFile *f, void *job); void (*load_job)(QEMUFile *f, void *job); int size; } DriverOps;
static const DriverOps full_ops = { .size = 1, .save_job = full_save, .load_job = full_load };
static const DriverOps bare_ops = { .size = 2 };
static const TypeInfo driver = { .name = "driver", .parent = TYPE_DEVICE };
`,
  "target/toy/cpu.c": `#include "migration/vmstate.h"
static void toy_realize(void *cpu)
{
    object_new("toy-part");
}
static const TypeInfo toy = { .name = "toy", .parent = TYPE_DEVICE };
`,
  "hw/demo/part.c": `#include "migration/vmstate.h"
typedef struct Part { uint32_t a; } Part;
static const VMStateDescription vmstate_part = { .name = "part", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Part), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_late = { .name = "late", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Part), VMSTATE_END_OF_LIST() } };
static void part_realize(DeviceState *dev, Error **errp)
{
    DEVICE_GET_CLASS(dev)->vmsd = &vmstate_late;
}
static void part_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->realize = part_realize;
    dc->vmsd = &vmstate_part;
}
static const TypeInfo part = { .name = "toy-part", .parent = TYPE_DEVICE, .class_init = part_class_init };
`,
};

describe("what rules about the whole tree look at", () => {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(inside(`tree/${path}`)), { recursive: true });
    writeFileSync(inside(`tree/${path}`), text);
  };

  it("is not read again after an edit of another file", async () => {
    const edit = (): void => put("holder", `${read("holder")}/* one more line */\n`);
    await check();
    edit();
    const { parsed } = await workOf(() => check());
    for (const each of Object.entries(elsewhere)) write(...each);
    const first = await check();
    expect(first).toContain("save-hook-missing");
    expect(first).toContain("instance-id-by-order");
    expect(first).not.toContain("never-registered");
    edit();
    const edited = await workOf(() => check());
    expect([edited.answer, edited.parsed]).toEqual([first, parsed]);
  });

  const edits: readonly (readonly [path: string, from: string, to: string, code: string, isFound: boolean])[] = [
    ["hw/demo/drivers.c", ".size = 2 }", ".size = 2, .save_job = s, .load_job = l }", "save-hook-missing", false],
    ["target/toy/cpu.c", '"toy-part"', '"other"', "instance-id-by-order", false],
    ["hw/demo/part.c", "->vmsd = &vmstate_late", "->vmsd = NULL", "never-registered", true],
  ];

  it.each(edits)("is read again where it has changed: %s", async (path, from, to, code, isFound) => {
    for (const each of Object.entries(elsewhere)) write(...each);
    expect((await check()).includes(code)).toBe(!isFound);
    write(path, (elsewhere[path] ?? "").replace(from, to));
    const now = await check();
    expect(now).toBe(await check("--no-cache"));
    expect(now.includes(code)).toBe(isFound);
  });
});

it("what was kept is not used where it is cut or says something else", async () => {
  const first = await workOf(() => check());
  const kept = () => readdirSync(inside("cache/vmstate/models")).map((name) => inside(`cache/vmstate/models/${name}`));
  expect(kept()).toHaveLength(1);
  for (const damage of [
    (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 64), Buffer.from([0xff]), bytes.subarray(65)]),
  ]) {
    for (const file of kept()) writeFileSync(file, damage(readFileSync(file)));
    const again = await workOf(() => check());
    expect(again.answer).toBe(first.answer);
    expect(again.followed).toBe(first.followed);
  }
});
