// Hands made-up input to everything that reads what others wrote: npm run fuzz -- --runs N [--target NAME] [--seed S] [--from I]
// Says what crashed, took more than a second of CPU twice, or wanted more memory than it may; keeps such input in a temporary folder.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** CPU seconds after which an input that has not come back is given up. */
const givenUp = 30;
const mostMegabytes = 1024;
const mostFailures = 20;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    target: { type: "string" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});
const [runs, seed, from] = [values.runs, values.seed, values.from].map(Number);
if (![runs, seed, from].every((each) => Number.isSafeInteger(each) && each >= 0)) {
  console.error("fuzz: --runs, --seed and --from take whole numbers");
  process.exit(2);
}

process.chdir(root);
const work = mkdtempSync(join(tmpdir(), "vmstate-fuzz-"));
const program = join(work, "worker.cjs");
await build({
  absWorkingDir: root,
  entryPoints: ["test/fuzz/worker.ts"],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "cjs",
  mainFields: ["module", "main"],
  define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, "test/tree.ts")).href) },
  logLevel: "error",
});

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** One target's inputs in a thread of its own; resolves with where it came to, and why it ended there. */
function run(target, first, count) {
  const place = new Int32Array(new SharedArrayBuffer(8));
  Atomics.store(place, 0, first);
  const limits = { maxOldGenerationSizeMb: mostMegabytes };
  const worker = new Worker(program, { workerData: { target, seed, first, count, place }, resourceLimits: limits });
  return new Promise((resolve) => {
    let seen = first;
    let since = seconds();
    const clock = setInterval(() => {
      const now = Atomics.load(place, 0);
      if (now !== seen) [seen, since] = [now, seconds()];
      else if (seconds() - since > givenUp) end(`did not come back in ${givenUp} s of CPU`);
    }, 1000);
    const result = { slowest: 0, failures: [] };
    const end = (why) => {
      clearInterval(clock);
      void worker.terminate().then(() => resolve({ ...result, at: Atomics.load(place, 0), why }));
    };
    worker.on("message", (message) => {
      if (message.kind === "failure") result.failures.push(message);
      else {
        result.slowest = message.slowest;
        end(undefined);
      }
    });
    worker.on("error", (error) => end(`ended: ${error.message}`));
  });
}

const listed = await new Promise((resolve) => {
  const worker = new Worker(program, { workerData: { list: true } });
  worker.once("message", resolve);
});
const chosen = listed.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0) {
  console.error(`fuzz: no target ${values.target}; there are ${listed.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const weights = chosen.reduce((sum, { weight }) => sum + weight, 0);
let total = 0;
let failed = 0;

function report(target, { index, message, input }) {
  if (++failed > mostFailures) return;
  const file = join(work, `${target}-${seed}-${index}`);
  if (input !== undefined) writeFileSync(file, input);
  console.log(`FAILED ${target}: ${message}`);
  console.log(`  again: npm run fuzz -- --target ${target} --seed ${seed} --from ${index} --runs 1; input: ${file}`);
}

for (const { name, weight } of chosen) {
  const last = from + Math.ceil((runs * weight) / weights);
  const began = seconds();
  let slowest = 0;
  for (let first = from; first < last; ) {
    const result = await run(name, first, last - first);
    slowest = Math.max(slowest, result.slowest);
    for (const each of result.failures) report(name, each);
    // What ended the thread is that input; the next thread goes on behind it.
    if (result.why !== undefined) report(name, { index: result.at, message: result.why });
    first = result.why === undefined ? last : result.at + 1;
    if (failed > mostFailures) break;
  }
  total += last - from;
  const rate = Math.round((last - from) / Math.max(0.001, seconds() - began));
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${name.padEnd(10)} ${String(last - from).padStart(8)} inputs  ${String(rate).padStart(6)} a second of CPU  ` +
      `slowest ${slowest.toFixed(2)} s  memory at most ${memory} MB`,
  );
}
console.log(`${total} inputs, seed ${seed}: ${failed} failed`);
if (failed === 0) rmSync(work, { recursive: true });
process.exitCode = failed === 0 ? 0 : 1;
