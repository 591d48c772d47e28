/** A harmless stand-in for git: notes what it is called with, then lets the real one answer. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface GitCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The git that tests make repositories with. */
export const realGit = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "git"))
  .find((path) => existsSync(path));

export interface StandIn {
  readonly program: string;
  /** Calls since the last time, oldest first. */
  calls(): readonly GitCall[];
}

/** Puts a stand-in at `folder`/git. `answer` is the shell's line that stands for git; the real one without it. */
export function standIn(folder: string, answer = `exec ${realGit ?? "git"} "$@"`): StandIn {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, "calls");
  const program = join(folder, "git");
  writeFileSync(
    program,
    `#!/bin/sh
{ for each in "$@"; do printf '%s\\0' "$each"; done; printf '\\1\\0'; env -0; printf '\\2\\0'; } >> '${log}'
${answer}
`,
  );
  chmodSync(program, 0o755);
  return {
    program,
    calls() {
      if (!existsSync(log)) return [];
      const text = readFileSync(log, "utf8");
      rmSync(log);
      return text.split("\x02\0").slice(0, -1).map(callIn);
    },
  };
}

function callIn(text: string): GitCall {
  const [args = "", env = ""] = text.split("\x01\0");
  const entries = env.split("\0").flatMap((entry): [string, string][] => {
    const at = entry.indexOf("=");
    return at < 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
  });
  return { args: args.split("\0").slice(0, -1), env: Object.fromEntries(entries) };
}

/** Runs `work` with these variables; undefined takes one away. */
export async function withEnvironment<T>(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => T | Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  set(Object.entries(variables));
  try {
    return await work();
  } finally {
    set(before);
  }
}

function set(variables: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
