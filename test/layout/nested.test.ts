/** A second copy below a tree, as git, tar, cp and builds leave it: the answers are those of the tree alone. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check, findingsOf, type Layout, layout, serve, uriOf } from "./layouts";

const disk = "hw/demo/demo-disk.c";

function git(cwd: string, ...args: readonly string[]): void {
  const settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
  execFileSync("git", [...settings, ...args], { cwd, stdio: "ignore" });
}

/** The devices without what tells a tree: headers elsewhere, no VERSION. */
function copySources(made: Layout, to: string): void {
  for (const name of ["demo-disk", "demo-iommu", "demo-nic", "demo-timer", "ring"])
    made.put(`qemu/${to}/${name}.c`, made.text(`qemu/hw/demo/${name}.c`));
}

const layouts: readonly [string, string, string, (made: Layout) => void][] = [
  ["an unpacked release", "old", "a QEMU tree of its own", (made) => made.copyTree("qemu/old")],
  [
    "a worktree",
    "wt",
    "a QEMU tree of its own",
    (made) => {
      git(made.tree, "init");
      git(made.tree, "add", ".");
      git(made.tree, "commit", "-m", "x");
      git(made.tree, "worktree", "add", "wt");
    },
  ],
  [
    "a clone of devices alone",
    "hw/mine",
    "it has a .git of its own",
    (made) => {
      mkdirSync(join(made.tree, "hw/mine/.git"), { recursive: true });
      copySources(made, "hw/mine");
    },
  ],
  ...["build.ninja", "config.status", "CMakeCache.txt", "compile_commands.json", "config-host.h"].map(
    (mark): [string, string, string, (made: Layout) => void] => [
      `a build folder with ${mark}`,
      "out",
      `a build folder (${mark})`,
      (made) => {
        made.put(`qemu/out/${mark}`, "");
        copySources(made, "out/hw/demo");
      },
    ],
  ),
  [
    "a folder of object files",
    "obj",
    "a build folder (object files)",
    (made) => {
      made.put("qemu/obj/vl.c.o", "");
      copySources(made, "obj/hw");
    },
  ],
  ["a folder kept by hand", "hw/demo.orig", "kept beside demo", (made) => copySources(made, "hw/demo.orig")],
  [
    "a file kept by hand",
    "hw/demo/demo-iommu.orig.c",
    "kept beside demo-iommu.c",
    (made) => made.put("qemu/hw/demo/demo-iommu.orig.c", made.text("qemu/hw/demo/demo-iommu.c")),
  ],
];

describe.each(layouts)("%s below a tree", (_, folder, reason, make) => {
  it("changes no finding, and is said to be left out", async () => {
    const made = layout();
    const plain = await check(made.tree, "--all");
    make(made);
    const { findings, err, code } = await check(made.tree, "--all");
    expect(findings).toEqual(plain.findings);
    expect(code).toBe(plain.code);
    expect(err).toBe(`vmstate: left out ${folder}: ${reason}\n`);
    const client = await serve(made.tree);
    const own = (await findingsOf(client, join(made.tree, disk), made.tree)).filter((f) => f.includes(" error: "));
    expect(own).toEqual(plain.findings.filter((f) => f.startsWith(disk) && f.includes(" error: ")));
    expect(client.warnings).toEqual([`${uriOf(made.tree)}: left out ${folder}: ${reason}`]);
  });
});

describe("the server", () => {
  it("opens a tree below a tree as its own when a file of it is open", async () => {
    const made = layout();
    made.copyTree("qemu/old");
    const client = await serve(made.tree);
    const inner = join(made.tree, "old");
    const found = await findingsOf(client, join(inner, disk), inner);
    expect(found).toEqual((await findingsOf(client, join(made.tree, disk), made.tree)) as string[]);
    expect(found).toHaveLength(1);
    // an edit in one does not reach the other
    const iommu = "hw/demo/demo-iommu.c";
    client.open(uriOf(join(inner, iommu)), made.text(`qemu/${iommu}`).replace("MIG_PRI_DEFAULT", "MIG_PRI_IOMMU"));
    client.open(uriOf(join(inner, disk)), "/* nothing */");
    expect(await client.pull(uriOf(join(inner, disk)))).toEqual([]);
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
    expect(client.errors).toEqual([]);
  });

  it("says of a file in a build folder that it is no part of the tree, whatever it holds", async () => {
    const made = layout();
    made.put("qemu/out/build.ninja", "");
    copySources(made, "out");
    const client = await serve(made.tree);
    expect(await findingsOf(client, join(made.tree, "out/demo-disk.c"), made.tree)).toEqual([]);
    expect(client.warnings).toContain(
      `${uriOf(join(made.tree, "out/demo-disk.c"))}: no part of a tree: a build folder (build.ninja)`,
    );
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
  });

  it("reads no file of a tree that is made below it meanwhile", async () => {
    const made = layout();
    const client = await serve(made.tree);
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
    made.copyTree("qemu/wt");
    writeFileSync(join(made.tree, "wt/.git"), "gitdir: elsewhere\n");
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: ["demo-disk", "demo-iommu", "ring"].map((name) => ({
        uri: uriOf(join(made.tree, `wt/hw/demo/${name}.c`)),
        type: 1,
      })),
    });
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
  });
});

it("a tree that was built in place, object files beside the sources, is read", async () => {
  const made = layout();
  const plain = await check(made.tree);
  made.put("qemu/config-host.mak", "");
  for (const name of ["demo-disk", "demo-iommu", "ring"]) made.put(`qemu/hw/demo/${name}.o`, "");
  expect(await check(made.tree)).toEqual(plain);
});
