/** Keeps what a command prints, with all that it was made from. */
import { resolve } from "node:path";
import { keep } from "../../server/node/cache";
import { observe } from "../../server/node/disk";
import { exitCodes, type ExitCode, type Io, ioWith } from "../io";
import { packUses, shelf, writeKept } from "./shelf";
import { digestOf, stampFrom, stampOf, used, type Used } from "./stamps";

/** Characters; what prints more is not held for its size. */
const largestKept = 16 << 20;
/** Milliseconds in which a file system may give two writes the same time. */
const tick = 20;

/**
 * Runs `answer` and keeps what it printed under `key`, unless it hangs on more than files, could not run, or a file
 * changed meanwhile: one that is written within the clock's tick of the start may change again unseen.
 */
export async function keepAnswer(key: string, io: Io, answer: (io: Io) => Promise<ExitCode>): Promise<ExitCode> {
  const started = Date.now();
  const stamps = new Map<Used, string>();
  let more = false;
  const usesMore = (): void => {
    more = true;
  };
  observe({
    usesMore,
    uses(path, use, now) {
      const entry = used(isResolved(path) ? path : resolve(io.cwd, path), use);
      if (stamps.has(entry)) return;
      const stamp = now === undefined ? stampNow(entry) : stampFrom(entry.charAt(0), now ?? undefined);
      if (stamp === undefined) return usesMore();
      const [kind, , changed] = stamp.split(" ");
      if (kind === "other" || (use !== "links" && Number(changed) > started - tick)) usesMore();
      stamps.set(entry, stamp);
    },
  });
  const printed = { out: "", err: "" };
  const also = (stream: "out" | "err") => ({
    ...io[stream],
    write(text: string) {
      if (!more) printed[stream] += text;
      if (printed.out.length + printed.err.length > largestKept) {
        usesMore();
        printed.out = printed.err = "";
      }
      io[stream].write(text);
    },
  });
  let code: ExitCode;
  try {
    code = await answer(ioWith(io, { out: also("out"), err: also("err"), progress: io.err }));
  } finally {
    observe(undefined);
  }
  if (more || code === exitCodes.cannotRun) return code;
  for (const [entry, stamp] of stamps) if (stampNow(entry) !== stamp) return code;
  // who reads a file has looked at it first: its content says that as well
  for (const entry of stamps.keys()) if (/^[ks]/.test(entry) && stamps.has(`c${entry.slice(1)}`)) stamps.delete(entry);
  const answered = { ...printed, code, uses: packUses(stamps.keys()), digest: digestOf(stamps.values()) };
  keep(key, writeKept(answered), shelf);
  return code;
}

/** Nearly all are: a tree's root and a path in it. */
function isResolved(path: string): boolean {
  return path.startsWith("/") && !path.endsWith("/") && !path.includes("/.") && !path.includes("//");
}

/** Undefined where the path can't be looked at: whoever asked for it has to say so. */
function stampNow(entry: Used): string | undefined {
  try {
    return stampOf(entry);
  } catch {
    return undefined;
  }
}
