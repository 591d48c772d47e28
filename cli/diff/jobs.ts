/** Targets beside each other: as many processes as there are processors, each of which reads the trees once for its share. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { availableParallelism } from "node:os";
import * as v from "valibot";
import { dependsOnMore } from "../../server/node/disk";
import { CannotRun, type Io } from "../io";
import type { DiffRow } from "./report";

/** A process costs a reading of both trees: with fewer targets each it does not pay. */
const leastTargets = 3;

/** The shares of the processes, the targets in order; one where there is no script to run, or too little to share. */
export function sharesOf(targets: readonly string[], io: Pick<Io, "self">, processors = availableParallelism()) {
  const count =
    io.self === undefined ? 1 : Math.max(1, Math.min(processors, Math.floor(targets.length / leastTargets)));
  return Array.from({ length: count }, (_, part) =>
    targets.slice(Math.floor((part * targets.length) / count), Math.floor(((part + 1) * targets.length) / count)),
  );
}

const answers = v.pipe(v.string(), v.parseJson(), v.array(v.array(v.looseObject({ description: v.string() }))));

interface Running {
  /** Rows of each target, in the order of the shares. Rejects with CannotRun with a process' reason. */
  readonly answers: Promise<readonly (readonly DiffRow[])[]>;
  /** Ends what still runs. */
  stop(): void;
}

/** Starts a process for each share that runs `vmstate diff` with `argv`; answers when all have been started. */
export async function startShares(
  io: Io,
  shares: readonly (readonly string[])[],
  argv: readonly string[],
): Promise<Running> {
  const script = io.self === undefined || (await isExecutable()) ? [] : [io.self];
  if (shares.length > 0) dependsOnMore();
  const started = shares.map((targets) => {
    const given = ["diff", ...argv, "--target", "all", "--share", targets.join(","), "--format", "json"];
    return spawn(process.execPath, [...script, ...given], { cwd: io.cwd, stdio: ["ignore", "pipe", "pipe"] });
  });
  const all = Promise.all(started.map(answerOf)).then((each) => each.flat());
  // it is looked at when this process has done its own share
  all.catch(() => {});
  return { answers: all, stop: () => started.forEach((each) => each.kill()) };
}

function answerOf(started: ChildProcessByStdio<null, Readable, Readable>): Promise<readonly (readonly DiffRow[])[]> {
  return new Promise((resolve, reject) => {
    let out = "";
    let err = "";
    started.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    started.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    started.on("error", reject);
    started.on("close", (code) => {
      const parsed = v.safeParse(answers, out);
      // rows as this program's own process writes them
      if (code === 0 && parsed.success) resolve(parsed.output as unknown as DiffRow[][]);
      else
        reject(
          new CannotRun(
            err
              .trim()
              .split("\n")
              .at(-1)
              ?.replace(/^vmstate: /, "") ?? `exit ${code}`,
          ),
        );
    });
  });
}

/** Whether Node runs what a release put into it, which is no script of its own. Nodes before 20.12 run no such thing. */
function isExecutable(): Promise<boolean> {
  return import("node:sea").then(
    ({ isSea }) => isSea(),
    () => false,
  );
}
