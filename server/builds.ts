/** What a person is told of the folder that a tree is built in; the same in the command and in an editor. */
import type { ConfiguredBuild } from "../core/c/build/configured";
import { printable } from "../core/printable";

export interface BuildFolder {
  /** As a person calls it. */
  readonly label: string;
  readonly configured: ConfiguredBuild;
  /** Differs where what is read there differs. */
  readonly digest: string;
  /** A file of it that is there and can't be read, with why. */
  readonly unread: string | undefined;
}

/** Why a folder that was named is not taken. */
export const noBuild =
  "no folder that QEMU is configured in for a system emulator (config-host.h or .mak, config-devices.mak)";

export function buildNote({ label, configured, unread }: BuildFolder, target: string): string {
  const folder = printable(label);
  const { targets, objects } = configured;
  const compiled = objects === undefined ? "" : ", with what its compile_commands.json compiles";
  const without = unread === undefined ? "" : `; without ${printable(unread)}`;
  return targets.includes(target)
    ? `${target} as ${folder} configures it${compiled}${without}`
    : `${folder} does not build ${target}, but ${targets.join(", ")}: read as without it`;
}
