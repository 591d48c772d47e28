/** Constants that the source gives to a struct member: plain assignments and property defaults near a description. */
import type { PutSource } from "./index";

export interface TextTree {
  paths(): Iterable<string>;
  text(path: string): string | undefined;
}

export interface MemberValues {
  /** What is assigned to the last name of a designator, in the C files of the folder that `file` is in. */
  assigned(path: string, file: string): readonly number[];
  /** What is handed over behind the address of such a member: `fifo8_create(&s->rx_fifo, 16)`. */
  passed(path: string, file: string): readonly number[];
}

const designator = /\b[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*)+/g;
/** Members in an expression whose values are tried in all combinations. */
const most = 3;

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

  /** A constant, or what comes out of what is assigned to the members that are named. */
  function valuesOf(expression: string, file: string, kind: string): readonly number[] {
    const value = source.evaluate(expression, file);
    if (value !== undefined) return value > 0 ? [value] : [];
    const members = kind === "passed" ? [...new Set(expression.match(designator) ?? [])] : [];
    if (members.length === 0 || members.length > most) return [];
    let choices = [expression];
    for (const member of members) {
      const values = assigned(member, file);
      choices = choices.flatMap((text) => values.map((each) => text.replaceAll(member, String(each)))).slice(0, 16);
    }
    return choices.flatMap((text) => source.evaluate(text, file) ?? []).filter((each) => each > 0);
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
        new RegExp(`\\(\\s*&[\\w.>-]*\\b${name}(?:\\[[^\\]]*\\])?\\s*,\\s*([^;,()]+)[,)]`, "g"),
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
