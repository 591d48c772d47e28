import { describe, expect, it } from "vitest";
import { configurationFor } from "../../core/c/configuration";
import { createFiles, type Files } from "../../core/project/files";
import type { KnownFile } from "../../core/project/known";
import { createTexts, type Texts } from "../../core/project/texts";

const device = 'static const VMStateDescription vmstate_demo = { .name = "demo" };\n';
const helper = "int demo_helper(void)\n{\n    return 1;\n}\n";

const tree: Readonly<Record<string, string>> = {
  "hw/demo/device.c": device,
  "hw/demo/helper.c": helper,
  "hw/plain/helper.c": helper,
  "include/demo.h": "#define DEMO 1\n",
  "hw/demo/list.c.inc": "int in_fragment;\n",
};

const configuration = configurationFor("i386");

function filesOf(texts: Record<string, string>, known?: (path: string) => KnownFile | undefined) {
  if (configuration === undefined) throw new Error("no target i386");
  const read: string[] = [];
  const source = {
    paths: () => Object.keys(texts),
    read(path: string): string | undefined {
      read.push(path);
      return texts[path];
    },
  };
  const all: Texts = createTexts(source);
  const files: Files = createFiles(source, all, { configuration, known });
  return { files, texts: all, read };
}

describe("files of a tree", () => {
  it("are read where a device is beside them, else when somebody asks", () => {
    const { files } = filesOf({ ...tree });
    for (const path of Object.keys(tree)) expect(files.load(path)).toBe(true);
    expect([...files.readPaths()].sort()).toEqual(["hw/demo/device.c", "hw/demo/helper.c", "include/demo.h"]);
    expect(files.isWaiting("hw/plain/helper.c")).toBe(true);
    expect(files.names.functions("demo_helper").map((each) => each.file)).toEqual(["hw/demo/helper.c"]);
    files.facts("hw/plain/helper.c");
    expect(files.isWaiting("hw/plain/helper.c")).toBe(false);
    expect(files.names.functions("demo_helper")).toHaveLength(2);
    expect(files.paths().sort()).toEqual(Object.keys(tree).sort());
  });

  it("that are absent are not there", () => {
    const { files } = filesOf({});
    expect([files.load("hw/demo/device.c"), files.has("hw/demo/device.c")]).toEqual([false, false]);
  });

  it("say after an edit what they say then", () => {
    const { files, texts } = filesOf({ ...tree });
    for (const path of Object.keys(tree)) files.load(path);
    texts.lay("hw/demo/helper.c", helper.replaceAll("demo_helper", "demo_other"));
    expect(files.reread("hw/demo/helper.c")).toContain("demo_other");
    expect(files.names.functions("demo_helper")).toEqual([]);
    expect(files.names.functions("demo_other")).toHaveLength(1);
    expect([...files.readSoFar()].map(([path]) => path)).not.toContain("hw/demo/helper.c");
  });

  it("have their folder read once an edit makes one a device", () => {
    const { files, texts } = filesOf({ "hw/a.c": helper, "hw/b.c": "int b;\n" });
    for (const path of ["hw/a.c", "hw/b.c"]) files.load(path);
    expect([...files.readPaths()]).toEqual([]);
    texts.lay("hw/b.c", device);
    files.reread("hw/b.c");
    expect([...files.readPaths()].sort()).toEqual(["hw/a.c", "hw/b.c"]);
  });

  it("that are known are not read, and say the same", () => {
    const first = filesOf({ ...tree });
    for (const path of Object.keys(tree)) first.files.load(path);
    const known = new Map(first.files.readSoFar());
    const second = filesOf({ ...tree }, (path) => known.get(path));
    for (const path of Object.keys(tree)) second.files.load(path);
    expect(second.read).not.toContain("hw/demo/device.c");
    expect(second.files.read("hw/demo/device.c")).toEqual(first.files.read("hw/demo/device.c"));
    expect([...second.files.readPaths()].sort()).toEqual([...first.files.readPaths()].sort());
  });
});
