/** Constants that the source gives to a struct member: plain assignments and property defaults near a description. */
import type { PutSource } from "./putcode";

export interface TextTree {
  paths(): Iterable<string>;
  text(path: string): string | undefined;
}

/** Values for the last name of a designator, from the C files of the folder that `file` is in. */
export function memberValues(tree: TextTree, source: PutSource): (path: string, file: string) => readonly number[] {
  const found = new Map<string, readonly number[]>();
  const folders = new Map<string, string[]>();

  function filesOf(folder: string): readonly string[] {
    if (folders.size === 0) {
      for (const path of tree.paths()) {
        if (!path.endsWith(".c")) continue;
        const of = folderOf(path);
        const list = folders.get(of);
        if (list === undefined) folders.set(of, [path]);
        else list.push(path);
      }
    }
    return folders.get(folder) ?? [];
  }

  return (path, file) => {
    const name = /([A-Za-z_]\w*)(?:\[[^\]]*\])*$/.exec(path)?.[1];
    if (name === undefined) return [];
    const folder = folderOf(file);
    const key = `${folder} ${name}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const values = new Set<number>();
    const assigned = new RegExp(`(?:->|\\.)${name}\\s*=\\s*([A-Za-z0-9_]+)\\s*;`, "g");
    const property = new RegExp(`DEFINE_PROP_\\w+\\s*\\([^;{}()]*\\b${name}\\s*,\\s*(\\w+)`, "g");
    for (const path of filesOf(folder)) {
      const text = tree.text(path);
      if (text === undefined || !text.includes(name)) continue;
      for (const pattern of [assigned, property]) {
        for (const match of text.matchAll(pattern)) {
          const value = source.evaluate(match[1] ?? "", path);
          if (value !== undefined && value >= 0) values.add(value);
        }
      }
    }
    const list = [...values].slice(0, 16);
    found.set(key, list);
    return list;
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
