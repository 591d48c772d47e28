/** Which command lines are answered from what was kept. Stands on Node alone. */
import { join } from "node:path";
import { isatty } from "node:tty";
import type { Question } from "./shelf";

/** Those that answer; not `lsp`, which listens. */
const commands = new Set(["check", "coverage", "diff", "dump", "inspect", "order", "simulate"]);

type Asked = Pick<NodeJS.Process, "argv" | "env" | "cwd" | "stdout">;

/** Undefined where nothing is kept: another command, `--no-cache`, or standard input as a file. `folder`: the program's. */
export function questionOf(process: Asked, folder: string): Question | undefined {
  const argv = process.argv.slice(2);
  const [command] = argv;
  if (command === undefined || !commands.has(command) || argv.includes("--no-cache") || argv.includes("-"))
    return undefined;
  const cwd = folderOf(process);
  if (cwd === undefined) return undefined;
  const terminals = [isatty(1), isatty(2)];
  const { NO_COLOR, FORCE_COLOR, TERM, XDG_CACHE_HOME } = process.env;
  return {
    program: [join(folder, "cli.js"), join(folder, "command.js")],
    argv,
    cwd,
    looks: [
      ...terminals,
      terminals[0] ? process.stdout.columns : undefined,
      NO_COLOR,
      FORCE_COLOR,
      TERM,
      XDG_CACHE_HOME,
    ],
  };
}

/** Undefined where the folder has been removed. */
export function folderOf(process: Pick<NodeJS.Process, "cwd">): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
