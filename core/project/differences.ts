/** How targets of one tree differ, and of which files something else may be concluded for another of them. */
import { createDiffering } from "../c/build/compiled";
import type { Configuration } from "../c/configuration";
import { architectureOf } from "../c/paths";
import type { SourceTree } from "../c/tree";
import type { Varying } from "../c/varying";
import { isRust } from "../rust";
import { configured, type Settings } from "./configured";

export interface Differences {
  /** Macros that the configurations know differently. */
  readonly names: ReadonlySet<string>;
  /** Of each target, the names of its folders. */
  readonly architectures: readonly (readonly string[])[];
  /** Whether the build compiles the file for some and not for others. */
  compiles(file: string): boolean;
}

export function differencesOf(tree: SourceTree, targets: readonly string[], settings: Settings): Differences {
  const all = targets.map((target) => configured(tree, target, settings));
  const configurations = all.map(({ configuration }) => configuration);
  const known = new Set(
    configurations.flatMap((each) => [...each.defined.keys(), ...each.undefined, ...each.fallback]),
  );
  const [first, ...others] = configurations;
  const isSame = (name: string): boolean =>
    first === undefined || others.every((each) => saidOf(each, name) === saidOf(first, name));
  const named = configurations.map(({ target: { name }, architectures }) => ({ name, architectures }));
  return {
    names: new Set([...known].filter((name) => !isSame(name))),
    architectures: named.map(({ architectures }) => architectures),
    compiles: createDiffering(tree.read, named, all[0]?.symbols, settings.build),
  };
}

function saidOf({ defined, undefined: absent, fallback }: Configuration, name: string): string {
  return `${defined.get(name)} ${absent.has(name)} ${fallback.has(name)}`;
}

/** Whether something of a file hung on the target, or of one in which something was found for it. */
export function variesIn(
  varying: Varying,
  readers: ReadonlyMap<string, ReadonlySet<string>>,
): (path: string) => boolean {
  const reached = new Set(varying.files());
  for (const each of reached) for (const reader of readers.get(each) ?? []) reached.add(reader);
  // what is a processor's own is asked whether it is the target's
  return (path) => reached.has(path) || architectureOf(path) !== undefined || isRust(path);
}
