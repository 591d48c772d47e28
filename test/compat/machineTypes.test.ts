/** Distributors' machine types, as all commands take them. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { treatedAs } from "../../core/compat";
import { exampleTree, vmstate } from "../cli/run";
import { sampleStream } from "../wire/sample";

const names = ["none", "pc-q35-9.2", "pc-q35-10.2", "pc-q35-10.0", "virt-10.2", "pc-i440fx-10.2", "board"];

describe("a machine type", () => {
  it.each([
    ["pc-q35-10.0", "pc-q35-10.0"],
    ["pc-q35-10.0+pve1", "pc-q35-10.0"],
    ["pc-i440fx-10.2-vendor", "pc-i440fx-10.2"],
    ["pc-q35-noble", "pc-q35-10.2"],
    ["pc-q35-noble-v2", "pc-q35-10.2"],
    ["pc-q35-rhel9.6.0", "pc-q35-10.2"],
    ["virt-rhel9.6.0", "virt-10.2"],
    ["board", "board"],
  ])("%s is treated as %s", (given, name) => {
    const treated = treatedAs(names, given);
    expect(treated?.name).toBe(name);
    expect(treated?.note?.startsWith(`machine type ${given}: `)).toBe(given === name ? undefined : true);
  });

  it("of its kind but of a version that is not there is none", () => {
    expect(treatedAs(names, "pc-q35-99.9")).toBeUndefined();
    expect(treatedAs(names, "pc-q35-99.9+pve1")).toBeUndefined();
    expect(treatedAs(names, "toaster-1.0")).toBeUndefined();
  });

  it("is treated as what a person says", () => {
    expect(treatedAs(names, "pc-q35-noble", "pc-q35-9.2")).toMatchObject({ version: { major: 9, minor: 2 } });
    expect(treatedAs(names, "pc-q35-noble", "pc-q35-1.0")).toBeUndefined();
    expect(treatedAs(names, "pc-q35-10.2", "pc-q35-9.2")?.note).toBeUndefined();
  });
});

describe("all commands say the same", () => {
  let folder = "";
  const note =
    "machine type pc-q35-noble: not one of QEMU's own with a version, treated as pc-q35-10.2, the newest of its kind " +
    "(--treat-as TYPE takes another)";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-types-"));
    cpSync(exampleTree, join(folder, "tree"), { recursive: true });
    const types = ["pc-q35-10.2", "pc-q35-9.2"].map(
      (name, i) => `
static const TypeInfo toy_machine_${i} = { .name = "${name}-machine", .parent = "machine" };`,
    );
    const register =
      "static void toy_register(void) { type_register_static(&toy_machine_0); type_register_static(&toy_machine_1); }";
    writeFileSync(
      join(folder, "tree/hw/i386/toy_q35.c"),
      `#include "qemu/osdep.h"\n${types.join("")}\n${register}\ntype_init(toy_register)\n`,
    );
    writeFileSync(join(folder, "vm.mig"), sampleStream({ machine: "pc-q35-noble" }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["order", () => ["order", "--tree", join(folder, "tree"), "--machine", "-M pc-q35-noble"]],
    ["diff", () => ["diff", join(folder, "tree"), join(folder, "tree"), "--machine", "pc-q35-noble"]],
    ["diff of a stream", () => ["diff", join(folder, "vm.mig"), join(folder, "tree")]],
    ["inspect", () => ["inspect", join(folder, "vm.mig"), "--tree", join(folder, "tree")]],
    ["simulate", () => ["simulate", "--tree", join(folder, "tree"), "--machine", "-M pc-q35-noble"]],
    ["simulate --load", () => ["simulate", "--tree", join(folder, "tree"), "--load", join(folder, "vm.mig")]],
  ])("%s", async (_, argv) => {
    const plain = await vmstate(argv());
    expect(`${plain.out}${plain.err}`.replace(/\s+/g, " ")).toContain(note);
    const asked = await vmstate([...argv(), "--treat-as", "pc-q35-9.2"]);
    expect(`${asked.out}${asked.err}`.replace(/\s+/g, " ")).toContain("treated as pc-q35-9.2, as was asked");
  });
});

describe("diff of a machine", () => {
  let folder = "";
  const table = (name: string, field: string): string => `#include "hw/sysbus.h"
#include "migration/vmstate.h"
typedef struct ${name} { SysBusDevice parent_obj; uint32_t a; uint32_t b; } ${name};
static const VMStateDescription vmstate_${name} = { .name = "${name}", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, ${name}), ${field} VMSTATE_END_OF_LIST() } };
static void ${name}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_${name};
}
static const TypeInfo ${name}_info = { .name = "${name}", .parent = "pci-device", .instance_size = sizeof(${name}), .class_init = ${name}_class_init };
static void ${name}_register(void) { type_register_static(&${name}_info); }
type_init(${name}_register)
`;
  const machine = `static const TypeInfo pc_info = { .name = "pc-q35-9.2-machine", .parent = "machine" };
static void pc_register(void) { type_register_static(&pc_info); }
type_init(pc_register)
`;

  function treeAt(name: string, field: (device: string) => string): string {
    const root = join(folder, name);
    cpSync(exampleTree, root, { recursive: true });
    const files = {
      "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\n",
      "configs/targets/aarch64-softmmu.mak": "TARGET_ARCH=aarch64\n",
      "configs/devices/x86_64-softmmu/default.mak": "",
      Kconfig: "config BOARD\n    bool\n    default y\n    depends on X86_64\n",
      "hw/toy/meson.build":
        "system_ss.add(when: 'CONFIG_BOARD', if_true: files('nic.c'))\narm_ss = ss.source_set()\narm_ss.add(files('arm.c'))\nhw_arch += {'arm': arm_ss}\n",
      "hw/toy/nic.c": table("Nic", field("Nic")),
      "hw/toy/arm.c": table("ArmTimer", field("ArmTimer")),
      "hw/toy/pc.c": machine,
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return root;
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-machine-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("folds devices that its target does not build, and tells upgrade from downgrade", async () => {
    const sides = [treeAt("old", () => ""), treeAt("new", (device) => `VMSTATE_UINT32(b, ${device}),`)];
    const argv = ["diff", ...sides, "--machine", "pc-q35-9.2"];
    const { out, err } = await vmstate(argv);
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/nic\.c:\d+: old->new: refused: /),
      expect.stringMatching(/nic\.c:\d+: new->old: refused: /),
      "2 breaks (1 on upgrade, 1 on downgrade).",
      "",
    ]);
    expect(err).toContain("2 findings on devices that pc-q35-9.2 cannot have: ArmTimer (--all-devices shows them)");
    expect((await vmstate([...argv, "--all-devices"])).out).toContain("4 breaks (2 on upgrade, 2 on downgrade).");
    expect((await vmstate(["diff", ...sides])).out).toContain("4 breaks (2 on upgrade, 2 on downgrade).");
  });
});
