import { describe, expect, it } from "vitest";
import { browserHost } from "../../server/browser/host";
import type { ClientFiles } from "../../server/browser/files";
import { hostByScheme } from "../../server/hostByScheme";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "./client";
import { exampleHost } from "./fixture";

const definition = "struct VMStateDescription {\n};\n";

/** Files by URI, as an editor on a repository's page has them. */
function filesOf(texts: Map<string, string>): ClientFiles {
  return {
    list: (folder, shallow) => {
      const paths = [...texts.keys()].filter((uri) => uri.startsWith(`${folder}/`));
      const relative = paths.map((uri) => uri.slice(folder.length + 1));
      return Promise.resolve(relative.filter((path) => !shallow || !path.includes("/")));
    },
    read: (uris) => Promise.resolve(uris.map((uri) => texts.get(uri))),
  };
}

const top = "vscode-vfs://github/qemu/qemu";
const open = { exclude: [], build: "", signal: new AbortController().signal, shallow: false };

describe("a tree that only the client can read", () => {
  it("is found from a file in it, a folder around it, and for old releases", async () => {
    const now = browserHost(filesOf(new Map([[`${top}/include/migration/vmstate.h`, definition]])));
    expect(await now.treeAbove(`${top}/hw/net/e1000.c`)).toBe(top);
    expect(await now.treeOfFolder("vscode-vfs://github/qemu")).toBe(top);
    const old = browserHost(
      filesOf(
        new Map([
          [`${top}/hw/hw.h`, definition],
          [`${top}/VERSION`, "0.13.0\n"],
        ]),
      ),
    );
    expect(await old.treeAbove(`${top}/hw/e1000.c`)).toBe(top);
    const none = browserHost(filesOf(new Map([[`${top}/hw/hw.h`, "struct Other {};\n"]])));
    expect(await none.treeOfFolder(top)).toBeUndefined();
  });

  it("leaves out submodules, other files and what is excluded, but can read the build's symbols", async () => {
    const texts = new Map([
      [`${top}/VERSION`, "10.2.2\n"],
      [`${top}/.gitmodules`, '[submodule "roms/x"]\n\tpath = roms/x\n'],
      [`${top}/roms/x/a.c`, "int a;\n"],
      [`${top}/tests/b.c`, "int b;\n"],
      [`${top}/hw/c.c`, "int c;\n"],
      [`${top}/hw/Kconfig`, "config C\n"],
      [`${top}/README.rst`, "QEMU\n"],
    ]);
    const tree = await browserHost(filesOf(texts)).openTree(top, { ...open, exclude: ["tests/**"] });
    expect([...tree.paths()]).toEqual(["hw/c.c"]);
    expect(tree.read("hw/Kconfig")).toBe("config C\n");
    expect(tree.version).toBe("10.2.2");
  });

  it("leaves out another tree below it, says so, and knows a file of it", async () => {
    const texts = new Map([
      [`${top}/VERSION`, "10.2.2\n"],
      [`${top}/hw/a.c`, "int a;\n"],
      [`${top}/hw.orig/a.c`, "int a;\n"],
      [`${top}/old/VERSION`, "10.0.0\n"],
      [`${top}/old/include/migration/vmstate.h`, definition],
      [`${top}/old/hw/Kconfig`, "config A\n"],
      [`${top}/old/hw/a.c`, "int a;\n"],
    ]);
    const notes: string[] = [];
    const host = browserHost(filesOf(texts));
    const tree = await host.openTree(top, { ...open, note: (path, reason) => void notes.push(`${path}: ${reason}`) });
    expect([...tree.paths()]).toEqual(["hw/a.c"]);
    expect(tree.accepts("old/hw/new.c")).toBe(false);
    expect(notes).toEqual(["hw.orig: kept beside hw", "old: a QEMU tree of its own"]);
    expect(await host.boundary?.(top, `${top}/old/hw/a.c`)).toMatchObject({ kind: "tree" });
    expect(await host.boundary?.(top, `${top}/hw/a.c`)).toBeUndefined();
    expect(await host.treeAbove(`${top}/old/hw/a.c`)).toBe(`${top}/old`);
  });

  it("counts unsaved text before what the repository has, and takes up what came and went", async () => {
    const texts = new Map([[`${top}/hw/c.c`, "int c;\n"]]);
    const tree = await browserHost(filesOf(texts)).openTree(top, open);
    tree.overlay("hw/c.c", "int unsaved;\n");
    expect([tree.read("hw/c.c"), tree.saved("hw/c.c")]).toEqual(["int unsaved;\n", "int c;\n"]);
    tree.overlay("hw/c.c", undefined);
    texts.delete(`${top}/hw/c.c`);
    texts.set(`${top}/hw/d.c`, "int d;\n");
    await tree.refresh?.(["hw/c.c", "hw/d.c"]);
    expect([...tree.paths()]).toEqual(["hw/d.c"]);
  });
});

describe("a server with a disk", () => {
  it("reads a folder that is on none through its client", async () => {
    const texts = new Map([...exampleHost().files].map(([path, text]) => [path.replace("/src/qemu", top), text]));
    const client = await connectClient(hostByScheme(nodeHost(undefined), browserHost(filesOf(texts))), {
      folders: [top],
    });
    const disk = `${top}/hw/demo/demo-disk.c`;
    client.open(disk, texts.get(disk) ?? "");
    expect((await client.pull(disk)).map(({ code }) => code)).toEqual(["dma-before-iommu"]);
    expect(client.errors).toEqual([]);
  });
});
