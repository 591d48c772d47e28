/** Real emulators: `$QEMU_BINARY RELEASE ARCH ARGS…` runs one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Release = "7.2" | "10.0" | "11.1";

function run(release: Release, target: string, args: readonly string[]): string {
  const program = process.env.QEMU_BINARY;
  if (program === undefined) {
    throw new Error(
      "set QEMU_BINARY to a program that runs `RELEASE ARCH ARGUMENT…` as qemu-system-ARCH of that release",
    );
  }
  return execFileSync(program, [release, target, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** `7.2.22` */
export function binaryVersion(release: Release, target: string): string {
  return /version (\d+\.\d+\.\d+)/.exec(run(release, target, ["-version"]))?.[1] ?? "";
}

/** What the emulator prints of its own tables. */
export function realDump(release: Release, target: string): unknown {
  const directory = mkdtempSync(join(tmpdir(), "vmstate-dump-"));
  try {
    const file = join(directory, "dump.json");
    run(release, target, ["-M", "none", "-nodefaults", "-display", "none", "-dump-vmstate", file]);
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
