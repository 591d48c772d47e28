/** What `#if` and the build files of a tree go by. */
import type { ConfiguredBuild } from "../c/build/configured";
import { buildSettings, type Configuration, configurationOf, defaultTarget, withSettings } from "../c/configuration";
import type { SourceTree } from "../c/tree";

export interface Settings {
  /** What a build would be configured with: `CONFIG_X` -> `y`, `n` or a value. Goes before what the tree's files say. */
  readonly config?: ReadonlyMap<string, string>;
  /** A build folder's configuration. Goes before what the tree's files say, and `config` before it. */
  readonly build?: ConfiguredBuild | undefined;
}

/** For a target. */
export function configured(
  tree: SourceTree,
  target: string,
  options: Settings,
): { readonly configuration: Configuration; symbols(target: string): ReturnType<typeof buildSettings> } {
  const general = configurationOf(target, tree.read) ?? configurationOf(defaultTarget, tree.read);
  if (general === undefined) throw new Error(`no configuration for target ${target}`);
  const settingsOf = (name: string): ReadonlyMap<string, string> =>
    new Map([...(options.build?.settings(name, tree.read) ?? []), ...(options.config ?? [])]);
  const isBuilt = options.build?.targets.includes(target) === true;
  const macros = isBuilt ? (options.build.objects?.macros ?? []) : [];
  const configuration = withSettings(general, new Map([...settingsOf(target), ...macros, ...(options.config ?? [])]));
  return { configuration, symbols: (name) => buildSettings(settingsOf(name)) };
}
