import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
import { analyzeStateText } from "../../core/wire/inspect/analyzeStream";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { realStream } from "../qemu/realQemu";
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

interface Timing {
  readonly milliseconds: number;
  readonly text: string;
}

/** The quickest of three runs of a command. */
function timed(program: string, args: readonly string[]): Timing {
  const runs = [1, 2, 3].map((): Timing => {
    const before = performance.now();
    const result = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const milliseconds = performance.now() - before;
    if (result.status !== 0) throw new Error(`${program}: ${result.stderr}`);
    return { milliseconds, text: result.stdout };
  });
  return runs.reduce((best, run) => (run.milliseconds < best.milliseconds ? run : best));
}

/** What the two print of one stream, as commands and, for us, as a call in a process that is warm. */
function compareWithScript(tree: string, what: string, bytes: Uint8Array): void {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-bench-"));
  try {
    const file = join(folder, "stream");
    writeFileSync(file, bytes);
    const program = join(tree, "scripts/analyze-migration.py");
    const script = timed("python3", [program, "-f", file]);
    const start = timed("python3", [program, "--help"]).milliseconds;
    const command = timed(process.execPath, ["dist/cli.js", "inspect", file, "--format", "analyze"]);
    if (command.text !== script.text) throw new Error(`${what}: another output`);
    let warm = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const before = performance.now();
      analyzeStateText(inspectStream(memorySource(bytes)));
      warm = Math.min(warm, performance.now() - before);
    }
    const times = (theirs: number, ours: number) => `${ours.toFixed(0)} ms, ${(theirs / ours).toFixed(0)} times`;
    const size = `${(bytes.length / 1e6).toFixed(1)} MB`;
    console.log(
      `analyze ${what}, ${size}: script ${script.milliseconds.toFixed(0)} ms, of it ${start.toFixed(0)} to start; ` +
        `in the editor ${times(script.milliseconds, warm)}, ${((script.milliseconds - start) / warm).toFixed(0)} ` +
        `without its start (budget 20); \`vmstate inspect\` ${times(script.milliseconds, command.milliseconds)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Needs a source tree; streams of a real machine need an emulator as well. */
describe("against analyze-migration.py", () => {
  bench(
    "same stream",
    async () => {
      const tree = process.env["QEMU_SOURCE_10_2"];
      if (tree === undefined || !existsSync("dist/cli.js")) {
        console.log("analyze-migration.py: not compared; set QEMU_SOURCE_10_2 and run `npm run build`");
        return;
      }
      compareWithScript(tree, "30,000 pages of ours", sampleStream({ extraPages: 30_000 }));
      if (process.env["QEMU_BINARY"] === undefined) return;
      const devices = ["intel-iommu", "e1000e", "qemu-xhci", "virtio-net-pci", "VGA"].flatMap((each) => [
        "-device",
        each,
      ]);
      for (const memory of ["16", "4096"]) {
        const options = ["-nodefaults", "-M", "q35", "-m", memory, ...devices];
        compareWithScript(tree, `a q35 of ${memory} MiB`, await realStream("10.0", "x86_64", options));
      }
    },
    once,
  );
});
