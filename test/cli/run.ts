import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Io } from "../../cli/io";
import { run } from "../../cli/program";

export const exampleTree = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An empty folder: from the top of the disk a tree that another test makes just then would be found. */
const nowhere = mkdtempSync(join(tmpdir(), "vmstate-nowhere-"));
afterAll(() => rmSync(nowhere, { recursive: true, force: true }));

/** Runs `vmstate …` in this process, away from the real terminal. */
export async function vmstate(argv: readonly string[], options: Partial<Io> = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    cwd: nowhere,
    env: {},
    out: { write: (text) => void out.push(text), isTerminal: false, columns: 80 },
    err: { write: (text) => void err.push(text), isTerminal: false, columns: 80 },
    ...options,
  };
  const code = await run(argv, io);
  return { code, out: out.join(""), err: err.join("") };
}
