/** A user's home of its own: `vmstate` on the path, a tree to edit, and an editor's set-up as the documentation has it. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const project = fileURLToPath(new URL("../../", import.meta.url));

/** Milliseconds after which something has failed, also on a busy machine. */
const patience = 90_000;

export interface Desk {
  readonly home: string;
  /** Top of a copy of the example tree. */
  readonly tree: string;
  readonly env: NodeJS.ProcessEnv;
  /** Text of a file of the tree, as it is on disk. */
  onDisk(path: string): string;
  remove(): void;
}

export function openDesk(): Desk {
  const home = mkdtempSync(join(tmpdir(), "vmstate-editor-"));
  const bin = join(home, "bin");
  const tree = join(home, "a tree");
  const runtime = join(home, "run");
  mkdirSync(bin);
  mkdirSync(runtime, { mode: 0o700 });
  symlinkSync(join(project, "dist/cli.js"), join(bin, "vmstate"));
  cpSync(join(project, "examples/mini-qemu"), tree, { recursive: true });
  return {
    home,
    tree,
    env: {
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_STATE_HOME: join(home, ".local/state"),
      XDG_CACHE_HOME: join(home, ".cache"),
      XDG_RUNTIME_DIR: runtime,
      LC_ALL: "C.UTF-8",
      TERM: "dumb",
    },
    onDisk: (path) => readFileSync(join(tree, path), "utf8"),
    remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What a program that ends by itself says, on standard output or else on standard error, as Neovim 0.7 does. */
export function output(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env, timeout: patience, maxBuffer: 16 << 20 }, (error, out, err) => {
      if (error === null) resolve(out || err);
      else if (error.code === "ENOENT") reject(new Error(`${program} is not installed: apt-get install it`));
      else reject(new Error(`${program} ${args.join(" ")}: ${err || error.message}`));
    });
  });
}

/** Asks until `accept` takes the answer, and says what the last one was where that does not happen in time. */
export async function until<T>(ask: () => Promise<T>, accept: (answer: T) => boolean, what: string): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (accept(answer)) return answer;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}; last: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}

/** Whether a process ends by itself. */
export async function ended(pid: number): Promise<boolean> {
  const isGone = (): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  return until(() => Promise.resolve(isGone()), Boolean, `the end of process ${pid}`).catch(() => false);
}
