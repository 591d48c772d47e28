import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { treeAbove, treeOfFolder, treeVersion } from "../../server/node/locate";
import { openDiskTree } from "../../server/node/tree";

let root: string;

function put(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function paths(exclude: readonly string[] = []): string[] {
  return [...openDiskTree(root, { exclude }).paths()].sort();
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-tree-"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

describe("walking a tree", () => {
  it("finds what is read as C and nothing else", () => {
    for (const path of ["a.c", "b/c.h", "b/d.c.inc", "x.hx", "y.def", "README", "e.cpp"]) put(path);
    expect(paths()).toEqual(["a.c", "b/c.h", "b/d.c.inc", "x.hx", "y.def"]);
  });

  it("leaves out version control, packages, builds beside the source, submodules and fetched subprojects", () => {
    put("hw/a.c");
    for (const path of [".git/a.c", "node_modules/x/a.c", "build/a.c", "roms/bios/a.c", "subprojects/dtc/a.c"])
      put(path);
    put("build/build.ninja");
    put("subprojects/dtc.wrap");
    put(".gitmodules", '[submodule "roms/bios"]\n\tpath = roms/bios\n\turl = https://example.org/bios\n');
    expect(paths()).toEqual(["hw/a.c"]);
  });

  it("keeps the sources of a tree that is built in place", () => {
    put("hw/a.c");
    put("config-host.mak");
    expect(paths()).toEqual(["hw/a.c"]);
  });

  it("leaves out what the user excludes", () => {
    for (const path of ["hw/a.c", "tests/a.c", "tests/unit/b.c"]) put(path);
    expect(paths(["tests/**"])).toEqual(["hw/a.c"]);
  });

  it("follows no link, neither to files nor to folders, neither inside nor outside", () => {
    put("hw/a.c");
    symlinkSync(tmpdir(), join(root, "outside"));
    symlinkSync(join(root, "hw"), join(root, "again"));
    symlinkSync(join(root, "hw/a.c"), join(root, "b.c"));
    expect(paths()).toEqual(["hw/a.c"]);
  });
});

describe("reading a tree", () => {
  it("decodes UTF-8 and answers undefined for what is not there", () => {
    put("a.c", "/* ä€ */");
    const tree = openDiskTree(root);
    expect(tree.read("a.c")).toBe("/* ä€ */");
    expect(tree.read("b.c")).toBeUndefined();
  });

  it("reads nothing outside the tree", () => {
    put("in/a.c", "a");
    put("secret.c", "s");
    symlinkSync(join(root, "secret.c"), join(root, "in/link.c"));
    const tree = openDiskTree(join(root, "in"));
    expect(tree.read("../secret.c")).toBeUndefined();
    expect(tree.read("link.c")).toBeUndefined();
    expect(tree.read("/etc/passwd")).toBeUndefined();
  });

  it("reads nothing through a link that an unsaved text goes through", () => {
    put("in/hw/a.c", "a");
    put("out/meson.build", "o");
    put("in/hw/meson.build", "m");
    symlinkSync(join(root, "out"), join(root, "in/link"));
    const tree = openDiskTree(join(root, "in"));
    tree.overlay("link/b.c", "unsaved");
    expect([tree.read("hw/meson.build"), tree.read("link/meson.build")]).toEqual(["m", undefined]);
  });

  it("prefers unsaved text, also of files outside or not yet saved, until it is lifted", () => {
    put("a.c", "disk");
    const tree = openDiskTree(root);
    tree.overlay("a.c", "unsaved");
    tree.overlay("../other/b.c", "b");
    expect(tree.read("a.c")).toBe("unsaved");
    expect(tree.saved("a.c")).toBe("disk");
    expect(tree.read("../other/b.c")).toBe("b");
    tree.overlay("a.c", undefined);
    tree.overlay("../other/b.c", undefined);
    expect(tree.read("a.c")).toBe("disk");
    expect([...tree.paths()]).toEqual(["a.c"]);
  });

  it("sees a change on disk once it is told", () => {
    put("a.c", "old");
    const tree = openDiskTree(root);
    expect(tree.read("a.c")).toBe("old");
    put("a.c", "new");
    put("b.c", "b");
    tree.touch("a.c");
    tree.touch("b.c");
    expect(tree.read("a.c")).toBe("new");
    expect([...tree.paths()].sort()).toEqual(["a.c", "b.c"]);
  });

  it("has a signature that changes with any file", async () => {
    put("a.c", "1");
    const signal = new AbortController().signal;
    const before = await openDiskTree(root).signature(signal);
    expect(await openDiskTree(root).signature(signal)).toBe(before);
    put("b.c");
    expect(await openDiskTree(root).signature(signal)).not.toBe(before);
  });
});

describe("finding the tree", () => {
  const definition = "struct VMStateDescription {\n    const char *name;\n};\n";

  it("looks upwards from a folder or a file", () => {
    put("qemu/include/migration/vmstate.h", definition);
    put("qemu/VERSION", "10.2.2\n");
    put("qemu/hw/net/a.c");
    expect(treeAbove(join(root, "qemu/hw/net"))).toBe(join(root, "qemu"));
    expect(treeAbove(join(root, "qemu/hw/net/a.c"))).toBe(join(root, "qemu"));
    expect(treeVersion(join(root, "qemu"))).toBe("10.2.2");
    expect(treeAbove(root)).toBeUndefined();
  });

  it("knows the places of old releases", () => {
    put("old/hw/hw.h", definition);
    put("old/configure");
    expect(treeAbove(join(root, "old/hw"))).toBe(join(root, "old"));
  });

  it("looks one folder down, and for a definition that a fork has moved", () => {
    put("work/qemu/include/migration/vmstate.h", definition);
    put("work/qemu/VERSION");
    put("work/notes/readme.h");
    expect(treeOfFolder(join(root, "work"))).toBe(join(root, "work/qemu"));
    put("fork/core/state/description.h", definition);
    expect(treeOfFolder(join(root, "fork"))).toBe(join(root, "fork"));
    put("else/main.c", "int main(void) { return 0; }");
    expect(treeOfFolder(join(root, "else"))).toBeUndefined();
  });
});
