import { readdirSync, readFileSync } from "node:fs";
import type { Random } from "./random";

/** One input and what is done with it. `run` throws where the program does not keep its word. */
export interface Case {
  readonly input: string | Uint8Array;
  run(): void | Promise<void>;
}

export interface Target {
  readonly name: string;
  /** Share of the runs over all targets. */
  readonly weight: number;
  /** Made once; the cases of one target come one after the other. */
  start(): Promise<(random: Random) => Case>;
}

/** Texts in test/fuzz/seeds, of our own making, from the repository's top. */
export function seeds(folder: string): readonly string[] {
  const path = `test/fuzz/seeds/${folder}`;
  return readdirSync(path)
    .sort()
    .map((name) => readFileSync(`${path}/${name}`, "utf8"));
}

export function jsonSeeds<T>(folder: string): readonly T[] {
  return seeds(folder).map((text) => JSON.parse(text) as T);
}

export function check(truth: boolean, what: string): void {
  if (!truth) throw new Error(what);
}
