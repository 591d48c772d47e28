/** After any number of edits, closings and changes on disk the server says what a fresh one says. */
import { describe, expect, it } from "vitest";
import { connectClient } from "./client";
import type { TestClient } from "./client";
import { exampleHost, treeUri } from "./fixture";
import type { MemoryHost } from "./memoryHost";

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface World {
  readonly client: TestClient;
  readonly host: MemoryHost;
  readonly original: ReadonlyMap<string, string>;
  readonly open: Set<string>;
  readonly random: (below: number) => number;
}

const uriOf = (path: string) => `file://${path}`;

function pick<T>(random: (below: number) => number, from: readonly T[]): T {
  const found = from[random(from.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

function toggle({ client, host, open }: World, path: string): void {
  const text = host.files.get(path);
  if (open.delete(path)) client.close(uriOf(path));
  else if (text !== undefined) {
    open.add(path);
    client.open(uriOf(path), text);
  }
}

/** Takes a line out, puts rubbish in, doubles a piece, or goes back to the original. */
function type({ client, open, random, original }: World): void {
  if (open.size === 0) return;
  const path = pick(random, [...open]);
  const text = client.document(uriOf(path)).getText();
  const lines = text.split("\n");
  const line = random(lines.length);
  switch (random(4)) {
    case 0:
      lines.splice(line, 1);
      break;
    case 1:
      lines.splice(
        line,
        0,
        pick(random, ["{", "}", '"', "/*", "VMSTATE_UINT32(", "#if 1", "#define X(", ".priority = 7,"]),
      );
      break;
    case 2:
      lines.splice(line, 0, ...lines.slice(line, line + 5));
      break;
    case 3:
      client.edit(uriOf(path), text, original.get(path) ?? "");
      return;
  }
  if (text !== "") client.edit(uriOf(path), text, lines.join("\n"));
}

function changeDisk({ client, host, random, original }: World): void {
  const path = pick(
    random,
    [...original.keys()].filter((each) => each.includes("/hw/")),
  );
  const before = host.files.get(path);
  const [type, text] = pick(random, [
    [3, undefined],
    [2, original.get(path)],
    [2, original.get(path)?.replace(/\.priority = \w+,/g, "")],
    [2, original.get(path)?.replace(/(\.version_id = \d+,)/g, "$1\n    .priority = MIG_PRI_IOMMU,")],
  ] as const);
  if (text === undefined) host.files.delete(path);
  else host.files.set(path, text);
  const kind = before === undefined && type === 2 ? 1 : type;
  void client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: uriOf(path), type: kind }],
  });
}

async function everything(client: TestClient, paths: Iterable<string>): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const path of [...paths].sort()) {
    found[path] = (await client.pull(uriOf(path))).map(({ code, range, message }) => ({ code, range, message }));
  }
  return found;
}

describe("a long session", () => {
  it.each([1, 2, 3])("ends as a fresh start does (seed %i)", async (seed) => {
    const host = exampleHost();
    const client = await connectClient(host, { folders: [treeUri] });
    const original = new Map([...host.files].filter(([path]) => /\.[ch]$/.test(path)));
    const world: World = { client, host, original, open: new Set(), random: randomFrom(seed) };
    for (let step = 0; step < 120; step++) {
      const what = world.random(10);
      if (what < 2) toggle(world, pick(world.random, [...original.keys()]));
      else if (what < 8) type(world);
      else changeDisk(world);
      if (step % 10 === 0 && world.open.size > 0) await client.pull(uriOf(pick(world.random, [...world.open])));
    }
    const after = await everything(client, world.open);
    const fresh = await connectClient(host, { folders: [treeUri] });
    for (const path of world.open) fresh.open(uriOf(path), client.document(uriOf(path)).getText());
    expect(after).toEqual(await everything(fresh, world.open));
    expect(Object.keys(after).length).toBeGreaterThan(2);
    expect(client.errors).toEqual([]);
  });
});
