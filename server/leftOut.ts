/** What of a tree is not read, said once each. */

import { printable } from "../core/printable";

/** A path relative to the tree, and why it is not read. */
export type Note = (path: string, reason: string) => void;

/** Why a source is left out that repeats another. */
export function repeats(original: string): string {
  return `it repeats ${printable(original)}, which the build compiles`;
}

const mostLines = 50;

/** Says each path once, and no more than 50 of them. What a path holds besides printable characters is escaped. */
export function sayOnce(say: (line: string) => void): Note {
  const said = new Set<string>();
  return (path, reason) => {
    if (said.has(path) || said.size > mostLines) return;
    said.add(path);
    say(said.size > mostLines ? "more is left out" : `left out ${printable(path)}: ${printable(reason)}`);
  };
}
