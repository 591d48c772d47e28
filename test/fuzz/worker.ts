/** Runs the inputs of one target, for scripts/fuzz.mjs, and measures each. */
import { parentPort, workerData } from "node:worker_threads";
import { Random } from "./random";
import type { Case } from "./target";
import { targets } from "./targets";

interface Task {
  readonly target: string;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Index of the input that is being run, for who watches. */
  readonly place: Int32Array;
}

/** Seconds of CPU that one input may take. A collection of garbage may fall on any: what is slow has to be so twice. */
const most = 1;

async function measured(made: Case): Promise<number> {
  const before = process.cpuUsage();
  await made.run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function runAll({ target, seed, first, count, place }: Task): Promise<void> {
  const found = targets.find(({ name }) => name === target);
  if (found === undefined) throw new Error(`no target ${target}`);
  const next = await found.start();
  let slowest = 0;
  let current: { index: number; input: string | Uint8Array } | undefined;
  const fail = (message: string): void => parentPort?.postMessage({ kind: "failure", message, ...current });
  process.on("unhandledRejection", (error) => fail(`nobody took: ${String(error)}`));
  for (let index = first; index < first + count; index++) {
    Atomics.store(place, 0, index);
    const made = next(new Random(seed, index));
    current = { index, input: made.input };
    try {
      const taken = await measured(made);
      const again = taken > most ? Math.min(taken, await measured(made)) : taken;
      slowest = Math.max(slowest, again);
      if (again > most) fail(`${again.toFixed(1)} s of CPU`);
    } catch (error) {
      fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  parentPort?.postMessage({ kind: "done", slowest });
}

const task = workerData as Task | { readonly list: true };
if ("list" in task) parentPort?.postMessage(targets.map(({ name, weight }) => ({ name, weight })));
else void runAll(task);
