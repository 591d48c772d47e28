/**
 * Under which conditions a folder's build file compiles its sources: `x_ss.add(when: 'CONFIG_X', if_true: files('x.c'))`
 * of meson.build, `obj-$(CONFIG_X) += x.o` of the Makefile.objs before it.
 */
import { type MesonWord, mesonWords } from "./mesonWords";

type Words = readonly MesonWord[];

/** One way for a file to be compiled: all `terms` hold. */
export interface BuildRule {
  readonly file: string;
  readonly terms: readonly BuildTerm[];
}

export type BuildTerm =
  | { readonly kind: "symbol"; readonly name: string }
  /** A symbol that one of the targets configured together has: meson's `config_all_devices`. */
  | { readonly kind: "symbol-somewhere"; readonly name: string }
  | { readonly kind: "none-of-all"; readonly terms: readonly BuildTerm[] }
  /** The sources of one architecture's machines or processors. */
  | { readonly kind: "architecture"; readonly name: string }
  /** The emulator of one target: `arm`. */
  | { readonly kind: "target"; readonly name: string }
  /** Libraries, host systems, loops: decided by what configure finds. */
  | { readonly kind: "host"; readonly text: string }
  /** In no emulator of a machine: it is of user mode, or of a program of its own. */
  | { readonly kind: "never"; readonly text: string };

export interface Addition {
  readonly set: string;
  readonly when: readonly BuildTerm[];
  readonly files: readonly string[];
  readonly sets: readonly string[];
}

/** Conditions around a statement that are told apart; deeper ones are not known. */
const deepestGuard = 100;
const mostWays = 100;
const deepestSet = 30;

/** Sets of the user-mode emulators: no part of a machine. */
const userSets: ReadonlySet<string> = new Set([
  "user_ss",
  "common_user_ss",
  "linux_user_ss",
  "bsd_user_ss",
  "target_user_arch",
]);
/** Sets of a library: the linker takes from it only what nothing else defines. */
const linkedWhereMissing: ReadonlySet<string> = new Set(["stub_ss", "target_stubs_arch"]);
/** `hw_arch`, `target_system_arch`, `hw_common_arch` (10.2): source sets by architecture. */
function isArchitectureTable(name: string): boolean {
  return name.endsWith("_arch");
}

/** What goes into an architecture's sets, by the build file of the folder: `subdir()` shares them with the folders below. */
export function architectureSets(text: string): readonly Addition[] {
  if (!text.includes("_arch")) return [];
  const found = additionsIn(mesonWords(text)).filter(({ sets }) => sets.length > 0);
  return found.map((each) => ({ ...each, files: [] }));
}

/** `outer`: what the build files of the folders above say of sets. */
export function rulesOfMeson(text: string, outer: readonly Addition[] = []): BuildRule[] {
  const words = mesonWords(text);
  const additions = [...outer, ...additionsIn(words)];
  const rules: BuildRule[] = [];
  const containers = new Map<string, Addition[]>();
  for (const addition of additions) {
    for (const set of addition.sets) {
      const list = containers.get(set);
      if (list === undefined) containers.set(set, [addition]);
      else list.push(addition);
    }
  }
  const known = new Map<string, readonly (readonly BuildTerm[])[]>();
  /** The ways into the build for what a set holds. */
  const ways = (set: string, depth = 0): readonly (readonly BuildTerm[])[] => {
    if (userSets.has(set)) return [[{ kind: "never", text: "user mode only" }]];
    if (linkedWhereMissing.has(set)) return [[{ kind: "host", text: "" }]];
    if (set.startsWith("architecture:")) return [[{ kind: "architecture", name: set.slice("architecture:".length) }]];
    const before = known.get(set);
    if (before !== undefined) return before;
    if (depth > deepestSet) return [[{ kind: "host", text: "" }]];
    known.set(set, [[]]); // a set that holds itself
    const found: (readonly BuildTerm[])[] = [];
    for (const outer of containers.get(set) ?? []) {
      for (const way of ways(outer.set, depth + 1)) if (found.length < mostWays) found.push([...way, ...outer.when]);
    }
    if (found.length > 0) known.set(set, found);
    return known.get(set) ?? [];
  };
  for (const addition of additions) {
    if (addition.files.length === 0) continue;
    for (const way of ways(addition.set)) {
      for (const file of addition.files) rules.push({ file, terms: [...way, ...addition.when] });
    }
  }
  const inSets = new Set(rules.map(({ file }) => file));
  for (const { program, file } of programsIn(words)) {
    if (!inSets.has(file)) rules.push({ file, terms: [{ kind: "never", text: `in ${program} only` }] });
  }
  return rules;
}

/** Sources that `executable('NAME', …)` names itself; emulators get theirs from sets. */
function* programsIn(words: Words): Generator<{ readonly program: string; readonly file: string }> {
  for (let k = 0; k + 2 < words.length; k++) {
    const name = words[k + 2];
    if (words[k]?.text !== "executable" || words[k]?.kind !== "name") continue;
    if (words[k + 1]?.text !== "(" || name?.kind !== "string" || name.text.startsWith("qemu-system-")) continue;
    const end = closing(words, k + 1);
    for (const word of words.slice(k + 3, end)) {
      if (word.kind === "string" && word.text.endsWith(".c")) yield { program: name.text, file: word.text };
    }
    k = end;
  }
}

function additionsIn(words: Words): Addition[] {
  const found: Addition[] = [];
  const libraries = rustLibraries(words);
  const guards: BuildTerm[] = [];
  let beyond = 0;
  const text = (k: number): string => words[k]?.text ?? "";
  for (let k = 0; k < words.length; k++) {
    const word = words[k];
    if (word?.kind !== "name") continue;
    if (word.text === "if" || word.text === "foreach") {
      const end = lineEnd(words, k + 1);
      if (guards.length < deepestGuard) guards.push(guardOf(words.slice(k + 1, end)));
      else beyond++;
      k = end;
    } else if (beyond > 0 && (word.text === "endif" || word.text === "endforeach")) beyond--;
    else if (beyond > 0 && (word.text === "elif" || word.text === "else")) continue;
    else if (word.text === "elif" || word.text === "else") {
      const last = guards.pop();
      const otherwise: BuildTerm = { kind: "none-of-all", terms: last === undefined ? [] : [last] };
      guards.push(word.text === "else" && last?.kind === "symbol" ? otherwise : { kind: "host", text: "else" });
    } else if (word.text === "endif" || word.text === "endforeach") guards.pop();
    else if (text(k + 1) === "." && (text(k + 2) === "add" || text(k + 2) === "add_all") && text(k + 3) === "(") {
      const end = closing(words, k + 3);
      found.push(...additionsOf(word.text, words.slice(k + 4, end), guards, libraries));
      k = end;
    } else if (isArchitectureTable(word.text) && text(k + 1) === "+" && text(k + 2) === "=" && text(k + 3) === "{") {
      const isOther = userSets.has(word.text) || linkedWhereMissing.has(word.text);
      const set = isOther ? word.text : `architecture:${text(k + 4)}`;
      found.push({ set, when: [...guards], files: [], sets: [text(k + 6)] });
    }
  }
  return found;
}

function lineEnd(words: Words, start: number): number {
  let end = start;
  while (end < words.length && words[end]?.kind !== "line") end++;
  return end;
}

/** The condition of an `if`, where it asks for one symbol of the configuration. */
function guardOf(line: Words): BuildTerm {
  const symbol = line.find((w) => w.kind === "string" && /^(?:CONFIG|TARGET)_\w+$/.test(w.text));
  const names = line.filter((w) => w.kind === "name").map((w) => w.text);
  if (symbol !== undefined && names.length === 2 && names[0]?.startsWith("config_") && names[1] === "has_key") {
    return { kind: names[0] === "config_all_devices" ? "symbol-somewhere" : "symbol", name: symbol.text };
  }
  return { kind: "host", text: line.map((w) => w.text).join(" ") };
}

/** `_libx_rs = static_library('x', structured_sources(['src/lib.rs', …]), …)`: the sources by the library's name. */
function rustLibraries(words: Words): ReadonlyMap<string, readonly string[]> {
  const libraries = new Map<string, readonly string[]>();
  for (let k = 0; k + 3 < words.length; k++) {
    const name = words[k];
    if (name?.kind !== "name" || words[k + 1]?.text !== "=" || words[k + 3]?.text !== "(") continue;
    if (words[k + 2]?.text.endsWith("_library") !== true) continue;
    const end = closing(words, k + 3);
    const sources = words.slice(k + 4, end).filter((w) => w.kind === "string" && w.text.endsWith(".rs"));
    if (sources.length > 0)
      libraries.set(
        name.text,
        sources.map((w) => w.text),
      );
    k = end;
  }
  return libraries;
}

function additionsOf(
  set: string,
  words: Words,
  guards: readonly BuildTerm[],
  libraries: ReadonlyMap<string, readonly string[]>,
): Addition[] {
  let when: BuildTerm[] = [];
  const yes: MesonWord[] = [];
  const no: MesonWord[] = [];
  for (const argument of argumentsOf(words)) {
    const key = argument[0]?.kind === "name" && argument[1]?.text === ":" ? argument[0].text : "";
    const value = key === "" ? argument : argument.slice(2);
    if (key === "when") when = value.flatMap(termOf);
    else if (key === "if_false") no.push(...value);
    else yes.push(...value);
  }
  const addition = (terms: readonly BuildTerm[], value: Words): Addition => ({
    set,
    when: [...guards, ...terms],
    files: value.flatMap((w) =>
      w.kind === "name" ? (libraries.get(w.text) ?? []) : w.kind === "string" && /\.[cm]$/.test(w.text) ? [w.text] : [],
    ),
    sets: value.filter((w) => w.kind === "name" && w.text.endsWith("_ss")).map((w) => w.text),
  });
  const found = [addition(when, yes)];
  if (no.length > 0) found.push(addition([{ kind: "none-of-all", terms: when }], no));
  return found;
}

function termOf(word: MesonWord): BuildTerm[] {
  if (word.kind === "string") return [{ kind: "symbol", name: word.text }];
  return word.kind === "name" ? [{ kind: "host", text: word.text }] : [];
}

function argumentsOf(words: Words): MesonWord[][] {
  const list: MesonWord[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word.kind === "line") continue;
    if (word.kind === "punctuator" && "([{".includes(word.text)) depth++;
    else if (word.kind === "punctuator" && ")]}".includes(word.text)) depth--;
    if (word.kind === "punctuator" && word.text === "," && depth === 0) list.push([]);
    else list[list.length - 1]?.push(word);
  }
  return list;
}

function closing(words: Words, open: number): number {
  let depth = 0;
  for (let k = open; k < words.length; k++) {
    if (words[k]?.kind !== "punctuator") continue;
    if (words[k]?.text === "(") depth++;
    else if (words[k]?.text === ")" && --depth === 0) return k;
  }
  return words.length;
}

export function rulesOfMakefile(text: string): BuildRule[] {
  const rules: BuildRule[] = [];
  const guards: BuildTerm[] = [];
  let beyond = 0;
  for (const line of logicalLines(text)) {
    const [word = ""] = line.split(" ", 1);
    if (word === "ifeq" || word === "ifneq" || word === "ifdef" || word === "ifndef") {
      if (guards.length < deepestGuard) guards.push({ kind: "host", text: line });
      else beyond++;
    } else if (word === "endif") {
      if (beyond > 0) beyond--;
      else guards.pop();
    }
    const objects = objectsOf(line);
    for (const object of objects?.names ?? []) {
      rules.push({ file: `${object}.c`, terms: [...guards, ...(objects?.when ?? [])] });
    }
  }
  return rules;
}

/** With one blank for each tab, and without blanks around. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let parts: string[] = [];
  for (const written of text.split("\n")) {
    const line = written.trim();
    parts.push(line.endsWith("\\") ? line.slice(0, -1) : line);
    if (line.endsWith("\\")) continue;
    lines.push(parts.join(" ").replaceAll("\t", " "));
    parts = [];
  }
  if (parts.length > 0) lines.push(parts.join(" "));
  return lines;
}

interface Objects {
  readonly names: readonly string[];
  readonly when: readonly BuildTerm[];
}

/** `common-obj-$(CONFIG_X) += x.o y.o`; undefined for what is no such line. */
function objectsOf(line: string): Objects | undefined {
  const equals = line.indexOf("=");
  const at = line.indexOf("obj-");
  if (at === -1 || equals < at) return undefined;
  const prefix = line.slice(0, at);
  if (prefix !== "" && (!prefix.endsWith("-") || prefix.includes(" "))) return undefined;
  const isMore = line[equals - 1] === "+" || line[equals - 1] === ":";
  const condition = line.slice(at + "obj-".length, isMore ? equals - 1 : equals).trim();
  const isAsked = condition.startsWith("$(") && condition.endsWith(")");
  if (!isAsked && condition !== "y" && condition !== "m") return undefined;
  const names = line
    .slice(equals + 1)
    .split(" ")
    .filter((word) => word.endsWith(".o"))
    .map((word) => word.slice(0, -".o".length));
  return { names, when: isAsked ? termsOfMake(condition) : [] };
}

/** `$(CONFIG_X)`, `$(call lnot,$(CONFIG_X))`, `$(call land,$(CONFIG_X),$(CONFIG_Y))`. */
function termsOfMake(text: string): BuildTerm[] {
  const names = [...text.matchAll(/\$\((\w+)\)/g)].map((m): BuildTerm => ({ kind: "symbol", name: m[1] ?? "" }));
  if (/\blnot\b/.test(text)) return [{ kind: "none-of-all", terms: names }];
  if (/\b(?:lor|l[a-z]+)\b/.test(text.replace(/\bland\b/g, "")) && text.includes("call"))
    return [{ kind: "host", text }];
  return names;
}
