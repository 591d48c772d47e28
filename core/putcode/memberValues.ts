/** Constants that the source gives to a struct member: plain assignments and property defaults near a description. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { type Body, parseBody } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { FileFacts } from "../c/facts";
import { lex } from "../c/lex";
import type { Expression, Span } from "../c/syntax";
import type { Token } from "../c/token";
import { nameSpans } from "../c/words";
import type { PutSource } from "./index";

export interface FunctionTree {
  paths(): Iterable<string>;
  text(path: string): string | undefined;
  facts(path: string): FileFacts | undefined;
}

export interface MemberValues {
  /** What is assigned to the last name of a designator, in the C files of the folder that `file` is in. */
  assigned(path: string, file: string): readonly number[];
  /** What is handed over behind the address of such a member: `fifo8_create(&s->rx_fifo, 16)`. */
  passed(path: string, file: string): readonly number[];
}

/** Members in an expression whose values are tried in all combinations. */
const most = 3;
/** Values of a member that are tried. */
const mostValues = 16;

/** An expression of a file. */
interface Written {
  readonly file: string;
  readonly text: string;
  readonly node: Expression;
}

export function memberValues(tree: FunctionTree, source: PutSource): MemberValues {
  const found = new Map<string, readonly number[]>();
  const folders = new Map<string, string[]>();
  const defaults = new Map<string, ReadonlyMap<string, readonly string[]>>();

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

  /** The functions of a file that have the name in them. */
  function* bodiesWith(name: string, file: string): Iterable<readonly [Body, string]> {
    const text = tree.text(file);
    if (text?.includes(name) !== true) return;
    for (const each of tree.facts(file)?.declarations ?? []) {
      if (each.kind !== "function" || !text.slice(each.bodyStart, each.bodyEnd).includes(name)) continue;
      yield [parseBody(text, file, each), text];
    }
  }

  /** Values behind members in a file's properties, by the member's last name. */
  function defaultsIn(file: string): ReadonlyMap<string, readonly string[]> {
    const known = defaults.get(file);
    if (known !== undefined) return known;
    const made = defaultsOf(tree.text(file) ?? "", file);
    defaults.set(file, made);
    return made;
  }

  function search(kind: string, name: string, file: string, valuesIn: (file: string) => Iterable<number>): number[] {
    const folder = folderOf(file);
    const key = `${kind} ${folder} ${name}`;
    const known = found.get(key);
    if (known !== undefined) return [...known];
    // The description's own file speaks first.
    const files = [file, ...filesOf(folder).filter((each) => each !== file)];
    const list = [...new Set(files.flatMap((each) => [...valuesIn(each)]))].slice(0, mostValues);
    found.set(key, list);
    return list;
  }

  function valueOf(expression: string, file: string): readonly number[] {
    const value = source.evaluate(expression, file);
    return value !== undefined && value > 0 ? [value] : [];
  }

  /** A constant, or what comes out of what is assigned to the members that are named. */
  function valuesOf({ file, text, node }: Written): readonly number[] {
    const written = text.slice(node.start, node.end);
    const value = source.evaluate(written, file);
    if (value !== undefined) return value > 0 ? [value] : [];
    const members = membersIn(node);
    if (members.length === 0 || members.length > most) return [];
    let choices = [""];
    let from = node.start;
    for (const { name, start, end } of members) {
      const before = text.slice(from, start);
      const values = assigned(name, file);
      choices = choices.flatMap((each) => values.map((worth) => `${each}${before}${worth}`)).slice(0, mostValues);
      from = end;
    }
    return choices.flatMap((each) => valueOf(each + text.slice(from, node.end), file));
  }

  function* assignedIn(name: string, file: string): Iterable<number> {
    for (const [body, text] of bodiesWith(name, file)) {
      for (const { place, kind, value } of accessesIn(body.block)) {
        if (kind !== "write" || value === undefined || place.kind !== "member" || place.name !== name) continue;
        yield* valueOf(text.slice(value.start, value.end), file);
      }
    }
    for (const value of defaultsIn(file).get(name) ?? []) yield* valueOf(value, file);
  }

  function* passedIn(name: string, file: string): Iterable<number> {
    for (const [body, text] of bodiesWith(name, file)) {
      for (const { node } of callsOf(body)) {
        for (const [i, argument] of node.arguments.entries()) {
          const next = node.arguments[i + 1];
          if (next === undefined || !isAddressOf(argument, name)) continue;
          yield* valuesOf({ file, text, node: next });
        }
      }
    }
  }

  function assigned(path: string, file: string): readonly number[] {
    const last = namesOf(path).at(-1);
    return last === undefined ? [] : search("assigned", last, file, (each) => assignedIn(last, each));
  }

  function passed(path: string, file: string): readonly number[] {
    const values = namesOf(path).flatMap((name) => search("passed", name, file, (each) => passedIn(name, each)));
    // A container may keep its size in smaller units than its maker is given.
    return [...new Set([...values, ...[4, 2, 8].flatMap((unit) => values.map((value) => value * unit))])];
  }

  return { assigned, passed };
}

/** `&s->fifo`, `&s->fifo[i]`. */
function isAddressOf(argument: Expression, name: string): boolean {
  if (argument.kind !== "unary" || argument.operator !== "&") return false;
  let place = argument.operand;
  while (place.kind === "subscript") place = place.object;
  return place.kind === "member" && place.name === name;
}

/** The outermost ones, in textual order. */
function membersIn(node: Expression): readonly (Span & { readonly name: string })[] {
  const found: (Span & { readonly name: string })[] = [];
  for (const each of nodesIn(node, ({ kind }) => kind === "member")) if (each.kind === "member") found.push(each);
  return found;
}

/** What stands behind each argument of a `DEFINE_PROP_…(…)`, by the last name in that: a member, among others. */
function defaultsOf(text: string, file: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let at = text.indexOf(maker); at !== -1; at = text.indexOf(maker, at + maker.length)) {
    const parts = argumentsAt(lex(text, file, at, Math.min(text.length, at + longestProperty)));
    for (const [index, part] of parts.entries()) {
      const [name, value] = [part.at(-1), parts[index + 1]];
      if (name?.kind !== "identifier" || value === undefined) continue;
      const written = value.map((token) => token.text).join(" ");
      const list = found.get(name.text);
      if (list === undefined) found.set(name.text, [written]);
      else list.push(written);
    }
  }
  return found;
}

const maker = "DEFINE_PROP_";
const longestProperty = 400;

/** Of `NAME(a, b)`, by tokens; empty where the call does not end. */
function argumentsAt(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(1)) {
    const { text } = token;
    if (text === ")" && --depth === 0) return parts;
    if (text === "(" && depth++ === 0) continue;
    if (depth === 0) return [];
    if (text === "," && depth === 1) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return [];
}

/** Member names of a designator, outermost first. */
function namesOf(path: string): string[] {
  return [...nameSpans(path, 0, path.length)].map(([start, end]) => path.slice(start, end));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
