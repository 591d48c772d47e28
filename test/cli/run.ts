import { fileURLToPath } from "node:url";
import type { Io } from "../../cli/io";
import { run } from "../../cli/program";

export const exampleTree = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `vmstate …` in this process, away from the real terminal. */
export async function vmstate(argv: readonly string[], options: Partial<Io> = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    cwd: "/",
    env: {},
    out: { write: (text) => void out.push(text), isTerminal: false, columns: 80 },
    err: { write: (text) => void err.push(text), isTerminal: false, columns: 80 },
    ...options,
  };
  const code = await run(argv, io);
  return { code, out: out.join(""), err: err.join("") };
}
