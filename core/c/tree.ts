/** The files of one source tree. Adapters in server/ and cli/ implement it; core itself never touches a disk. */
export interface SourceTree {
  /** Paths relative to the tree, with `/`, of every file that may be read as C (`.c`, `.h`, `.inc`, `.hx`, `.def`), and `qapi/*.json`. */
  paths(): Iterable<string>;
  /** The whole text, or undefined where the file is absent or unreadable. Synchronous: evaluation is lazy. */
  read(path: string): string | undefined;
}
