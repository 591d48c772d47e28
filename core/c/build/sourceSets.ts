/**
 * Under which conditions a folder's build file compiles its sources: `x_ss.add(when: 'CONFIG_X', if_true: files('x.c'))`
 * of meson.build, `obj-$(CONFIG_X) += x.o` of the Makefile.objs before it.
 */

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
  /** Libraries, host systems, loops: decided by what configure finds. */
  | { readonly kind: "host"; readonly text: string }
  | { readonly kind: "never" };

interface Addition {
  readonly set: string;
  readonly when: readonly BuildTerm[];
  readonly files: readonly string[];
  readonly sets: readonly string[];
}

interface Word {
  readonly kind: "string" | "name" | "punctuator" | "line";
  readonly text: string;
}

const maximumNesting = 8;

/** Sets of the user-mode emulators: no part of a machine. */
const userSets: ReadonlySet<string> = new Set([
  "user_ss",
  "common_user_ss",
  "linux_user_ss",
  "bsd_user_ss",
  "target_user_arch",
]);
/** Sets of a library: the linker takes from it only what nothing else defines. */
const linkedWhereMissing: ReadonlySet<string> = new Set(["stub_ss"]);
const architectureTables: ReadonlySet<string> = new Set([
  "hw_arch",
  "target_arch",
  "target_system_arch",
  "target_softmmu_arch",
]);

export function rulesOfMeson(text: string): BuildRule[] {
  const additions = additionsIn(wordsOf(text));
  const rules: BuildRule[] = [];
  const containers = new Map<string, Addition[]>();
  for (const addition of additions) {
    for (const set of addition.sets) containers.set(set, [...(containers.get(set) ?? []), addition]);
  }
  /** The ways into the build for what a set holds. */
  const ways = (set: string, depth: number): readonly (readonly BuildTerm[])[] => {
    if (userSets.has(set)) return [[{ kind: "never" }]];
    if (linkedWhereMissing.has(set)) return [[{ kind: "host", text: "" }]];
    if (set.startsWith("architecture:")) return [[{ kind: "architecture", name: set.slice("architecture:".length) }]];
    const outer = containers.get(set);
    if (outer === undefined || depth > maximumNesting) return [[]];
    return outer
      .flatMap((addition) => ways(addition.set, depth + 1).map((way) => [...way, ...addition.when]))
      .slice(0, 100);
  };
  for (const addition of additions) {
    if (addition.files.length === 0) continue;
    for (const way of ways(addition.set, 0)) {
      for (const file of addition.files) rules.push({ file, terms: [...way, ...addition.when] });
    }
  }
  return rules;
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(/#[^\n]*|'([^'\n]*)'|([A-Za-z_]\w*)|(\n)|([^\s\w])/g)) {
    if (match[1] !== undefined) words.push({ kind: "string", text: match[1] });
    else if (match[2] !== undefined) words.push({ kind: "name", text: match[2] });
    else if (match[3] !== undefined) words.push({ kind: "line", text: "\n" });
    else if (match[4] !== undefined) words.push({ kind: "punctuator", text: match[4] });
  }
  return words;
}

function additionsIn(words: readonly Word[]): Addition[] {
  const found: Addition[] = [];
  const libraries = rustLibraries(words);
  const guards: BuildTerm[] = [];
  const text = (k: number): string => words[k]?.text ?? "";
  for (let k = 0; k < words.length; k++) {
    const word = words[k];
    if (word?.kind !== "name") continue;
    if (word.text === "if" || word.text === "foreach") guards.push(guardOf(words, k + 1));
    else if (word.text === "elif" || word.text === "else") {
      const last = guards.pop();
      const otherwise: BuildTerm = { kind: "none-of-all", terms: last === undefined ? [] : [last] };
      guards.push(word.text === "else" && last?.kind === "symbol" ? otherwise : { kind: "host", text: "else" });
    } else if (word.text === "endif" || word.text === "endforeach") guards.pop();
    else if (text(k + 1) === "." && (text(k + 2) === "add" || text(k + 2) === "add_all") && text(k + 3) === "(") {
      const end = closing(words, k + 3);
      found.push(...additionsOf(word.text, words.slice(k + 4, end), guards, libraries));
      k = end;
    } else if (architectureTables.has(word.text) && text(k + 1) === "+" && text(k + 2) === "=" && text(k + 3) === "{") {
      const sets = [text(k + 6)];
      found.push({ set: `architecture:${text(k + 4)}`, when: [...guards], files: [], sets });
    }
  }
  return found;
}

/** The condition of an `if`, where it asks for one symbol of the configuration. */
function guardOf(words: readonly Word[], start: number): BuildTerm {
  let end = start;
  while (end < words.length && words[end]?.kind !== "line") end++;
  const line = words.slice(start, end);
  const symbol = line.find((w) => w.kind === "string" && /^(?:CONFIG|TARGET)_\w+$/.test(w.text));
  const names = line.filter((w) => w.kind === "name").map((w) => w.text);
  if (symbol !== undefined && names.length === 2 && names[0]?.startsWith("config_") && names[1] === "has_key") {
    return { kind: names[0] === "config_all_devices" ? "symbol-somewhere" : "symbol", name: symbol.text };
  }
  return { kind: "host", text: line.map((w) => w.text).join(" ") };
}

/** `_libx_rs = static_library('x', structured_sources(['src/lib.rs', …]), …)`: the sources by the library's name. */
function rustLibraries(words: readonly Word[]): ReadonlyMap<string, readonly string[]> {
  const libraries = new Map<string, readonly string[]>();
  for (let k = 0; k + 3 < words.length; k++) {
    const name = words[k];
    if (name?.kind !== "name" || words[k + 1]?.text !== "=" || words[k + 3]?.text !== "(") continue;
    if (!/_library$/.test(words[k + 2]?.text ?? "")) continue;
    const sources = words
      .slice(k + 4, closing(words, k + 3))
      .filter((w) => w.kind === "string" && w.text.endsWith(".rs"));
    if (sources.length > 0)
      libraries.set(
        name.text,
        sources.map((w) => w.text),
      );
  }
  return libraries;
}

function additionsOf(
  set: string,
  words: readonly Word[],
  guards: readonly BuildTerm[],
  libraries: ReadonlyMap<string, readonly string[]>,
): Addition[] {
  let when: BuildTerm[] = [];
  const yes: Word[] = [];
  const no: Word[] = [];
  for (const argument of argumentsOf(words)) {
    const key = argument[0]?.kind === "name" && argument[1]?.text === ":" ? argument[0].text : "";
    const value = key === "" ? argument : argument.slice(2);
    if (key === "when") when = value.flatMap(termOf);
    else if (key === "if_false") no.push(...value);
    else yes.push(...value);
  }
  const addition = (terms: readonly BuildTerm[], value: readonly Word[]): Addition => ({
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

function termOf(word: Word): BuildTerm[] {
  if (word.kind === "string") return [{ kind: "symbol", name: word.text }];
  return word.kind === "name" ? [{ kind: "host", text: word.text }] : [];
}

function argumentsOf(words: readonly Word[]): Word[][] {
  const list: Word[][] = [[]];
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

function closing(words: readonly Word[], open: number): number {
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
  const lines = text.replace(/\\\r?\n/g, " ").split("\n");
  const guards: BuildTerm[] = [];
  for (const line of lines) {
    if (/^\s*(?:ifeq|ifneq|ifdef|ifndef)\b/.test(line)) guards.push({ kind: "host", text: line.trim() });
    else if (/^\s*endif\b/.test(line)) guards.pop();
    const match = /^\s*(?:[\w-]+-)?obj-(?:y|m|(\$\(.*?\)+))\s*\+?:?=(.*)/.exec(line);
    if (match?.[2] === undefined) continue;
    const when = match[1] === undefined ? [] : termsOfMake(match[1]);
    for (const object of match[2].matchAll(/(\S+)\.o\b/g)) {
      rules.push({ file: `${object[1]}.c`, terms: [...guards, ...when] });
    }
  }
  return rules;
}

/** `$(CONFIG_X)`, `$(call lnot,$(CONFIG_X))`, `$(call land,$(CONFIG_X),$(CONFIG_Y))`. */
function termsOfMake(text: string): BuildTerm[] {
  const names = [...text.matchAll(/\$\((\w+)\)/g)].map((m): BuildTerm => ({ kind: "symbol", name: m[1] ?? "" }));
  if (/\blnot\b/.test(text)) return [{ kind: "none-of-all", terms: names }];
  if (/\b(?:lor|l[a-z]+)\b/.test(text.replace(/\bland\b/g, "")) && text.includes("call"))
    return [{ kind: "host", text }];
  return names;
}
