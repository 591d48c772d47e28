/** Constants that the source gives to a struct member: plain assignments and property defaults near a description. */
import type { PutSource } from "./putcode";

export interface TextTree {
  paths(): Iterable<string>;
  text(path: string): string | undefined;
}

export interface MemberValues {
  /** What is assigned to the last name of a designator, in the C files of the folder that `file` is in. */
  assigned(path: string, file: string): readonly number[];
  /** What is handed over beside the address of such a member: `fifo8_create(&s->rx_fifo, 16)`. */
  passed(path: string, file: string): readonly number[];
}

export function memberValues(tree: TextTree, source: PutSource): MemberValues {
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

  function search(kind: string, name: string, file: string, patterns: (name: string) => RegExp[]): readonly number[] {
    const folder = folderOf(file);
    const key = `${kind} ${folder} ${name}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const values = new Set<number>();
    // The description's own file speaks first.
    const files = [file, ...filesOf(folder).filter((each) => each !== file)];
    for (const each of files) {
      const text = tree.text(each);
      if (text === undefined || !text.includes(name)) continue;
      for (const pattern of patterns(name)) {
        for (const match of text.matchAll(pattern)) {
          for (const value of valuesOf(match[1] ?? "", each, kind)) values.add(value);
        }
      }
    }
    const list = [...values].slice(0, 16);
    found.set(key, list);
    return list;
  }

  /** A constant, or what is assigned to the member that is named. */
  function valuesOf(expression: string, file: string, kind: string): readonly number[] {
    const value = source.evaluate(expression, file);
    if (value !== undefined) return value > 0 ? [value] : [];
    return kind === "passed" && /->|\./.test(expression) ? assigned(expression, file) : [];
  }

  function assigned(path: string, file: string): readonly number[] {
    const last = namesOf(path).at(-1);
    if (last === undefined) return [];
    return search("assigned", last, file, (name) => [
      new RegExp(`(?:->|\\.)${name}\\s*=\\s*([A-Za-z0-9_]+)\\s*;`, "g"),
      new RegExp(`DEFINE_PROP_\\w+\\s*\\([^;{}()]*\\b${name}\\s*,\\s*(\\w+)`, "g"),
    ]);
  }

  function passed(path: string, file: string): readonly number[] {
    const values = namesOf(path).flatMap((each) =>
      search("passed", each, file, (name) => [
        new RegExp(`\\(\\s*&[\\w.>-]*\\b${name}(?:\\[[^\\]]*\\])?\\s*,\\s*([^;,()]+)\\)`, "g"),
      ]),
    );
    // A container may keep its size in smaller units than its maker is given.
    return [...new Set([...values, ...[4, 2, 8].flatMap((unit) => values.map((value) => value * unit))])];
  }

  return { assigned, passed };
}

/** Member names of a designator, outermost first. */
function namesOf(path: string): string[] {
  return path.match(/[A-Za-z_]\w*/g) ?? [];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
