/** What is kept is whole or not there: writers that are killed, fail, or write at once; bytes that were cut or changed. */
import { execFileSync } from "node:child_process";
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toTheEnd } from "../../core/steps";
import { keep, keepBytes, recall, recallBytes } from "../../server/node/cache";
import { readSummed, writeSummed } from "../../server/node/summed";

let cache = "";
const shelf = "facts";
const folder = () => join(cache, "vmstate", shelf);
const kept = () => readdirSync(folder());

interface Head {
  readonly name: string;
  readonly lists: readonly (readonly [string, number])[];
  readonly none: readonly string[];
}

const head = (name: string): Head => ({
  name,
  lists: Array.from({ length: 9000 }, (_, k) => [`file ${k} \u{1f600} é`, k] as const),
  none: [],
});
const numbers = Int32Array.from({ length: 600_000 }, (_, k) => Math.imul(k, 0x9e3779b9));
const writing = (name: string) => keepBytes("tree", writeSummed(head(name), numbers), shelf, 8);
const read = () => readSummed<Head>(recallBytes("tree", shelf, 64 << 20));

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "vmstate-bytes-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

describe("bytes that are kept", () => {
  it("come back as they were given", () => {
    toTheEnd(writing("one"));
    expect(read()).toEqual({ head: head("one"), numbers });
    toTheEnd(keepBytes("tree", writeSummed({}, new Int32Array(0)), shelf, 8));
    expect(read()).toEqual({ head: {}, numbers: new Int32Array(0) });
  });

  it("are those of before where a writer is killed at any step, and what it left goes some day", () => {
    toTheEnd(writing("one"));
    const steps = [...writing("one")].length;
    expect(steps).toBeGreaterThan(8);
    for (let killed = 1; killed <= steps; killed++) {
      const writer = writing("two");
      for (let k = 0; k < killed; k++) writer.next();
      expect(read()?.head.name, `after ${killed} steps`).toBe("one");
    }
    expect(kept().length).toBe(1 + steps);
    const long = Date.now() / 1000 - 7200;
    for (const name of kept().filter((each) => !each.endsWith(".json"))) utimesSync(join(folder(), name), long, long);
    toTheEnd(writing("three"));
    expect(kept().length).toBe(1);
    expect(read()?.head.name).toBe("three");
  });

  it("are one writer's where two write at once", () => {
    const both = [writing("one"), writing("two")];
    for (let running = 2; running > 0; ) {
      for (const each of both) if (each.next().done === true) running--;
      expect(["one", "two", undefined]).toContain(read()?.head.name);
    }
    expect(["one", "two"]).toContain(read()?.head.name);
    expect(kept().length).toBe(1);
  });

  it("are given up by who gives up, without a trace", () => {
    const writer = writing("one");
    writer.next();
    expect(kept().length).toBe(1);
    writer.return();
    expect(kept()).toEqual([]);
  });

  it("stay as they were on a disk that gets full", () => {
    toTheEnd(writing("one"));
    const { writeFileSync: write } = fs;
    let left = 5;
    fs.writeFileSync = (...given: Parameters<typeof write>) => {
      if (left-- > 0) return write(...given);
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    syncBuiltinESMExports();
    try {
      toTheEnd(writing("two"));
    } finally {
      fs.writeFileSync = write;
      syncBuiltinESMExports();
    }
    expect(left).toBe(-1);
    expect(kept().length).toBe(1);
    expect(read()?.head.name).toBe("one");
  });

  it("stay though those of before were written with a clock that was ahead", () => {
    const ahead = Date.now() / 1000 + 10_000_000;
    for (let k = 0; k < 8; k++) toTheEnd(keepBytes(`tree ${k}`, [Buffer.from("x")], shelf, 8));
    writeFileSync(join(folder(), "left.json.7.0"), "");
    for (const name of kept()) utimesSync(join(folder(), name), ahead, ahead);
    toTheEnd(writing("one"));
    expect(read()?.head.name).toBe("one");
    expect(kept().length).toBe(8);
  });

  it("are not kept where the folder is none", () => {
    mkdirSync(join(cache, "vmstate"));
    writeFileSync(folder(), "a file");
    toTheEnd(writing("one"));
    expect(read()).toBeUndefined();
    expect(readFileSync(folder(), "utf8")).toBe("a file");
  });

  it("are not used where they were cut or a bit is another", () => {
    toTheEnd(writing("one"));
    const bytes = recallBytes("tree", shelf, 64 << 20) ?? Buffer.alloc(0);
    expect(bytes.length).toBeGreaterThan(2 << 20);
    for (let k = 0; k < 40; k++) {
      const at = Math.floor((bytes.length * k) / 40) + k;
      expect(readSummed(bytes.subarray(0, at)), `cut at ${at}`).toBeUndefined();
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 4;
      expect(readSummed(changed), `changed at ${at}`).toBeUndefined();
    }
  });
});

describe("a text that is kept", () => {
  const texts = "answers";
  const names = () => readdirSync(join(cache, "vmstate", texts));

  it("is the one of before where it cannot be put in its place, and nothing else is left", async () => {
    keep("question", "one", texts);
    expect(await recall("question", texts)).toBe("one");
    const [file = ""] = names();
    rmSync(join(cache, "vmstate", texts, file));
    mkdirSync(join(cache, "vmstate", texts, file));
    keep("question", "two", texts);
    expect(await recall("question", texts)).toBeUndefined();
    expect(names()).toEqual([file]);
  });

  it.skipIf(process.platform === "win32")("is not waited for where a pipe is in its place", async () => {
    keep("question", "one", texts);
    const [name = ""] = names();
    const file = join(cache, "vmstate", texts, name);
    rmSync(file);
    execFileSync("mkfifo", [file]);
    expect(recallBytes("question", texts, 1 << 20)).toBeUndefined();
    expect(await recall("question", texts)).toBeUndefined();
    keep("question", "two", texts);
    expect(await recall("question", texts)).toBe("two");
  });

  it("takes away what a killed writer left, and no folder or file of others", () => {
    keep("question", "one");
    const [file = ""] = readdirSync(join(cache, "vmstate"));
    mkdirSync(join(cache, "vmstate", "shelf"));
    for (const name of [`${file}.7`, `${file}.7.0`, "notes.txt"]) writeFileSync(join(cache, "vmstate", name), "x");
    for (const name of readdirSync(join(cache, "vmstate"))) utimesSync(join(cache, "vmstate", name), 1, 1);
    keep("question", "two");
    expect(readdirSync(join(cache, "vmstate")).sort()).toEqual([file, "notes.txt", "shelf"].sort());
  });
});
