/**
 * The one place that runs git.
 *
 * Invariant: a repository is a stranger's. Git starts no program that its configuration or attributes name, talks to no
 * remote, writes nothing, and ends within bounds of time and output. Nothing else of the product may start git
 * (scripts/check-imports.mjs holds it to that).
 */
import { execFile, execFileSync } from "node:child_process";
import type { ExecException } from "node:child_process";
import { devNull } from "node:os";
import { dependsOnMore } from "./disk";
import { reasonOf } from "./gitReason";
import { findGit } from "./gitProgram";

export interface GitRun {
  /** Standard input; empty without it. */
  readonly input?: string | undefined;
  /** Bytes of output after which git is ended; 64 MiB without it. */
  readonly largest?: number;
  /** Exit codes that are answers; 0 without it. */
  readonly codes?: readonly number[];
  /** The commit that is read, for what a failure says. */
  readonly commit?: string;
}

const largestAnswer = 64 << 20;
/** Milliseconds. */
const slowest = 60_000;

/**
 * Configuration that goes before the repository's own. What is switched off: programs that answer for git (fsmonitor, hooks,
 * signatures, credentials, ssh, proxies, other diffs), attributes outside the tree, remotes, upkeep after a command.
 */
const settings: readonly string[] = [
  "core.fsmonitor=false",
  `core.hooksPath=${devNull}`,
  `core.attributesFile=${devNull}`,
  "core.pager=cat",
  "core.askPass=",
  "core.sshCommand=false",
  "core.gitProxy=",
  "core.alternateRefsCommand=",
  "credential.helper=",
  "diff.external=",
  "log.showSignature=false",
  "protocol.allow=never",
  "fetch.bundleURI=",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** Variables of git's that are the user's own and say nothing about which repository is read. */
const kept =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/i;

/** Standard output of git in `directory`. Throws GitError. */
export function git(directory: string, args: readonly string[], run: GitRun = {}): Buffer {
  dependsOnMore();
  const { program, path } = findGit(directory);
  try {
    return execFileSync(program, commandLine(directory, args), {
      ...limits(run),
      input: run.input ?? "",
      env: environment(path),
      stdio: ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    return answerOf(error as ExecException, directory, args, run);
  }
}

/** The same while the caller's process goes on. Rejects with GitError. */
export async function gitLater(directory: string, args: readonly string[], run: GitRun = {}): Promise<Buffer> {
  dependsOnMore();
  const { program, path } = findGit(directory);
  const options = { ...limits(run), encoding: "buffer", env: environment(path) } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, commandLine(directory, args), options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      try {
        resolve(answerOf(Object.assign(error, { stdout, stderr }), directory, args, run));
      } catch (refusal) {
        reject(refusal as Error);
      }
    });
    // Git may have ended without reading it; its exit says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(run.input ?? "");
  });
}

interface Failure {
  readonly status?: number | null;
  readonly code?: string | number | null;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
  readonly message: string;
}

/** What a failed run says all the same; throws GitError where it says nothing. */
function answerOf(error: unknown, directory: string, args: readonly string[], { codes = [], commit }: GitRun): Buffer {
  const failure = error as Failure;
  const status = failure.status ?? failure.code;
  if (typeof status === "number" && codes.includes(status) && Buffer.isBuffer(failure.stdout)) return failure.stdout;
  const said = Buffer.isBuffer(failure.stderr) ? failure.stderr.toString("utf8", 0, 4096) : "";
  const { code } = failure;
  throw reasonOf({
    directory,
    command: args[0] ?? "",
    said,
    ended: code === "ENOBUFS" || code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER" ? "too-much" : undefined,
    signalled: typeof status !== "number",
    message: failure.message,
    commit,
  });
}

function limits({ largest = largestAnswer }: GitRun) {
  return { maxBuffer: largest, timeout: slowest, killSignal: "SIGKILL", windowsHide: true } as const;
}

function commandLine(directory: string, args: readonly string[]): string[] {
  return ["--no-pager", ...settings.flatMap((each) => ["-c", each]), "-C", directory, ...args];
}

/** The caller's without what would point git elsewhere, with `path` to look for git's own helpers in. */
function environment(path: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:GIT_|LC_|LANG)/i.test(name) && !/^path$/i.test(name),
  );
  const users = Object.entries(process.env).filter(([name]) => kept.test(name));
  return {
    ...Object.fromEntries([...own, ...users]),
    PATH: path,
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
    // goes before protocol.NAME.allow of the repository; no helper has such a name
    GIT_ALLOW_PROTOCOL: "!",
  };
}
