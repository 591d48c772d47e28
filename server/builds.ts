/** What a person is told of the folder that a tree is built in; the same in the command and in an editor. */
import type { ConfiguredBuild } from "../core/c/build/configured";
import { printable } from "../core/printable";

export interface BuildFolder {
  /** As a person calls it. */
  readonly label: string;
  readonly configured: ConfiguredBuild;
  /** Differs where what is read there differs. */
  readonly digest: string;
}

/** Why a folder that was named is not taken. */
export const noBuild = "no folder that QEMU 5.2 or later is configured in for a system emulator (config-host.h)";

export function buildNote({ label, configured: { targets } }: BuildFolder, target: string): string {
  const folder = printable(label);
  return targets.includes(target)
    ? `${target} as ${folder} configures it`
    : `${folder} does not build ${target}, but ${targets.join(", ")}: read as without it`;
}
