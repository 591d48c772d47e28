/** Names on the command line that nothing has: said, with what may have been meant, and exit code 2. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleTree, vmstate } from "./run";

let folder = "";
let tree = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-names-"));
  tree = join(folder, "tree");
  cpSync(exampleTree, tree, { recursive: true });
  for (const made of ["configs/targets", "hw/demo"]) mkdirSync(join(tree, made), { recursive: true });
  for (const target of ["aarch64", "x86_64"])
    writeFileSync(join(tree, `configs/targets/${target}-softmmu.mak`), `TARGET_ARCH=${target}\n`);
  writeFileSync(join(tree, "Kconfig"), "config DEMO_DISK\n    bool\n");
  writeFileSync(
    join(tree, "hw/demo/machine.c"),
    `#include "qemu/osdep.h"
static const TypeInfo machine = { .name = "pc-demo-1.0-machine", .parent = "machine" };
static void registered(void) { type_register_static(&machine); }
type_init(registered)
`,
  );
  mkdirSync(join(folder, "empty"));
  mkdirSync(join(folder, "other"));
  writeFileSync(join(folder, "other/a.c"), "int a;\n");
  writeFileSync(join(folder, "empty.json"), "{}");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a name that nothing has", () => {
  it.each([
    ["check --tree TREE --target foo", "no target of QEMU"],
    ["check --tree TREE --target arch64-softmmu", "did you mean aarch64"],
    ["check --tree TREE --target cris", "but aarch64, x86_64"],
    ["check --tree TREE --rule dma-before-iomu=off", "did you mean dma-before-iommu?"],
    ["check --tree TREE --rule dma-before-iommu=loud", "severity one of"],
    ["check --tree TREE --rule dma_before_iommu=off", "did you mean dma-before-iommu?"],
    ["check --tree TREE --format gc", "Allowed choices are"],
    ["check --tree TREE --config CONFIG_DEMO_DISC=y", "did you mean CONFIG_DEMO_DISK?"],
    ["order --tree TREE --target x86-64", "did you mean x86_64?"],
    ["diff TREE TREE --machine nosuch-1.0", "neither version has it"],
    ["diff TREE TREE --machine pc-dmo-1.0", "did you mean pc-demo-1.0?"],
    ["diff TREE TREE --target cris", "but aarch64, x86_64"],
    ["diff TREE EMPTY", "no QEMU source tree"],
    ["diff OTHER TREE", "no QEMU source tree"],
    ["diff TREE EMPTY.json", "not what -dump-vmstate writes"],
    ["simulate --from OTHER --to TREE", "no QEMU source tree"],
    ["coverage --tree TREE --type DemoDsk", "did you mean DemoDisk?"],
    ["dump --tree TREE --type demo-dsk", "did you mean demo-disk?"],
  ])("%s", async (line, message) => {
    const { code, out, err } = await vmstate(argvOf(line));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  it.each([
    "check --tree TREE --target aarch64-softmmu --rule missing-end-of-list=off",
    "order --tree TREE --target qemu-system-x86_64 --config CONFIG_DEMO_DISK=n --config TYPE_DEMO_DISK=n",
    "diff TREE TREE --machine pc-demo-1.0 --target x86_64-softmmu",
    "diff TREE TREE --machine 9.2",
  ])("and one that something has: %s", async (line) => {
    const { code, err } = await vmstate(argvOf(line));
    expect(err).toBe("");
    expect(code).not.toBe(2);
  });
});

function argvOf(line: string): string[] {
  const places: Record<string, string> = {
    TREE: tree,
    EMPTY: join(folder, "empty"),
    "EMPTY.json": join(folder, "empty.json"),
    OTHER: join(folder, "other"),
  };
  return line.split(" ").map((word) => places[word] ?? word);
}
