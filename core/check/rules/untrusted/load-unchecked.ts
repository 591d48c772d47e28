/** Load functions that take a length or an index out of the stream and use it as it comes. */
import { isTest } from "../../../c/paths";
import { filesBeside } from "../../../project/folders";
import type { Project } from "../../../project/project";
import { type FunctionText, functionTexts } from "../../../project/functionTexts";
import { isBounded } from "../../bounded";
import { blockEnd, indexUses, indexUsesInCallees, literal } from "../../fromStream";
import { type Finding, rule } from "../../rule";

/** `x = qemu_get_be32(f)` and `qemu_get_be32s(f, &x)`. */
const reads =
  /(?<![\w.>-])([\w.>-]{1,200}(?:\[\w+\])?)\s*=\s*(?:\([\w\s*]+\)\s*)?qemu_get_(?:s?be(?:16|32|64)|byte|be|s?be64)\s*\(\s*\w+\s*\)|qemu_get_(?:s?be(?:16|32|64)s|8s)\s*\(\s*\w+\s*,\s*&?([\w.>-]+(?:\[\w+\])?)\s*\)/g;

interface Read {
  readonly value: string;
  /** In the function's body. */
  readonly start: number;
  readonly end: number;
}

interface Use {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

export const loadUnchecked = rule({
  code: "load-unchecked",
  group: "untrusted",
  severity: "warning",
  default: "on",
  title: "Length from the stream, unchecked",
  summary: "A load function uses a length or an index of the stream without a check.",
  *check({ project, path, descriptions }) {
    for (const file of path === undefined ? loaders(project, descriptions) : [path]) {
      if (!file.endsWith(".c") || isTest(file) || file.startsWith("migration/")) continue;
      if (project.text(file)?.includes("qemu_get_") !== true) continue;
      const functions = functionTexts(project, file);
      for (const fn of functions) {
        if (!/\bQEMUFile\b/.test(fn.parameters)) continue;
        yield* inFunction(project, file, fn);
      }
    }
  },
});

function loaders(project: Project, descriptions: Iterable<{ readonly file: string }>): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { file } of descriptions) files.add(file);
  for (const { range } of project.registrations()) files.add(range.file);
  for (const { classSlots, file } of project.types()) if (classSlots.length > 0) files.add(file);
  return files;
}

function* inFunction(project: Project, file: string, fn: FunctionText): Iterable<Finding> {
  const seen = new Set<string>();
  const functions = functionTexts(project, file);
  const others = withoutComparisons(functions, fn);
  for (const match of fn.body.matchAll(reads)) {
    const value = match[1] ?? match[2] ?? "";
    if (value === "" || seen.has(value)) continue;
    const read = { value, start: match.index, end: match.index + match[0].length };
    const use = useIn(fn, read) ?? useElsewhere(fn, read, others) ?? useOfCallers(project, file, fn, read);
    if (use === undefined) continue;
    seen.add(value);
    yield {
      range: { file, start: fn.start + read.start, end: fn.start + read.end },
      message: `${value} comes from the stream and is used as ${use.what} without a check: a bad stream reads or writes beyond what is there. Refuse it here.`,
      related: [{ range: { file, start: use.start, end: use.end }, message: `used as ${use.what}` }],
    };
  }
}

/** Behind the read, and with no condition on the value between. */
function useIn({ body, start }: FunctionText, { value, end }: Read): Use | undefined {
  const rest = body.slice(end);
  const name = `(?<![\\w.>])${literal(value)}(?![\\w(]|\\s*(?:->|\\.))`;
  const found = [...firstUses(rest, name)].sort((a, b) => a.start - b.start)[0];
  if (found === undefined || isBounded(rest.slice(0, found.checkedUntil), name)) return undefined;
  return { what: found.what, start: start + end + found.start, end: start + end + found.end };
}

interface Found extends Use {
  /** A check counts up to here. */
  readonly checkedUntil: number;
}

function* firstUses(rest: string, name: string): Iterable<Found> {
  const length = lengthOf(rest, new RegExp(name));
  if (length !== undefined && !/\bsizeof\b/.test(length[0])) yield use(length, "a length");
  const index = new RegExp(`\\b\\w+\\s*\\[\\s*${name}(?:\\+\\+)?\\s*\\]`).exec(rest);
  if (index !== null) yield use(index, "an index");
  const loop = new RegExp(`\\bfor\\s*\\([^;]{0,200};\\s*(\\w+)\\s*<=?\\s*${name}\\s*;[^)]{0,200}\\)`).exec(rest);
  const counter = loop?.[1];
  if (loop !== null && counter !== undefined && fills(rest.slice(loop.index + loop[0].length), counter))
    yield use(loop, "the length of a loop that fills an array");
}

/** No call is longer; of half-typed code no more is read again for each of them. */
const longestCall = 1000;

/** The first `qemu_get_buffer(…, …);` whose last argument has the value. */
function lengthOf(rest: string, value: RegExp): RegExpExecArray | undefined {
  for (const head of rest.matchAll(/\bqemu_get_buffer\s*\(/g)) {
    const call = rest.slice(head.index, head.index + longestCall);
    const end = call.indexOf(";");
    const statement = call.slice(0, end).trimEnd();
    const comma = statement.lastIndexOf(",");
    if (end === -1 || comma === -1 || !statement.endsWith(")") || !value.test(statement.slice(comma + 1, -1))) continue;
    head[0] = call.slice(0, end + 1);
    return head;
  }
  return undefined;
}

function use(match: RegExpExecArray, what: string): Found {
  return { what, start: match.index, end: match.index + match[0].length, checkedUntil: match.index };
}

/** The statement or block behind a loop's head uses an array's element of that number. */
function fills(rest: string, counter: string): boolean {
  const block = /^\s*\{/.test(rest) ? rest.slice(0, blockEnd(rest)) : rest.slice(0, rest.indexOf(";") + 1);
  return new RegExp(`\\w\\s*\\[\\s*${counter}\\s*\\]`).test(block);
}

/** The file's other functions; that one value of the stream is below another one of it is no check of either. */
function withoutComparisons(functions: readonly FunctionText[], fn: FunctionText): readonly FunctionText[] {
  const members = [...fn.body.matchAll(reads)].flatMap(([, a, b]) => /(?:->|\.)(\w+)$/.exec(a ?? b ?? "")?.[1] ?? []);
  const others = functions.filter((each) => each !== fn);
  if (members.length < 2) return others;
  const one = `\\b\\w+\\s*(?:->|\\.)\\s*(?:${[...new Set(members)].join("|")})\\b`;
  const both = new RegExp(`${one}\\s*[<>]=?\\s*${one}`, "g");
  return others.map((each) => ({ ...each, body: each.body.replace(both, (all) => " ".repeat(all.length)) }));
}

/** A member that is loaded here, that files of the folder hand as it is to a function of this one, which takes it for an index. */
function useOfCallers(project: Project, file: string, fn: FunctionText, { value, end }: Read): Use | undefined {
  const member = /(?:->|\.)(\w+)$/.exec(value)?.[1];
  if (member === undefined || isBounded(fn.body.slice(end), `\\b${member}\\b`)) return undefined;
  const own = functionTexts(project, file);
  for (const each of filesBeside(project, file)) {
    if (each === file || project.text(each)?.includes(`->${member}`) !== true) continue;
    const handed = `\\b\\w+\\s*(?:->|\\.)\\s*${member}\\b(?!\\s*(?:->|\\.|\\())`;
    for (const found of indexUsesInCallees([...functionTexts(project, each), ...own], handed)) {
      if (!own.some(({ name }) => name === found.functionName) || !/(?:->|\.)/.test(found.array)) continue;
      return { what: `an index in ${found.functionName}`, start: found.start, end: found.end };
    }
  }
  return undefined;
}

/** A member that is loaded here, and is an index into an array as it is in another function of the file. */
function useElsewhere(fn: FunctionText, { value, end }: Read, others: readonly FunctionText[]): Use | undefined {
  const member = /(?:->|\.)(\w+)$/.exec(value)?.[1];
  if (member === undefined || isBounded(fn.body.slice(end), `\\b${member}\\b`)) return undefined;
  for (const found of indexUses(others, `\\b\\w+\\s*(?:->|\\.)\\s*${member}\\b(?!\\s*(?:->|\\.|\\())`)) {
    if (!/(?:->|\.)/.test(found.array) && !others.some(({ body }) => body.includes(found.array))) continue;
    return { what: `an index in ${found.functionName}`, start: found.start, end: found.end };
  }
  return undefined;
}
