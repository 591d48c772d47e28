/** A copy that the build does not name, beside the source that it does: nothing is taken from the one that is built. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check, findingsOf, type Layout, layout, serve, uriOf } from "./layouts";

const sources = ["demo-disk", "demo-iommu", "demo-nic", "demo-timer", "ring"];

/** The example tree with the build files that name its devices. */
function built(): Layout {
  const made = layout();
  made.put("qemu/meson.build", "subdir('hw')\nsubdir('migration')\n");
  made.put("qemu/hw/meson.build", "subdir('demo')\n");
  made.put("qemu/hw/demo/meson.build", `system_ss.add(files(${sources.map((name) => `'${name}.c'`).join(", ")}))\n`);
  return made;
}

const copies: readonly [string, (made: Layout) => readonly string[]][] = [
  ["demo-iommu-copy.c", (made) => copy(made, ["demo-iommu"], "hw/demo", "-copy")],
  ["a file of functions", (made) => copy(made, ["ring"], "hw/demo", "2")],
  ["all of them", (made) => copy(made, sources, "hw/demo", "-old")],
  [
    "a folder with its own build file",
    (made) => {
      made.put("qemu/hw/demo2/meson.build", made.text("qemu/hw/demo/meson.build"));
      return copy(made, sources, "hw/demo2", "");
    },
  ],
  ["a folder without one", (made) => copy(made, sources, "hw/demo-mine", "")],
];

function copy(made: Layout, names: readonly string[], folder: string, suffix: string): readonly string[] {
  return names.map((name) => {
    made.put(`qemu/${folder}/${name}${suffix}.c`, made.text(`qemu/hw/demo/${name}.c`));
    return `left out ${folder}/${name}${suffix}.c: it repeats hw/demo/${name}.c, which the build compiles`;
  });
}

describe.each(copies)("a copy: %s", (_, make) => {
  it("changes no finding, and is said to be left out", async () => {
    const made = built();
    const plain = await check(made.tree, "--all");
    const lines = make(made);
    const { findings, err } = await check(made.tree, "--all");
    expect(findings).toEqual(plain.findings);
    expect(err.split("\n").sort()).toEqual(["", ...lines.map((line) => `vmstate: ${line}`)].sort());
    const client = await serve(made.tree);
    const disk = join(made.tree, "hw/demo/demo-disk.c");
    expect(await findingsOf(client, disk, made.tree)).toHaveLength(1);
    expect([...client.warnings].sort()).toEqual(lines.map((line) => `${uriOf(made.tree)}: ${line}`).sort());
  });
});

describe("a source that the build does not name", () => {
  it("and that repeats none counts: a device that is being written", async () => {
    const made = built();
    const plain = await check(made.tree);
    const text = made.text("qemu/hw/demo/demo-nic.c").replace(/demo([-_])nic/gi, "my$1nic");
    made.put("qemu/hw/demo/my-nic.c", text);
    const { findings, err } = await check(made.tree);
    expect(err).toBe("");
    expect(findings.length).toBeGreaterThan(plain.findings.length);
  });

  it("counts where another includes it", async () => {
    const made = built();
    made.put("qemu/hw/demo/demo-iommu-copy.c", made.text("qemu/hw/demo/demo-iommu.c"));
    made.put("qemu/hw/demo/ring.c", `#include "demo-iommu-copy.c"\n${made.text("qemu/hw/demo/ring.c")}`);
    expect((await check(made.tree)).err).toBe("");
  });

  it("is read as soon as the build names it, and left out again", async () => {
    const made = built();
    const [line] = copy(made, ["demo-nic"], "hw/demo", "-copy");
    const client = await serve(made.tree);
    const path = join(made.tree, "hw/demo/demo-nic-copy.c");
    expect(await findingsOf(client, path, made.tree)).toEqual([]);
    expect(client.warnings).toEqual([`${uriOf(made.tree)}: ${line}`]);
    const build = "qemu/hw/demo/meson.build";
    const first = made.text(build);
    const told = async (text: string): Promise<readonly string[]> => {
      made.put(build, text);
      await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: uriOf(join(made.top, build)), type: 2 }],
      });
      return findingsOf(client, path, made.tree);
    };
    const named = await told(first.replace("'ring.c'", "'ring.c', 'demo-nic-copy.c'"));
    expect(named).toEqual((await check(made.tree, "--all", path)).findings);
    expect(named).not.toEqual([]);
    expect(await told(first)).toEqual([]);
  });

  it("stays out while it is open and edited", async () => {
    const made = built();
    copy(made, ["demo-iommu"], "hw/demo", "-copy");
    const client = await serve(made.tree);
    const path = join(made.tree, "hw/demo/demo-iommu-copy.c");
    client.open(uriOf(path), made.text("qemu/hw/demo/demo-iommu-copy.c"));
    client.edit(uriOf(path), "MIG_PRI", "/* */ MIG_PRI");
    expect(await client.pull(uriOf(path))).toEqual([]);
    expect(await findingsOf(client, join(made.tree, "hw/demo/demo-disk.c"), made.tree)).toHaveLength(1);
    expect(client.errors).toEqual([]);
  });
});
