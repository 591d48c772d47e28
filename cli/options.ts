import { Option } from "commander";

/** Options that several commands share, worded once. */
export function treeOption(): Option {
  return new Option("-t, --tree <dir>", "QEMU source tree (default: the nearest one above the working directory)");
}

export function targetOption(): Option {
  return new Option("--target <name>", "target whose layout and #ifs count (default: x86_64)");
}

export function formatOption(...more: readonly string[]): Option {
  return new Option("-f, --format <format>", "how to print").choices(["human", "json", ...more]).default("human");
}

export function machineOption(): Option {
  return new Option("-m, --machine <line>", "QEMU command line or the name of a preset");
}
