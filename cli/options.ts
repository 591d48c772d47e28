import { InvalidArgumentError, Option } from "commander";

/** Options that several commands share, worded once. */
export function treeOption(): Option {
  return new Option("-t, --tree <dir>", "QEMU source tree (default: the nearest one above the working directory)");
}

export function targetOption(): Option {
  return new Option("--target <name>", "target whose layout and #ifs count (default: x86_64)");
}

/** `--config CONFIG_X=y`, repeatable; collected into what createProject takes. */
export function configOption(): Option {
  return new Option(
    "-c, --config <symbol=value>",
    "what the build is configured with: CONFIG_X=y, =n or a value (repeatable; default: what the tree's files say)",
  ).argParser(addSetting);
}

function addSetting(given: string, before: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/.exec(given) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It looks like CONFIG_HAVE_RUST=y.");
  return new Map(before).set(name, value ?? "y");
}

export function formatOption(...more: readonly string[]): Option {
  return new Option("-f, --format <format>", "how to print").choices(["human", "json", ...more]).default("human");
}

export function machineOption(): Option {
  return new Option("-m, --machine <line>", "QEMU command line or the name of a preset");
}
