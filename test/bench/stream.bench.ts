import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bench, describe } from "vitest";
import {
  ByteWriter,
  type ByteSource,
  memorySource,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
} from "../../core/wire";
import { putConfiguration, putEndOfFile, putFooter, putSectionHeader, readStream } from "../../core/wire";
import { analyzeStateText } from "../../core/wire/analyzeStream";
import { inspectStream } from "../../core/wire/inspect";
import { sampleStream } from "../wire/sample";

const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 };
const ramSize = 4n << 30n;

/** A stream of `pages` pages that exists nowhere: its middle repeats. */
function syntheticStream(pages: number): ByteSource {
  const head = new ByteWriter();
  putHeader(head);
  putConfiguration(head, "pc-bench-1.0");
  putSectionHeader(head, "start", { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 });
  putRamBlocks(head, [{ name: "pc.ram", length: ramSize }]);
  putFooter(head, 2);
  putPartHeader(head, "part", 2);
  putRamPage(head, "pc.ram", 0n, new Uint8Array(4096).fill(1));
  const record = new ByteWriter();
  putRamPage(record, undefined, 0x123000n, new Uint8Array(4096).fill(0x5a));
  const tail = new ByteWriter();
  putRamEnd(tail);
  putFooter(tail, 2);
  putEndOfFile(tail);
  const [start, one, end] = [head.finish(), record.finish(), tail.finish()];
  const period = new Uint8Array(one.length * 1024);
  for (let i = 0; i < 1024; i++) period.set(one, i * one.length);
  const middle = one.length * pages;
  const size = start.length + middle + end.length;
  const read = (offset: number, target: Uint8Array): number => {
    if (offset < start.length) return copy(start, offset, target);
    const inside = offset - start.length;
    if (inside < middle) {
      const most = Math.min(target.length, middle - inside);
      return copy(period, inside % period.length, target.subarray(0, most));
    }
    return copy(end, inside - middle, target);
  };
  return { size, read };
}

function copy(from: Uint8Array, at: number, target: Uint8Array): number {
  const part = from.subarray(at, at + target.length);
  target.set(part);
  return part.length;
}

describe("a stream of 4 GiB", () => {
  bench(
    "is read",
    () => {
      const source = syntheticStream(1 << 20);
      const started = performance.now();
      let pages = 0;
      for (const event of readStream(source)) {
        if (event.kind === "error") throw new Error(event.error.message);
        if (event.kind === "section") for (const each of event.ram?.pages ?? []) pages += each.normal;
      }
      if (pages !== (1 << 20) + 1) throw new Error(`${pages} pages`);
      const seconds = (performance.now() - started) / 1000;
      const rate = source.size / 1e6 / seconds;
      const resident = process.memoryUsage().rss / 1e6;
      console.log(`4 GiB: ${rate.toFixed(0)} MB/s (budget 500), process ${resident.toFixed(0)} MB (budget 200)`);
    },
    once,
  );
});

/** The script of a source tree and we, on one stream; a bench of its own where there is a tree. */
describe("against analyze-migration.py", () => {
  bench(
    "same stream",
    () => {
      const tree = process.env["QEMU_SOURCE_10_2"];
      if (tree === undefined) {
        console.log("analyze-migration.py: not compared, QEMU_SOURCE_10_2 is not set");
        return;
      }
      const bytes = sampleStream({ extraPages: 30_000 });
      const folder = mkdtempSync(join(tmpdir(), "vmstate-bench-"));
      try {
        const file = join(folder, "stream");
        writeFileSync(file, bytes);
        const before = performance.now();
        const script = spawnSync("python3", [join(tree, "scripts/analyze-migration.py"), "-f", file]);
        const theirs = performance.now() - before;
        if (script.status !== 0) throw new Error(script.stderr.toString());
        const after = performance.now();
        const state = analyzeStateText(inspectStream(memorySource(bytes)));
        const ours = performance.now() - after;
        if (!("text" in state) || `${state.text}\n` !== script.stdout.toString()) throw new Error("another output");
        console.log(
          `analyze: script ${theirs.toFixed(0)} ms, here ${ours.toFixed(0)} ms, ${(theirs / ours).toFixed(0)} times (budget 20)`,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    once,
  );
});
