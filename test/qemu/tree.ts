/** Where the real source trees are; tests that need one fail with a sentence, not silently. */
import { existsSync } from "node:fs";

export function sourceTree(variable: "QEMU_SOURCE_10_2" | "QEMU_SOURCE_10_0" | "QEMU_SOURCE_7_2"): string {
  const path = process.env[variable];
  if (path === undefined || !existsSync(`${path}/include/migration/vmstate.h`)) {
    throw new Error(`set ${variable} to the top of that QEMU source tree`);
  }
  return path;
}
