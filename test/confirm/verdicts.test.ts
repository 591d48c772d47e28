/** What a run says of one finding, and that it is kept beside it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exampleTree, vmstate } from "../cli/run";
import { exampleStream } from "./exampleStream";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

let tree = "";
const made: StandIn[] = [];

/** The example, with its IOMMU as a VT-d and a device that has no table. */
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "vmstate-verdicts-"));
  cpSync(exampleTree, tree, { recursive: true });
  const iommu = join(tree, "hw/demo/demo-iommu.c");
  const text = readFileSync(iommu, "utf8");
  writeFileSync(iommu, text.replace('#define TYPE_DEMO_IOMMU "demo-iommu"', '#define TYPE_DEMO_IOMMU "intel-iommu"'));
  writeFileSync(
    join(tree, "hw/demo/bare.c"),
    `#include "qemu/osdep.h"
typedef struct Bare { DeviceState parent; uint32_t regs[4]; } Bare;
static void bare_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { Bare *s = opaque; s->regs[addr & 3] = value; }
static uint64_t bare_read(void *opaque, hwaddr addr, unsigned size) { Bare *s = opaque; return s->regs[addr & 3]; }
static const MemoryRegionOps bare_ops = { .read = bare_read, .write = bare_write };
static const TypeInfo bare = { .name = "bare", .parent = "device", .instance_size = sizeof(Bare) };
`,
  );
  writeFileSync(
    join(tree, "hw/demo/forgets.c"),
    `#include "qemu/osdep.h"
#include "migration/vmstate.h"
typedef struct Forgets { DeviceState parent; uint32_t control; uint32_t mask; MemoryRegion regs; } Forgets;
static void forgets_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{ Forgets *s = opaque; switch (addr) { case 0: s->control = value; break; case 4: s->mask = value; break; } }
static uint64_t forgets_read(void *opaque, hwaddr addr, unsigned size)
{ Forgets *s = opaque; switch (addr) { case 0: return s->control; case 4: return s->mask; default: return 0; } }
static const MemoryRegionOps forgets_ops = { .read = forgets_read, .write = forgets_write };
static void forgets_init(Object *obj)
{ Forgets *s = (Forgets *)obj; memory_region_init_io(&s->regs, obj, &forgets_ops, s, "forgets-regs", 16); }
static const VMStateDescription vmstate_forgets = { .name = "forgets", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(control, Forgets), VMSTATE_END_OF_LIST() } };
static void forgets_class_init(ObjectClass *klass, const void *data) { DEVICE_CLASS(klass)->vmsd = &vmstate_forgets; }
static const TypeInfo forgets = { .name = "forgets", .parent = "device", .instance_size = sizeof(Forgets),
    .instance_init = forgets_init, .class_init = forgets_class_init };
`,
  );
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

afterEach(async () => {
  for (const each of made.splice(0)) {
    await expect.poll(each.alive).toEqual([]);
    each.remove();
  }
});

function placeOf(file: string, text: string): string {
  const lines = readFileSync(join(tree, file), "utf8").split("\n");
  return `${file}:${lines.findIndex((line) => line.includes(text)) + 1}`;
}

async function confirm(behaviour: StandInBehaviour, ...more: string[]) {
  const program = makeStandIn({ types: ["demo-disk"], ...behaviour });
  made.push(program);
  return vmstate(["confirm", "check", "--qemu", program.path, "--tree", tree, ...more], { cwd: tree });
}

const refuses: StandInBehaviour = {
  stream: exampleStream(),
  refuses: "error while loading state",
  refusesAfter: 1,
  guest: { "inl 0xcfc": [0x01060100, 0xfffff000], "readl 0x501040": [0x34] },
};
const disk = (): string => placeOf("hw/demo/demo-disk.c", "VMStateDescription vmstate_demo_disk");
const iommu = (): string => placeOf("hw/demo/demo-iommu.c", "VMStateDescription vmstate_demo_iommu");

describe("the finding at a place", () => {
  it.each([disk, iommu])("is confirmed in QEMU's words", async (at) => {
    const { code, out } = await confirm(refuses, "--at", at());
    expect(out).toMatch(
      /\d+:\d+: \[dma-before-iommu\] confirmed on 1\.2\.3 \(stand-in\): .*demo-disk before demo-iommu: QEMU refuses the stream\n {2}error while loading state\n$/,
    );
    expect(out.startsWith(`${at()}:`)).toBe(true);
    expect(code).toBe(1);
  });

  it("of a device without a table is the registers that are lost", async () => {
    const bare = placeOf("hw/demo/bare.c", "TypeInfo bare");
    const mtree = `FlatView #0
 AS "memory", root: system
 Root memory region: system
  0000000040000000-000000004000000f (prio 0, i/o): bare-regs owner:{dev id=vmstate-dut}
`;
    const board = ["--at", bare, "--machine", "-M board"];
    const lost = await confirm({ target: "arm", mtree, loses: ["0x40000004"] }, ...board);
    expect(lost.out).toMatch(
      /\[device-without-table\] confirmed on 1\.2\.3 \(stand-in\): a migration loses 1 of 4 registers of bare: bare-regs 0x4 was 0xffffffff and is 0x0\n$/,
    );
    const kept = await confirm({ target: "arm", mtree }, ...board);
    expect([kept.code, kept.out]).toEqual([
      0,
      expect.stringMatching(/not seen on .*: none of 4 registers of bare is lost/),
    ]);
    const nowhere = await confirm({ target: "arm", mtree: "" }, ...board);
    expect(nowhere.out).toMatch(/cannot be shown by a run of .*, because no register of it is in/);
  });

  it("of a member is the register that goes by it", async () => {
    const at = placeOf("hw/demo/forgets.c", "VMStateDescription vmstate_forgets");
    const mtree = `FlatView #0
 AS "memory", root: system
 Root memory region: system
  0000000040000000-000000004000000f (prio 0, i/o): forgets-regs owner:{dev id=vmstate-dut}
`;
    const own = {
      target: "arm",
      qom: { "/machine/peripheral/vmstate-dut": "forgets" },
      mtree,
    };
    const board = ["--at", at, "--machine", "-M board"];
    const lost = await confirm({ ...own, loses: ["0x40000004"] }, ...board);
    expect(lost).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /\[state-not-saved\] confirmed on 1\.2\.3 \(stand-in\): a migration of forgets loses mask: forgets-regs 0x4 was 0xffffffff and is 0x0\n$/,
      ),
    });
    const kept = await confirm({ ...own, loses: ["0x40000000"] }, ...board);
    expect(kept).toMatchObject({
      code: 0,
      out: expect.stringMatching(/not seen on .*: forgets-regs 0x4 of forgets goes by mask, and is after a migration/),
    });
  });

  it("has to be one, and one that a run shows", async () => {
    const none = await confirm({}, "--at", "hw/demo/bare.c:1");
    expect([none.code, none.err]).toEqual([
      2,
      "vmstate: --at hw/demo/bare.c:1: no finding there; in this file: 6 (device-without-table)\n",
    ]);
    const other = await confirm({}, "--at", placeOf("hw/demo/demo-timer.c", "VMStateDescription vmstate_demo_timer"));
    expect(other).toMatchObject({ code: 2 });
    const unshown = await confirm({}, "--at", placeOf("hw/demo/demo-timer.c", "VMSTATE_BOOL(running"));
    expect(unshown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/because no run is known for missing-end-of-list/),
    });
    expect(await confirm({}, "--at", "hw/demo/bare.c")).toMatchObject({ code: 2, err: /write FILE:LINE/ });
  });
});

describe("verdicts", () => {
  const file = (): string => join(tree, "verdicts.json");
  const check = (...more: string[]) => vmstate(["check", "--tree", tree, "--verdicts", file(), ...more], { cwd: tree });

  it("are kept with the finding and shown beside it, one of each QEMU", async () => {
    await confirm(refuses, "--at", disk(), "--verdicts", file());
    await confirm({ ...refuses, version: [2, 0, 0] }, "--at", disk(), "--verdicts", file());
    await confirm(refuses, "--at", disk(), "--verdicts", file());
    expect((await check()).out).toMatch(
      / {2}confirmed on 2\.0\.0 \(stand-in\): .*: QEMU refuses the stream\n {4}error while loading state\n {2}confirmed on 1\.2\.3/,
    );
    const judged = JSON.parse((await check("--format", "json")).out).filter((each: object) => "verdicts" in each);
    expect(judged).toMatchObject([
      { file: "hw/demo/demo-disk.c", verdicts: [{ binary: "2.0.0 (stand-in)" }, { binary: "1.2.3 (stand-in)" }] },
    ]);
    const { results } = JSON.parse((await check("--format", "sarif")).out).runs[0];
    const withProperties = results.filter((each: object) => "properties" in each);
    expect(withProperties).toMatchObject([
      {
        ruleId: "dma-before-iommu",
        properties: { verdicts: [{ kind: "confirmed" }, { messages: ["error while loading state"] }] },
      },
    ]);
  });

  it("of another kind of file are none", async () => {
    writeFileSync(file(), "{}");
    expect(await check()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/verdicts\.json: is no file of verdicts\n$/),
    });
    rmSync(file());
    expect(await check()).toMatchObject({ code: 2, err: expect.stringMatching(/no such file\n$/) });
  });
});
