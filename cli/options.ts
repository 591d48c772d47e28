import { InvalidArgumentError, Option } from "commander";
import { buildsTarget, targetNames, targetsIn, targetSpelled } from "../core/c/configuration";
import { kconfigNames } from "../core/c/build/kconfig";
import type { Project } from "../core/project";
import type { SourceTree } from "../core/c/tree";
import { didYouMean } from "../core/nearest";
import { CannotRun } from "./io";

/** Options that several commands share, worded once. */
export function treeOption(): Option {
  return new Option(
    "-t, --tree <dir>",
    "QEMU source tree (default: the one at, above or directly below the working directory)",
  );
}

export function targetOption(): Option {
  return new Option("--target <name>", "target whose layout and #ifs count (default: x86_64)").argParser(targetSpelled);
}

/** What `--target` says of the commands that take every target in one go. */
export const allTargets = "all";

export function targetsOption(): Option {
  return new Option(
    "--target <name>",
    "target whose layout and #ifs count, or all: one of each architecture and width that the tree builds (default: x86_64)",
  ).argParser(targetSpelled);
}

/** Throws where neither a release of QEMU nor the tree has such a target, or the tree is of a release without it. */
export function checkTarget(target: string | undefined, tree: SourceTree, label: string): void {
  if (target === undefined) return;
  const read = (path: string): string | undefined => tree.read(path);
  if (buildsTarget(target, read)) return;
  const own = targetsIn(read);
  const known = [...new Set([...targetNames, ...own])];
  if (!known.includes(target))
    throw new CannotRun(`--target ${target}: no target of QEMU, nor of ${label}${didYouMean(target, known)}`);
  throw new CannotRun(`--target ${target}: ${label} does not build it, but ${own.join(", ")}`);
}

/** `--config CONFIG_X=y`, repeatable; collected into what createProject takes. */
export function configOption(): Option {
  return new Option(
    "-c, --config <symbol=value>",
    "what the build is configured with: CONFIG_X=y, =n or a value (repeatable; default: what the tree's files say)",
  ).argParser(addSetting);
}

export function buildOption(): Option {
  return new Option(
    "--build <dir>",
    "folder that QEMU is built in, whose CONFIG_ values count (default: build/ in the tree, where it is configured)",
  );
}

function addSetting(given: string, before: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, value] = /^([A-Za-z_]\w*)(?:=(.*))?$/.exec(given) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It looks like CONFIG_HAVE_RUST=y.");
  return new Map(before).set(name, value ?? "y");
}

/** Throws where a tree that is configured by Kconfig names a symbol of `--config` nowhere. */
export function checkSettings(settings: ReadonlyMap<string, string>, tree: SourceTree, project: Project): void {
  const known = kconfigNames((path) => tree.read(path)).map((name) => `CONFIG_${name}`);
  if (known.length === 0) return;
  const build = `${tree.read("meson.build") ?? ""}\n${tree.read("configure") ?? ""}`;
  for (const name of settings.keys()) {
    if (known.includes(name) || build.includes(name)) continue;
    if ([...tree.paths()].some((path) => project.text(path)?.includes(name) === true)) continue;
    throw new CannotRun(`--config ${name}: the tree has no such symbol${didYouMean(name, known)}`);
  }
}

export function formatOption(...more: readonly string[]): Option {
  return new Option("-f, --format <format>", "how to print").choices(["human", "json", ...more]).default("human");
}

export function machineOption(): Option {
  return new Option("-m, --machine <line>", "QEMU command line, or a machine type alone");
}

/** core/compat/machineTypes.ts */
export function treatAsOption(): Option {
  return new Option(
    "--treat-as <type>",
    "type of QEMU's own that a distributor's machine type is treated as, as pc-q35-8.2",
  );
}

export function snapshotOption(): Option {
  return new Option(
    "--snapshot <name>",
    "name or ID of the snapshot whose stream is read, where a qcow2 image has several",
  );
}

/** Read by cli/kept/question.ts before the command is loaded. */
export function noCacheOption(): Option {
  return new Option("--no-cache", "read all anew, also where nothing has changed since the same question was answered");
}
