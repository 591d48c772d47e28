/** Distributors' machine types, as all commands take them. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
