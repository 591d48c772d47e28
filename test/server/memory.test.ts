import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Host, HostTree } from "../../server/host";
import { createFindingsMemory } from "../../server/memory";

const found = [{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } }, message: "wrong" }];
const kept = new Map<string, string>();

function memory(signature: string, key = "tree") {
  const host = {
    recall: (name: string) => Promise.resolve(kept.get(name)),
    keep: (name: string, text: string) => Promise.resolve(void kept.set(name, text)),
  };
  const tree = { signature: () => Promise.resolve(signature) };
  return createFindingsMemory(
    host as Partial<Host> as Host,
    tree as Partial<HostTree> as HostTree,
    key,
    new AbortController().signal,
  );
}

async function written(): Promise<void> {
  await vi.advanceTimersByTimeAsync(10_000);
}

describe("findings of an earlier run", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    kept.clear();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are given out while the tree is the same", async () => {
    memory("same").note("hw/a.c", found);
    await written();
    expect(await memory("same").recall("hw/a.c")).toEqual(found);
    expect(await memory("same").recall("hw/b.c")).toBeUndefined();
  });

  it("are not given out once any file has changed, or for other settings", async () => {
    memory("same").note("hw/a.c", found);
    await written();
    expect(await memory("changed").recall("hw/a.c")).toBeUndefined();
    expect(await memory("same", "other target").recall("hw/a.c")).toBeUndefined();
  });

  it("are kept beside those of files that were not opened this time", async () => {
    memory("same").note("hw/a.c", found);
    await written();
    memory("same").note("hw/b.c", []);
    await written();
    const later = memory("same");
    expect(await later.recall("hw/a.c")).toEqual(found);
    expect(await later.recall("hw/b.c")).toEqual([]);
  });

  it("are written at once when the server ends", async () => {
    const now = memory("same");
    now.note("hw/a.c", found);
    await now.flush();
    expect(await memory("same").recall("hw/a.c")).toEqual(found);
  });

  it("are forgotten when a file changes while the server runs", async () => {
    const now = memory("same");
    now.note("hw/a.c", found);
    now.forget();
    await written();
    expect(await now.recall("hw/a.c")).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  it.each([
    "",
    "null",
    "{}",
    '{"signature":"same","files":{"hw/a.c":5}}',
    '{"signature":"same","files":{"hw/a.c":[1]}}',
  ])("do no harm when what was kept is broken: %s", async (text) => {
    kept.set("tree", text);
    expect(await memory("same").recall("hw/a.c")).toBeUndefined();
  });
});
