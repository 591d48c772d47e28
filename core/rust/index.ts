/** The part of a tree that is written in Rust: its descriptions and types, in the model of C's. */
import type { QomType } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";
import type { CSide } from "./evaluate";
import { openRust, type RustState } from "./state";
import { createRustTexts, type RustSource } from "./texts";

export { boundTypes } from "./bound";

export interface RustReader {
  descriptionsIn(path: string): readonly VMStateDescription[];
  descriptions(): Iterable<VMStateDescription>;
  description(symbol: string, file: string): VMStateDescription | undefined;
  types(): readonly QomType[];
  /** Reads what `descriptions` answers, one file a step. */
  warm(): Iterable<void>;
  /** Forgets everything: a file of Rust, or something of C that it binds to, has changed. */
  outdate(): void;
}

export function isRust(path: string): boolean {
  return path.endsWith(".rs");
}

/** Reads nothing before it is asked. */
export function createRustReader(source: RustSource, c: CSide): RustReader {
  const texts = createRustTexts(source);
  let state: RustState | undefined;
  const current = (): RustState => {
    state ??= openRust(texts, c);
    return state;
  };
  return {
    descriptionsIn: (path) => current().descriptionsIn(path),
    *descriptions() {
      for (const path of current().files()) yield* current().descriptionsIn(path);
    },
    description: (symbol, file) => current().description(symbol, file),
    types: () => current().types(),
    *warm() {
      for (const path of texts.paths()) {
        texts.declares(path);
        if (texts.migrates(path)) texts.file(path);
        yield;
      }
      for (const path of current().files()) {
        current().descriptionsIn(path);
        yield;
      }
    },
    outdate() {
      state = undefined;
    },
  };
}
