/** Where the real source trees are; tests that need one fail with a sentence, not silently. */
import { existsSync } from "node:fs";

export type SourceVariable = "QEMU_SOURCE_11_1" | "QEMU_SOURCE_10_2" | "QEMU_SOURCE_10_0" | "QEMU_SOURCE_7_2";

export function sourceTree(variable: SourceVariable): string {
  const path = process.env[variable];
  if (path === undefined || !existsSync(`${path}/include/migration/vmstate.h`)) {
    throw new Error(`set ${variable} to the top of that QEMU source tree`);
  }
  return path;
}

/** Whether tests of that release are run; `title` says why they are left out. */
export function optionalTree(variable: "QEMU_SOURCE_11_1"): { readonly isThere: boolean; readonly title: string } {
  const isThere = process.env[variable] !== undefined;
  return { isThere, title: isThere ? "" : ` (left out: ${variable} is not set)` };
}
