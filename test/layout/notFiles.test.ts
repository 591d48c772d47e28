/** Names of files that are none: a reader that waits for a FIFO waits for ever. */
import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vmstate } from "../cli/run";
import { check, findingsOf, type Layout, layout, serve, uriOf } from "./layouts";

const disk = "hw/demo/demo-disk.c";

const noFile = "not a regular file";
/** A link out of the tree is not followed, wherever it leads; who asks for the file first says why it is left out. */
const outside = "it leads out of the tree";
const reasons: Readonly<Record<string, { readonly command: string; readonly server: string }>> = {
  "a link to a device .vmstate.json": { command: outside, server: outside },
  "a link to a device VERSION": { command: outside, server: noFile },
};

const kinds: readonly [string, (path: string) => void][] = [
  ["a FIFO", (path) => void execFileSync("mkfifo", [path])],
  [
    "a link to a FIFO",
    (path) => {
      execFileSync("mkfifo", [`${path}.fifo`]);
      symlinkSync(`${path}.fifo`, path);
    },
  ],
  ["a link to a device", (path) => symlinkSync("/dev/zero", path)],
];

function replace({ tree }: Layout, name: string, make: (path: string) => void): void {
  rmSync(join(tree, name), { force: true });
  make(join(tree, name));
}

describe.skipIf(process.platform === "win32")("a file that is none", () => {
  describe.each(kinds)("%s", (kind, make) => {
    it.each([".gitmodules", ".vmstate.json", "VERSION"])("as %s is left out, and said", async (name) => {
      const plain = await check(layout().tree);
      const made = layout();
      replace(made, name, make);
      const { findings, err } = await check(made.tree);
      const reason = reasons[`${kind} ${name}`] ?? { command: noFile, server: noFile };
      expect(findings).toEqual(plain.findings);
      expect(err).toBe(`vmstate: left out ${name}: ${reason.command}\n`);
      const client = await serve(made.tree);
      expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
      expect(client.warnings).toEqual([`${uriOf(made.tree)}: left out ${name}: ${reason.server}`]);
    });

    it("as the header that tells a tree ends no command", async () => {
      const made = layout();
      replace(made, "include/migration/vmstate.h", make);
      expect(await vmstate(["check"], { cwd: made.tree })).toMatchObject({ code: 2, out: "" });
      const client = await serve(made.tree);
      expect(await findingsOf(client, join(made.tree, disk), made.tree)).toEqual([]);
    });

    it("as a stream is refused", async () => {
      const made = layout();
      make(join(made.top, "x.mig"));
      const { code, err } = await vmstate(["inspect", "x.mig"], { cwd: made.top });
      expect({ code, err }).toEqual({ code: 2, err: "vmstate: x.mig: not a regular file\n" });
      expect(await vmstate(["simulate", "--tree", made.tree, "--load", "x.mig"], { cwd: made.top })).toMatchObject({
        code: 2,
        err: "vmstate: x.mig: not a regular file\n",
      });
    });
  });

  it("as a source is left out, and said", async () => {
    const made = layout();
    execFileSync("mkfifo", [join(made.tree, "hw/demo/pipe.c")]);
    const { findings, err } = await check(made.tree);
    expect(findings).toEqual((await check(layout().tree)).findings);
    expect(err).toBe("vmstate: left out hw/demo/pipe.c: not a regular file\n");
    const client = await serve(made.tree);
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
    expect(client.warnings).toEqual([expect.stringContaining("left out hw/demo/pipe.c")]);
  });

  it("that was one when it was listed is as one that went", async () => {
    const made = layout();
    const client = await serve(made.tree);
    const path = "hw/demo/demo-iommu.c";
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toHaveLength(1);
    replace(made, path, (at) => void execFileSync("mkfifo", [at]));
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uriOf(join(made.tree, path)), type: 2 }],
    });
    expect(await findingsOf(client, join(made.tree, disk), made.tree)).toEqual([]);
    expect(client.warnings).toEqual([expect.stringContaining(`left out ${path}: not a regular file`)]);
    expect(client.errors).toEqual([]);
  });
});
