/** Whether the tree's own build, in its default configuration, compiles a file for the target. */
import { and, not, type Truth } from "./conditions";
import { directoryOf } from "./includes";
import { type BuildSymbols, or, type ReadText, readBuildSymbols } from "./kconfig";
import { type BuildRule, type BuildTerm, rulesOfMakefile, rulesOfMeson } from "./sourceSets";

export interface Build {
  /** `unknown` where the build files do not say, or leave it to the host. */
  compiles(file: string): Truth;
  /** The conditions under which it is compiled: `CONFIG_PCI && CONFIG_E1000`; undefined where always or unsaid. */
  condition(file: string): string | undefined;
}

export function createBuild(read: ReadText, target: string, architectures: readonly string[]): Build {
  let symbols: BuildSymbols | undefined;
  const rulesByDirectory = new Map<string, ReadonlyMap<string, readonly BuildRule[]>>();

  const rulesIn = (directory: string): ReadonlyMap<string, readonly BuildRule[]> => {
    let known = rulesByDirectory.get(directory);
    if (known === undefined) {
      const meson = read(`${directory}meson.build`);
      const make = meson === undefined ? read(`${directory}Makefile.objs`) : undefined;
      const rules = meson !== undefined ? rulesOfMeson(meson) : make === undefined ? [] : rulesOfMakefile(make);
      const byFile = new Map<string, BuildRule[]>();
      for (const rule of rules) {
        const list = byFile.get(rule.file);
        if (list === undefined) byFile.set(rule.file, [rule]);
        else list.push(rule);
      }
      known = byFile;
      rulesByDirectory.set(directory, known);
    }
    return known;
  };

  /** The file's folder names it, or a folder above does. */
  const rulesOf = (file: string): readonly BuildRule[] => {
    for (let directory = directoryOf(file); ; directory = directoryOf(directory.slice(0, -1))) {
      const rules = rulesIn(directory).get(file.slice(directory.length));
      if (rules !== undefined || directory === "") return rules ?? [];
    }
  };

  const truthOf = (term: BuildTerm): Truth => {
    switch (term.kind) {
      case "symbol":
        symbols ??= readBuildSymbols(read, target);
        if (term.name.startsWith("CONFIG_")) return symbols.truth(term.name.slice("CONFIG_".length));
        return "unknown";
      case "none-of-all":
        return not(all(term.terms));
      case "architecture":
        return architectures.includes(term.name) ? "true" : "false";
      case "host":
        return "unknown";
      case "never":
        return "false";
    }
  };

  const all = (terms: readonly BuildTerm[]): Truth =>
    terms.reduce<Truth>((truth, term) => and(truth, truthOf(term)), "true");

  return {
    compiles(file) {
      const rules = rulesOf(file);
      if (rules.length === 0) return "unknown";
      return rules.reduce<Truth>((truth, rule) => or(truth, all(rule.terms)), "false");
    },
    condition(file) {
      const ways = rulesOf(file).map((rule) => textOf(rule.terms));
      if (ways.length === 0 || ways.includes("")) return undefined;
      return [...new Set(ways)].join(" || ");
    },
  };
}

function textOf(terms: readonly BuildTerm[]): string {
  const parts: string[] = [];
  for (const term of terms) {
    switch (term.kind) {
      case "symbol":
        parts.push(term.name);
        break;
      case "none-of-all":
        parts.push(`!(${textOf(term.terms)})`);
        break;
      case "architecture":
        parts.push(`target ${term.name}`);
        break;
      case "host":
        parts.push(term.text);
        break;
      case "never":
        parts.push("user mode only");
    }
  }
  return [...new Set(parts)].join(" && ");
}
