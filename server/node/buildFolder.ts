/** The folder that a tree is built in. It is a stranger's, as the tree: read with the reader that never waits. */
import { resolve } from "node:path";
import { type ConfiguredBuild, readConfiguredBuild } from "../../core/c/build/configured";
import { printable } from "../../core/printable";
import { textOf } from "./readFile";

export interface BuildFolder {
  /** As a person calls it. */
  readonly label: string;
  readonly configured: ConfiguredBuild;
}

/** Where QEMU's own `configure` puts it unless told otherwise. */
const usual = "build";

/** Why a folder that was named is not taken. */
export const noBuild = "no folder that QEMU 5.2 or later is configured in for a system emulator (config-host.h)";

/** The folder `named`, else the tree's `build`; undefined where that is none. `named` may be relative to the root. */
export function openBuildFolder(root: string, named?: string): BuildFolder | undefined {
  const folder = resolve(root, named ?? usual);
  const configured = readConfiguredBuild((path) => textOf(`${folder}/${path}`));
  return configured === undefined ? undefined : { label: named ?? usual, configured };
}

/** What a person is told of it. */
export function buildNote({ label, configured: { targets } }: BuildFolder, target: string): string {
  const folder = printable(label);
  return targets.includes(target)
    ? `${target} as ${folder} configures it`
    : `${folder} does not build ${target}, but ${targets.join(", ")}: read as without it`;
}
