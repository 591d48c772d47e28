/** A device that is kept outside the tree it is made for: its header, its second source, and folders of it. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { vmstate } from "../cli/run";
import { check, findingsOf, type Layout, layout, serve, uriOf } from "./layouts";

/** The example's disk under names of its own, its ring beside it, and the ring's header one folder further. */
function device(): Layout {
  const made = layout();
  const own = (text: string): string =>
    text.replace(/demo([-_])(disk|ring)/g, "my$1$2").replace(/DEMO_DISK/g, "MY_DISK");
  const ours = own(made.text("qemu/hw/demo/demo-disk.c"));
  made.put("mine/my-disk.c", own(ours).replace(/#include "(?:[\w/]*\/)?ring\.h"/, '#include "../common/my-ring.h"'));
  made.put("mine/my-ring.c", own(made.text("qemu/hw/demo/ring.c")).replace("ring.h", "../common/my-ring.h"));
  made.put("common/my-ring.h", own(made.text("qemu/hw/demo/ring.h")));
  made.put("mine/README", "none of it is C\n");
  return made;
}

const error = /^\.\.\/mine\/my-disk\.c dma-before-iommu error/;

describe("a device outside the tree", () => {
  it.each(["./my-disk.c", ".", "../mine", "../mine/my-disk.c"])(
    "is checked with what belongs to it: %s",
    async (path) => {
      const made = device();
      const { findings, code, err } = await check(join(made.top, "mine"), "--tree", "../qemu", path);
      expect(findings).toEqual([expect.stringMatching(error)]);
      expect({ code, err }).toEqual({ code: 1, err: "" });
    },
  );

  it("is checked where an include leads to nothing that can be looked at", async () => {
    const made = device();
    symlinkSync("ring.h", join(made.top, "mine/ring.h"));
    made.put("mine/my-disk.c", `#include "ring.h"\n#include "a\0b.h"\n${made.text("mine/my-disk.c")}`);
    const { findings, code } = await check(join(made.top, "mine"), "--tree", "../qemu", "my-disk.c");
    expect({ findings, code }).toEqual({ findings: [expect.stringMatching(error)], code: 1 });
  });

  it("is meant by its header as well", async () => {
    const made = device();
    made.put("mine/my-disk.h", "typedef struct MyDisk MyDisk;\n");
    made.put("mine/my-disk.c", `#include "my-disk.h"\n${made.text("mine/my-disk.c")}`);
    const { findings } = await check(made.top, "--tree", "qemu", "mine/my-disk.h");
    expect(findings).toEqual([expect.stringMatching(error)]);
  });

  it("is the same to the server, and follows its other files", async () => {
    const made = device();
    const client = await serve(made.tree);
    const file = join(made.top, "mine/my-disk.c");
    expect(await findingsOf(client, file, made.tree)).toEqual([expect.stringMatching(error)]);
    expect(client.errors).toEqual([]);
  });

  it("in a checkout of its own inside the tree is checked when it is named or open", async () => {
    const made = device();
    for (const name of ["my-disk.c", "my-ring.c"])
      made.put(`qemu/hw/mine/${name}`, made.text(`mine/${name}`).replace("../common/", ""));
    made.put("qemu/hw/mine/my-ring.h", made.text("common/my-ring.h"));
    mkdirSync(join(made.tree, "hw/mine/.git"));
    expect((await check(made.tree)).findings.filter((f) => f.includes("hw/mine"))).toEqual([]);
    const { findings } = await check(made.tree, "hw/mine");
    expect(findings).toEqual([expect.stringMatching(/^hw\/mine\/my-disk\.c dma-before-iommu error/)]);
    const client = await serve(made.tree);
    const file = join(made.tree, "hw/mine/my-disk.c");
    expect(await findingsOf(client, file, made.tree)).toEqual(findings);
  });
});

describe("a path that selects nothing ends with exit code 2", () => {
  it.each([
    ["mine/README", /mine\/README: nothing there is read as C or Rust/],
    ["empty", /empty: nothing there is read/],
    ["none.c", /none\.c: no such file/],
    ["qemu/old/hw/demo/demo-disk.c", /no part of the tree: old is a QEMU tree of its own; read it with --tree old/],
    ["qemu/old", /no part of the tree: old is/],
  ])("%s", async (path, reason) => {
    const made = device();
    mkdirSync(join(made.top, "empty"));
    made.copyTree("qemu/old");
    const { code, err, findings } = await check(made.top, "--tree", "qemu", path);
    expect({ code, findings }).toEqual({ code: 2, findings: [] });
    expect(err).toMatch(reason);
  });
});

describe("the tree", () => {
  it("is found from the folder above it, by the CLI as by the server", async () => {
    const made = layout();
    const plain = await check(made.tree);
    expect(await check(made.top)).toEqual(plain);
    expect(await check("/", "--tree", made.top)).toEqual(plain);
    const client = await serve(made.top);
    expect(await findingsOf(client, join(made.tree, "hw/demo/demo-disk.c"), made.tree)).toHaveLength(1);
  });

  it("is asked for where there are several", async () => {
    const made = layout();
    made.copyTree("other");
    const { code, err } = await check(made.top);
    expect({ code, err }).toEqual({
      code: 2,
      err: "vmstate: several QEMU source trees here: other, qemu; give one with --tree DIR\n",
    });
  });

  it("is said by the server where there are several, unless the setting names one", async () => {
    const made = layout();
    made.copyTree("other");
    const disk = join(made.tree, "hw/demo/demo-disk.c");
    const client = await serve(made.top);
    expect(await findingsOf(client, disk, made.tree)).toHaveLength(1);
    const top = uriOf(made.top);
    expect(client.warnings).toEqual([
      `several QEMU source trees in ${top}: other, qemu; other is meant: the setting vmstate.tree names another`,
    ]);
    const told = await serve(made.top, { configuration: { tree: made.tree } });
    expect(await findingsOf(told, disk, made.tree)).toHaveLength(1);
    expect(told.warnings).toEqual([]);
  });

  it("is said in the editor's status where it is the first of several", async () => {
    const made = layout();
    made.copyTree("other");
    const client = await serve(made.top, { initializationOptions: { clientCommands: true } });
    await vi.waitFor(() => expect(client.statuses.at(-1)).toMatchObject({ state: "ready" }), { timeout: 60_000 });
    expect(client.statuses.at(-1)).toMatchObject({
      health: "ok",
      message: "Ready. other of other, qemu; the setting vmstate.tree names another",
    });
  });

  it("is the one that diff compares, by the same rules", async () => {
    const made = layout();
    mkdirSync(join(made.top, "next"));
    made.copyTree("next/qemu");
    const diff = (old: string, next: string) => vmstate(["diff", old, next], { cwd: made.top });
    expect(await diff("next", "qemu")).toMatchObject({ code: 0, err: "" });
    made.copyTree("next/other");
    expect(await diff("next", "qemu")).toMatchObject({
      code: 2,
      err: "vmstate: several QEMU source trees here: other, qemu; give one with --tree DIR\n",
    });
  });

  it("is selected as a whole by a folder that holds it", async () => {
    const made = layout();
    expect((await check(made.tree, "..")).findings).toEqual((await check(made.tree)).findings);
  });
});
