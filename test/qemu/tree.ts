/** Where the real source trees are; tests that need one fail with a sentence, not silently. */
import { existsSync } from "node:fs";
import { binaryVersion, type Release } from "./binary";

export type SourceVariable = "QEMU_SOURCE_11_1" | "QEMU_SOURCE_10_2" | "QEMU_SOURCE_10_0" | "QEMU_SOURCE_7_2";

export function sourceTree(variable: SourceVariable): string {
  const path = process.env[variable];
  if (path === undefined || !existsSync(`${path}/include/migration/vmstate.h`)) {
    throw new Error(`set ${variable} to the top of that QEMU source tree`);
  }
  return path;
}

/** Whether tests of a release that few have are run: they need its source and an emulator of it. `title` says why they are left out. */
export function optionalRelease(
  release: Release,
  variable: "QEMU_SOURCE_11_1",
): { readonly isThere: boolean; readonly title: string } {
  const missing = process.env[variable] === undefined ? `${variable} is not set` : noEmulator(release);
  return missing === undefined ? { isThere: true, title: "" } : { isThere: false, title: ` (left out: ${missing})` };
}

function noEmulator(release: Release): string | undefined {
  try {
    const version = binaryVersion(release, "x86_64");
    return version.startsWith(`${release}.`) ? undefined : `QEMU_BINARY has ${version || "no version"} for ${release}`;
  } catch (error) {
    return `QEMU_BINARY runs no QEMU ${release}: ${error instanceof Error ? error.message.trim().split("\n").at(-1) : ""}`;
  }
}
