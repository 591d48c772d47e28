/** Whether the tree's own build, in its default configuration, compiles a file for a target. */
import type { Truth } from "../conditions";
import { architecturesOf, targetsKnownTo } from "../configuration";
import type { ConfiguredBuild } from "./configured";
import { directoryOf, processorOf } from "../includes";
import {
  architectureSymbols,
  type BuildSymbols,
  deviceFiles,
  type ReadText,
  readBuildSymbols,
  type SettingsOf,
} from "./kconfig";
import {
  type Addition,
  architectureSets,
  type BuildRule,
  type BuildTerm,
  rulesOfMakefile,
  rulesOfMeson,
} from "./sourceSets";
import {
  always,
  both,
  either,
  inverse,
  never,
  targetsAtOnce,
  type Truths,
  truthAt,
  undecided,
  withTruth,
} from "./truths";

export interface Build {
  /** `unknown` where the build files do not say, or leave it to the host. */
  compiles(file: string): Truth;
  /** Whether `CONFIG_X` is set. */
  sets(symbol: string): Truth;
  /** The conditions under which it is compiled: `CONFIG_PCI && CONFIG_E1000`; undefined where always or unsaid. */
  condition(file: string): string | undefined;
  /** Reads the configuration that both are answered from. */
  warm(): void;
  /** Forgets what was read: a build file has changed. */
  outdate(): void;
}

export interface Targets {
  /** Whether one emulator may have both sources; true where the build files do not say. */
  together(file: string, other: string): boolean;
  /** Reads the configurations of all targets, some a step. */
  warm(): Iterable<void>;
  outdate(): void;
}

export interface Target {
  readonly name: string;
  readonly architectures: readonly string[];
}

const buildFile =
  /(?:^|\/)(?:Kconfig[^/]*|meson\.build|meson_options\.txt|Makefile\.(?:objs|target))$|^(?:default-)?configs\/.*\.mak$/;

/** Whether a build's answers are read from such a file. */
export function isBuildFile(path: string): boolean {
  return buildFile.test(path);
}

const noSettings: SettingsOf = () => new Map();

/** Asks `read` when it is asked itself. */
export function createBuild(
  read: ReadText,
  target: string,
  architectures: readonly string[],
  settings: SettingsOf = noSettings,
  configured?: ConfiguredBuild,
): Build {
  let rules = createRules(read);
  const open = (): TruthsOfFiles => createTruths(read, rules, [{ name: target, architectures }], settings, configured);
  let truths = open();
  return {
    outdate() {
      rules = createRules(read);
      truths = open();
    },
    warm: () => truths.warm(),
    compiles: (file) => truthAt(truths.of(file), 0),
    sets: (symbol) => truthAt(truths.ofSymbol(symbol), 0),
    condition(file) {
      const ways = rules(file).map((rule) => textOf(rule.terms));
      if (ways.length === 0 || ways.includes("")) return undefined;
      return [...new Set(ways)].join(" || ");
    },
  };
}

/** All targets that the tree has device configurations for, `own` among them. Reads nothing before it is asked. */
export function createTargets(
  read: ReadText,
  settings: SettingsOf = noSettings,
  configured?: ConfiguredBuild,
  own: readonly string[] = [],
): Targets {
  let groups: readonly TruthsOfFiles[] | undefined;
  const open = (): readonly TruthsOfFiles[] => {
    const rules = createRules(read);
    const names = new Set([...targetsKnownTo(read), ...own]);
    const all = [...names].flatMap((name): Target[] => {
      const architectures = hasDevices(read, name) ? architecturesOf(name, read) : undefined;
      return architectures === undefined ? [] : [{ name, architectures }];
    });
    const made: TruthsOfFiles[] = [];
    for (let i = 0; i < all.length; i += targetsAtOnce) {
      const some = all.slice(i, i + targetsAtOnce);
      const spare = some.length === targetsAtOnce ? 0 : -1 << some.length;
      const truths = createTruths(read, rules, some, settings, configured);
      made.push({ ...truths, of: (file) => both(truths.of(file), { yes: -1, no: spare }) });
    }
    return made;
  };
  return {
    outdate() {
      groups = undefined;
    },
    *warm() {
      groups ??= open();
      yield;
      for (const truths of groups) {
        truths.warm();
        yield;
      }
    },
    together(file, other) {
      groups ??= open();
      return groups.length === 0 || groups.some((truths) => (truths.of(file).no | truths.of(other).no) !== -1);
    },
  };
}

/** Whether what the build says of a file is not the same for all of the targets. Reads nothing before it is asked. */
export function createDiffering(
  read: ReadText,
  targets: readonly Target[],
  settings: SettingsOf = noSettings,
  configured?: ConfiguredBuild,
): (file: string) => boolean {
  const rules = createRules(read);
  const groups: (readonly [truths: TruthsOfFiles, count: number])[] = [];
  for (let i = 0; i < targets.length; i += targetsAtOnce) {
    const some = targets.slice(i, i + targetsAtOnce);
    groups.push([createTruths(read, rules, some, settings, configured), some.length]);
  }
  return (file) => {
    const said = new Set<Truth>();
    for (const [truths, count] of groups) {
      const all = truths.of(file);
      for (let k = 0; k < count; k++) said.add(truthAt(all, k));
    }
    return said.size > 1;
  };
}

/** What stands in a processor's folder is built for that processor, also where the folder's build file leaves it unsaid. */
function ofProcessor(rules: readonly BuildRule[], file: string, name: string): readonly BuildRule[] {
  const term: BuildTerm = { kind: "architecture", name };
  if (rules.length === 0) return [{ file, terms: [term, { kind: "host", text: "" }] }];
  return rules.map((rule) =>
    rule.terms.some(({ kind }) => kind === "architecture") ? rule : { file: rule.file, terms: [term, ...rule.terms] },
  );
}

/** `configs/targets/arm-softmmu.c` is of that target, as the .mak beside it. */
function targetOf(file: string): string | undefined {
  const isOne = file.startsWith("configs/targets/") && file.endsWith("-softmmu.c");
  return isOne ? file.slice("configs/targets/".length, -"-softmmu.c".length) : undefined;
}

function hasDevices(read: ReadText, target: string): boolean {
  return deviceFiles(target).some((path) => read(path) !== undefined);
}

type RulesOf = (file: string) => readonly BuildRule[];

function createRules(read: ReadText): RulesOf {
  const rulesByDirectory = new Map<string, ReadonlyMap<string, readonly BuildRule[]>>();

  const setsByDirectory = new Map<string, readonly Addition[]>();
  /** Of the folders above, without the root: it has those of all folders. */
  const outerSets = (directory: string): readonly Addition[] => {
    const above = directoryOf(directory.slice(0, -1));
    if (above === "" || directory === "") return [];
    let known = setsByDirectory.get(above);
    if (known === undefined) {
      known = [...outerSets(above), ...architectureSets(read(`${above}meson.build`) ?? "")];
      setsByDirectory.set(above, known);
    }
    return known;
  };

  const rulesIn = (directory: string): ReadonlyMap<string, readonly BuildRule[]> => {
    let known = rulesByDirectory.get(directory);
    if (known === undefined) {
      const meson = read(`${directory}meson.build`);
      const make = meson === undefined ? read(`${directory}Makefile.objs`) : undefined;
      const rules =
        meson !== undefined
          ? rulesOfMeson(meson, outerSets(directory))
          : make === undefined
            ? []
            : rulesOfMakefile(make);
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
  return (file) => {
    const found = nearest(file);
    // a crate is compiled from its root, whose other files the build need not name
    const root = found.length === 0 && file.endsWith(".rs") ? file.replace(/\/src\/.*$/s, "/src/lib.rs") : file;
    const rules = root === file ? found : nearest(root);
    const target = targetOf(file);
    if (target !== undefined && rules.length === 0) return [{ file, terms: [{ kind: "target", name: target }] }];
    const processor = processorOf(file);
    return processor === undefined ? rules : ofProcessor(rules, file, processor);
  };

  function nearest(file: string): readonly BuildRule[] {
    for (let directory = directoryOf(file); ; directory = directoryOf(directory.slice(0, -1))) {
      const rules = rulesIn(directory).get(file.slice(directory.length));
      if (rules !== undefined || directory === "") return rules ?? [];
    }
  }
}

interface TruthsOfFiles {
  /** Where a file is compiled: a bit for each of the targets. */
  of(file: string): Truths;
  /** Where `CONFIG_X` is set. */
  ofSymbol(name: string): Truths;
  /** Reads the symbols' values. */
  warm(): void;
}

function createTruths(
  read: ReadText,
  rulesOf: RulesOf,
  targets: readonly Target[],
  settings: SettingsOf,
  configured: ConfiguredBuild | undefined,
): TruthsOfFiles {
  let symbols: BuildSymbols | undefined;
  const symbolsRead = (): BuildSymbols => {
    symbols ??= readBuildSymbols(
      read,
      targets.map(({ name }) => name),
      settings,
    );
    return symbols;
  };
  // one of another target may be set too: targets of one base share what they can (11.0)
  const ofTarget = (symbol: string): Truths =>
    targets.reduce((truths, { name }, i) => {
      const isOwn = architectureSymbols(read, name).includes(symbol);
      return isOwn ? withTruth(truths, i, "true") : truths;
    }, undecided);
  const ofSymbol = (name: string): Truths => {
    if (name.startsWith("TARGET_")) return ofTarget(name.slice("TARGET_".length));
    return name.startsWith("CONFIG_") ? symbolsRead().truths(name.slice("CONFIG_".length)) : undecided;
  };
  const truthsOf = (term: BuildTerm): Truths => {
    switch (term.kind) {
      case "symbol":
        return ofSymbol(term.name);
      case "symbol-somewhere": {
        const { yes } = truthsOf({ kind: "symbol", name: term.name });
        return { yes, no: 0 };
      }
      case "none-of-all":
        return inverse(all(term.terms));
      case "architecture":
        return targets.reduce(
          (truths, { architectures }, i) => withTruth(truths, i, architectures.includes(term.name) ? "true" : "false"),
          undecided,
        );
      case "target":
        return targets.reduce(
          (truths, { name }, i) => withTruth(truths, i, name === term.name ? "true" : "false"),
          undecided,
        );
      case "host":
        return undecided;
      case "never":
        return never;
    }
  };
  const all = (terms: readonly BuildTerm[]): Truths =>
    terms.reduce((truths, term) => both(truths, truthsOf(term)), always);

  /** What the folder that a target is built in says, for the targets that are built there. */
  const asBuilt = (file: string, ruled: Truths, isNamed: boolean): Truths => {
    const { objects } = configured ?? {};
    if (configured === undefined || objects === undefined || !file.endsWith(".c")) return ruled;
    const source = objects.of(file);
    return targets.reduce((truths, { name }, i) => {
      if (!configured.targets.includes(name)) return truths;
      if (source?.targets.has(name) === true) return withTruth(truths, i, "true");
      // what no build file names may be included by what is compiled
      return source?.shared === true ? truths : withTruth(truths, i, isNamed ? "false" : "unknown");
    }, ruled);
  };
  const made = new Map<string, Truths>();
  return {
    warm: () => void symbolsRead(),
    ofSymbol,
    of(file) {
      let truths = made.get(file);
      if (truths === undefined) {
        const rules = rulesOf(file);
        const isNamed = rules.length > 0;
        const ruled = isNamed ? rules.reduce((sum, rule) => either(sum, all(rule.terms)), never) : undecided;
        truths = asBuilt(file, ruled, isNamed);
        made.set(file, truths);
      }
      return truths;
    },
  };
}

function textOf(terms: readonly BuildTerm[]): string {
  const parts: string[] = [];
  for (const term of terms) {
    switch (term.kind) {
      case "symbol":
      case "symbol-somewhere":
        parts.push(term.name);
        break;
      case "none-of-all":
        parts.push(`!(${textOf(term.terms)})`);
        break;
      case "architecture":
      case "target":
        parts.push(`target ${term.name}`);
        break;
      case "host":
        if (term.text !== "") parts.push(term.text);
        break;
      case "never":
        parts.push(term.text);
    }
  }
  return [...new Set(parts)].join(" && ");
}
