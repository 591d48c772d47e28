/** A tree that an earlier server read: the next one starts from what that kept, and answers as one that reads all. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Host } from "../../server/host";
import { nodeHost } from "../../server/node/host";
import { workOf } from "../counted";
import { connectClient, type TestClient } from "./client";

const example = fileURLToPath(new URL("../../examples/mini-qemu/", import.meta.url));
const iommu = "hw/demo/demo-iommu.c";
const nic = "hw/demo/demo-nic.c";
let folder = "";
const inside = (path: string) => join(folder, path);
const uriOf = (path: string) => pathToFileURL(inside(`tree/${path}`)).toString();
const textOf = (path: string) => readFileSync(inside(`tree/${path}`), "utf8");
const keptFiles = () =>
  ["facts", "models"].flatMap((shelf) =>
    readdirSync(inside(`cache/vmstate/${shelf}`)).map((name) => inside(`cache/vmstate/${shelf}/${name}`)),
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-start-"));
  vi.stubEnv("XDG_CACHE_HOME", inside("cache"));
  cpSync(example, inside("tree"), { recursive: true });
  writeFileSync(inside("server.js"), "");
  // what was written just now is not trusted: the clock says that it is long ago
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Findings in two files and a hover as a server says them that is started for them, with texts typed before the index. */
async function served(
  host: Host,
  typed: Readonly<Record<string, string>> = {},
  isTypedFirst = false,
  edits: readonly (readonly [path: string, from: string, to: string])[] = [],
) {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  if (!isTypedFirst) go();
  const openTree: Host["openTree"] = async (root, options) => gate.then(() => host.openTree(root, options));
  const client: TestClient = await connectClient(
    { ...host, openTree },
    { folders: [pathToFileURL(inside("tree")).toString()] },
  );
  for (const path of [iommu, nic]) client.open(uriOf(path), typed[path] ?? textOf(path));
  // each an answer later: what was typed has come to the session
  for (let k = 0; k < 20; k++) await client.connection.sendRequest("test/none").catch(() => {});
  go();
  const found = [await client.pull(uriOf(iommu)), await client.pull(uriOf(nic))];
  const hover: unknown = await client.connection.sendRequest("textDocument/hover", {
    textDocument: { uri: uriOf(nic) },
    position: client.rangeOf(uriOf(nic), "VMSTATE_").start,
  });
  for (const [path, from, to] of edits) {
    client.edit(uriOf(path), from, to);
    found.push(await client.pull(uriOf(iommu)), await client.pull(uriOf(nic)));
  }
  await client.connection.sendRequest("shutdown");
  expect(client.errors).toEqual([]);
  return JSON.stringify([found, hover]);
}

/** Without the findings that are shown before the index: all that is asked here is answered from the index. */
const keeping = (): Host => {
  const { recall: _recall, keep: _keep, ...host } = nodeHost(undefined, inside("server.js"));
  return host;
};
const fresh = (): Host => {
  const { recall: _recall, keep: _keep, ...host } = nodeHost(undefined);
  return host;
};

describe("a tree that a server read before", () => {
  it("is read no more; after an edit on disk one file is", async () => {
    const first = await workOf(() => served(keeping()));
    expect(first.skimmed).toBeGreaterThan(15);
    const again = await workOf(() => served(keeping()));
    expect(again.answer).toBe(first.answer);
    expect([again.skimmed, again.tablesRead, again.typesRead]).toEqual([0, 0, 0]);
    expect(again.filesRead).toBeLessThan(first.filesRead);
    writeFileSync(inside(`tree/${nic}`), `/* one more line */\n${textOf(nic)}`);
    const edited = await workOf(() => served(keeping()));
    expect(edited.skimmed).toBe(1);
    expect(edited.answer).toBe(await served(fresh()));
    expect(edited.answer).not.toBe(first.answer);
  });

  it("is answered with what an editor typed, which is not kept as the file's", async () => {
    const first = await served(keeping());
    const typed = { [nic]: textOf(nic).replace(/uint32_t/, "uint64_t"), [iommu]: `\n\n${textOf(iommu)}` };
    const after = await served(fresh(), typed);
    expect(after).not.toBe(first);
    for (const isTypedFirst of [true, false]) {
      expect(await served(keeping(), typed, isTypedFirst)).toBe(after);
      expect(await served(keeping())).toBe(first);
      for (const file of keptFiles()) rmSync(file);
      expect(await served(keeping(), typed, isTypedFirst)).toBe(after);
      expect(await served(keeping())).toBe(first);
    }
  });

  it("is answered behind an edit as where nothing was kept", async () => {
    const edits = [
      [iommu, ".post_load = demo", ".priority = MIG_PRI_IOMMU, .post_load = demo"],
      [nic, "return", "return !!"],
      [iommu, ".priority = MIG_PRI_IOMMU, ", ""],
    ] as const;
    await served(keeping());
    const after = await served(fresh(), {}, false, edits);
    expect(await served(keeping(), {}, false, edits)).toBe(after);
    expect(after).not.toBe(await served(keeping(), {}, false, [edits[1]]));
  });

  it("is read where what was kept is another program's or damaged", async () => {
    const first = await served(keeping());
    for (const damage of [() => Buffer.from("x"), (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)]) {
      for (const file of keptFiles()) writeFileSync(file, damage(readFileSync(file)));
      expect(await served(keeping())).toBe(first);
    }
    writeFileSync(inside("server.js"), "2");
    const { answer, skimmed } = await workOf(() => served(keeping()));
    expect(answer).toBe(first);
    expect(skimmed).toBeGreaterThan(15);
  });

  it("is concluded anew for a build folder, once", async () => {
    const first = await served(keeping());
    mkdirSync(inside("tree/build"));
    writeFileSync(inside("tree/build/config-host.h"), "#define CONFIG_LINUX 1\n");
    writeFileSync(inside("tree/build/x86_64-softmmu-config-target.h"), "#define TARGET_X86_64 1\n");
    writeFileSync(inside("tree/build/x86_64-softmmu-config-devices.h"), "#define CONFIG_ISA_BUS 1\n");
    const built = await workOf(() => served(keeping()));
    expect(built.skimmed).toBe(0);
    expect(built.tablesRead).toBeGreaterThan(0);
    expect(built.answer).toBe(await served(fresh()));
    const again = await workOf(() => served(keeping()));
    expect([again.tablesRead, again.answer]).toEqual([0, built.answer]);
    rmSync(inside("tree/build"), { recursive: true });
    expect(await served(keeping())).toBe(first);
  });
});
