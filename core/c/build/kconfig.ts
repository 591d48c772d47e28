/**
 * Which devices a tree's own default configuration builds for targets: its Kconfig files and default .mak files.
 * Follows scripts/minikconf.py as meson.build runs it, in three values: what `configure` finds on a host is unknown.
 */
import type { Truth } from "../conditions";
import { foreignAccelerators } from "../configuration";
import { symbolsOffByDefault } from "./mesonOptions";
import { both, either, inverse, always, never, same, type Truths, undecided, withTruth } from "./truths";

export type ReadText = (path: string) => string | undefined;

export interface BuildSymbols {
  /** By name without `CONFIG_`; a bit for each target, in the order in which they were given. */
  truths(name: string): Truths;
}

type Expression =
  | { readonly kind: "symbol"; readonly name: string }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression };

interface KconfigSymbol {
  depends: Expression | undefined;
  readonly defaults: (Expression | undefined)[];
  /** Who selects or implies it, and under which condition. */
  readonly selectedBy: { readonly name: string; readonly condition: Expression | undefined }[];
  readonly impliedBy: { readonly name: string; readonly condition: Expression | undefined }[];
  /** Given by `configure` or by the choice of accelerators, not computed. */
  external: "host" | "accelerators" | undefined;
}

const noSymbols: ReadonlySet<string> = new Set();
const maximumFiles = 1000;
const maximumRounds = 100;

/** What every system emulator built on Linux has. */
const given: ReadonlySet<string> = new Set(["LINUX", "POSIX", "TCG"]);

/** Symbols that the user sets, without `CONFIG_`: they go before what any file says. */
export type BuildSettings = ReadonlyMap<string, Truth>;

/** Those of each target. */
export type SettingsOf = (target: string) => BuildSettings;

/** At most `targetsAtOnce` targets. */
export function readBuildSymbols(read: ReadText, targets: readonly string[], settings: SettingsOf): BuildSymbols {
  const assigned = new Map<string, Assigned>();
  const symbols = readKconfig(read);
  const off = symbols.size === 0 ? noSymbols : symbolsOffByDefault(read);
  for (const [index, target] of targets.entries()) {
    const values = readAssignments(read, target);
    if (symbols.size > 0) for (const name of architectureSymbols(read, target)) values.set(name, "true");
    for (const name of off) if (symbols.get(name)?.external !== undefined) values.set(name, "false");
    for (const [name, truth] of settings(target)) values.set(name, truth);
    for (const [name, truth] of values) {
      const { truths, given: bits } = assigned.get(name) ?? { truths: undecided, given: 0 };
      assigned.set(name, { truths: withTruth(truths, index, truth), given: bits | (1 << index) });
    }
  }
  if (symbols.size === 0) return { truths: (name) => assigned.get(name)?.truths ?? undecided };
  const values = solve(symbols, assigned);
  return { truths: (name) => values.get(name) ?? assigned.get(name)?.truths ?? undecided };
}

/** What the .mak files say of a symbol, and the bits of the targets whose files say something. */
interface Assigned {
  readonly truths: Truths;
  readonly given: number;
}

/** `truths` where the files say it, `others` for the other targets. */
function overlaid({ truths, given: bits }: Assigned, others: Truths): Truths {
  return { yes: truths.yes | (others.yes & ~bits), no: truths.no | (others.no & ~bits) };
}

/** Symbols that meson.build gives minikconf.py for the target's processor. */
export function processorSymbols(read: ReadText, target: string): ReadonlySet<string> {
  return new Set([...architectureSymbols(read, target), "TARGET_BIG_ENDIAN"]);
}

/** Symbols without `CONFIG_` or `TARGET_` that stand for the target's processor (`config_target` of meson.build). */
export function architectureSymbols(read: ReadText, target: string): string[] {
  for (const folder of ["configs/targets/", "default-configs/targets/"]) {
    const text = read(`${folder}${target}-softmmu.mak`);
    const architecture = /^TARGET_ARCH=(\w+)/m.exec(text ?? "")?.[1];
    if (architecture !== undefined) return [architecture.toUpperCase()];
  }
  return [target.toUpperCase()];
}

function readAssignments(read: ReadText, target: string): Map<string, Truth> {
  const values = new Map<string, Truth>();
  const seen = new Set<string>();
  const visit = (path: string): boolean => {
    const text = seen.size < maximumFiles && !seen.has(path) ? read(path) : undefined;
    seen.add(path);
    if (text === undefined) return false;
    for (const line of text.split("\n")) {
      const include = /^\s*-?include\s+(\S+)/.exec(line)?.[1];
      if (include !== undefined) visit(joined(path, include));
      const match = /^\s*CONFIG_(\w+)\s*:?=\s*(y|n|\$\(CONFIG_(\w+)\))?/.exec(line);
      if (match?.[1] === undefined) continue;
      const other = match[3];
      values.set(
        match[1],
        other === undefined ? (match[2] === "y" ? "true" : "false") : (values.get(other) ?? "unknown"),
      );
    }
    return true;
  };
  deviceFiles(target).some(visit);
  return values;
}

/** Where a release keeps what a target's machines are made of, newest first. */
export function deviceFiles(target: string): readonly string[] {
  return [
    `configs/devices/${target}-softmmu/default.mak`,
    `default-configs/devices/${target}-softmmu.mak`,
    `default-configs/${target}-softmmu.mak`,
  ];
}

/** `../x/y.mak` beside a file. */
function joined(from: string, path: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** Symbols of the tree's Kconfig files, without `CONFIG_`; none where it has no such file. */
export function kconfigNames(read: ReadText): readonly string[] {
  return [...readKconfig(read).keys()];
}

/** The same with who gives a symbol its value: the search of the host, the choice of accelerators, or Kconfig itself. */
export function kconfigOrigins(read: ReadText): ReadonlyMap<string, "host" | "accelerators" | "devices"> {
  return new Map([...readKconfig(read)].map(([name, { external }]) => [name, external ?? "devices"]));
}

function readKconfig(read: ReadText): Map<string, KconfigSymbol> {
  const symbols = new Map<string, KconfigSymbol>();
  const seen = new Set<string>();
  const symbolOf = (name: string): KconfigSymbol => {
    let symbol = symbols.get(name);
    if (symbol === undefined) {
      symbol = { depends: undefined, defaults: [], selectedBy: [], impliedBy: [], external: undefined };
      symbols.set(name, symbol);
    }
    return symbol;
  };
  const visit = (path: string): void => {
    const text = seen.size < maximumFiles && !seen.has(path) ? read(path) : undefined;
    seen.add(path);
    if (text === undefined) return;
    const external = path.endsWith("Kconfig.host") ? "host" : path.startsWith("accel/") ? "accelerators" : undefined;
    let name = "";
    for (const line of text.split("\n")) {
      const [, word, rest] = /^\s*(\w+)\s*([^#]*)/.exec(line) ?? [];
      if (word === undefined || rest === undefined) continue;
      if (word === "source") visit(joined(path, rest.trim()));
      else if (word === "config") {
        name = rest.trim();
        symbolOf(name).external ??= external;
      } else if (name !== "") attribute(symbolOf(name), name, word, rest, symbolOf);
    }
  };
  for (const path of ["Kconfig", "Kconfig.host", "accel/Kconfig", "hw/Kconfig"]) visit(path);
  return symbols;
}

function attribute(
  symbol: KconfigSymbol,
  name: string,
  word: string,
  rest: string,
  symbolOf: (name: string) => KconfigSymbol,
): void {
  const written = rest.trim();
  const at = written.search(/\sif\s/);
  const value = at === -1 ? written : written.slice(0, at).trim();
  const condition = at === -1 ? undefined : written.slice(at + " if ".length).trim();
  const when = condition === undefined ? undefined : parse(condition);
  switch (word) {
    case "default":
      if (value === "y") symbol.defaults.push(when);
      else if (value !== "n") symbol.defaults.push(when === undefined ? parse(value) : undefined);
      break;
    case "depends": {
      const expression = parse(value.replace(/^on\s+/, ""));
      symbol.depends =
        symbol.depends === undefined ? expression : { kind: "and", left: symbol.depends, right: expression };
      break;
    }
    case "select":
      symbolOf(value).selectedBy.push({ name, condition: when });
      break;
    case "imply":
      symbolOf(value).impliedBy.push({ name, condition: when });
      break;
  }
}

const unreadable: Expression = { kind: "symbol", name: "" };

/** `A && (!B || C)`; what cannot be read is a symbol nobody knows. */
function parse(text: string): Expression {
  const words = text.match(/&&|\|\||[!()]|\w+/g) ?? [];
  if (words.length > 200) return unreadable;
  let at = 0;
  const unary = (): Expression => {
    const word = words[at++];
    if (word === "!") return { kind: "not", operand: unary() };
    if (word === "(") {
      const inner = disjunction();
      if (words[at] === ")") at++;
      return inner;
    }
    return word === undefined || !/^\w/.test(word) ? unreadable : { kind: "symbol", name: word };
  };
  const conjunction = (): Expression => {
    let left = unary();
    while (words[at] === "&&") {
      at++;
      left = { kind: "and", left, right: unary() };
    }
    return left;
  };
  const disjunction = (): Expression => {
    let left = conjunction();
    while (words[at] === "||") {
      at++;
      left = { kind: "or", left, right: conjunction() };
    }
    return left;
  };
  return disjunction();
}

function solve(
  symbols: ReadonlyMap<string, KconfigSymbol>,
  assigned: ReadonlyMap<string, Assigned>,
): Map<string, Truths> {
  const values = new Map<string, Truths>();
  const valueOf = (name: string): Truths => {
    if (name === "y") return always;
    if (name === "") return undecided;
    const known = values.get(name);
    if (known !== undefined) return known;
    const fixed = assigned.get(name);
    return fixed === undefined ? never : overlaid(fixed, never);
  };
  const evaluate = (expression: Expression | undefined): Truths => {
    if (expression === undefined) return always;
    switch (expression.kind) {
      case "symbol":
        return valueOf(expression.name);
      case "not":
        return inverse(evaluate(expression.operand));
      case "and":
        return both(evaluate(expression.left), evaluate(expression.right));
      case "or":
        return either(evaluate(expression.left), evaluate(expression.right));
    }
  };
  const computed = (name: string, symbol: KconfigSymbol): Truths => {
    if (symbol.external !== undefined) {
      return given.has(name) ? always : foreignAccelerators.has(name) ? never : undecided;
    }
    let selected = never;
    for (const by of symbol.selectedBy) selected = either(selected, both(valueOf(by.name), evaluate(by.condition)));
    let wanted = never;
    for (const condition of symbol.defaults) wanted = either(wanted, evaluate(condition));
    for (const by of symbol.impliedBy) wanted = either(wanted, both(valueOf(by.name), evaluate(by.condition)));
    return either(selected, both(evaluate(symbol.depends), wanted));
  };
  const compute = (name: string, symbol: KconfigSymbol): Truths => {
    const fixed = assigned.get(name);
    return fixed === undefined ? computed(name, symbol) : overlaid(fixed, computed(name, symbol));
  };
  for (let round = 0; round < maximumRounds; round++) {
    const changed: string[] = [];
    for (const [name, symbol] of symbols) {
      const next = compute(name, symbol);
      if (same(values.get(name), next)) continue;
      values.set(name, next);
      changed.push(name);
    }
    if (changed.length === 0) return values;
    // a circle through a negation never settles
    if (round === maximumRounds - 1) for (const name of changed) values.set(name, undecided);
  }
  return values;
}
