/** Several comparisons beside each other: a process each, as many at once as there are processors. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { dependsOnMore } from "../../server/node/disk";
import { CannotRun, type Io, type Progress } from "../io";
import type { DiffRow } from "./report";

export interface Job {
  /** For progress: `v9.2.0 and v10.0.0`. */
  readonly title: string;
  /** Arguments of `vmstate diff`, without a format. */
  readonly argv: readonly string[];
}

/** `here` runs a job in this process, where there is no script to run. Answers in the order of the jobs. */
export async function runJobs(
  io: Io,
  jobs: readonly Job[],
  progress: Progress,
  here: (job: Job) => Promise<readonly DiffRow[]>,
): Promise<readonly (readonly DiffRow[])[]> {
  const answers: (readonly DiffRow[])[] = [];
  let next = 0;
  let done = 0;
  const report = (): void => progress.report(`${done} of ${jobs.length} comparisons`);
  async function work(): Promise<void> {
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index];
      if (job === undefined) break;
      report();
      answers[index] = await (script === undefined ? here(job) : child(io, script, job));
      done++;
    }
  }
  const script = io.self === undefined ? undefined : (await isExecutable()) ? [] : [io.self];
  const workers = io.self === undefined ? 1 : Math.min(jobs.length, availableParallelism());
  await Promise.all(Array.from({ length: workers }, work));
  progress.done();
  return answers;
}

/** Whether Node runs what a release put into it, which is no script of its own. Nodes before 20.12 run no such thing. */
function isExecutable(): Promise<boolean> {
  return import("node:sea").then(
    ({ isSea }) => isSea(),
    () => false,
  );
}

function child(io: Io, script: readonly string[], { argv, title }: Job): Promise<readonly DiffRow[]> {
  return new Promise((resolve, reject) => {
    dependsOnMore();
    const started = spawn(process.execPath, [...script, "diff", ...argv, "--format", "json"], {
      cwd: io.cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    started.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    started.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    started.on("error", reject);
    started.on("close", (code) => {
      if (code === 0 || code === 1) resolve(JSON.parse(out) as DiffRow[]);
      else reject(new CannotRun(`${title}: ${err.trim().split("\n").at(-1) ?? `exit ${code}`}`));
    });
  });
}

/** The same finding of several targets, once. */
export function mergeTargets(targets: readonly string[], answers: readonly (readonly DiffRow[])[]): readonly DiffRow[] {
  const found = new Map<string, { readonly row: DiffRow; readonly targets: string[] }>();
  for (const [index, rows] of answers.entries()) {
    const target = targets[index] ?? "";
    for (const row of rows) {
      const key = `${row.description} ${row.direction} ${row.message}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { row, targets: [target] });
      else known.targets.push(target);
    }
  }
  return [...found.values()].map(({ row, targets: own }) =>
    own.length === targets.length ? row : { ...row, targets: own },
  );
}
