/** Finds the QEMU source tree that a folder or file belongs to. */
import { existsSync, readdirSync, statAt } from "./disk";
import { dirname, resolve } from "node:path";
import type { Note } from "../leftOut";
import { definition, releaseIn, usualPlaces } from "../sourcePaths";
import { readText, textOf } from "./readFile";
import { sparseTexts } from "./sparse";
import { walkSources } from "./walk";

/** Whether `directory` is the top of a tree that defines `struct VMStateDescription` in a usual place. */
function isTreeRoot(directory: string): boolean {
  if (!looksLikeTop(directory)) return false;
  if (usualPlaces.some((place) => definesDescription(`${directory}/${place}`))) return true;
  return sparseTexts(directory, usualPlaces).some((text) => definition.test(text));
}

/** `vmstate.h` and `hw/hw.h` also lie below the top; only the top has `hw` and a build script beside them. */
function looksLikeTop(directory: string): boolean {
  return existsSync(`${directory}/hw`) || existsSync(`${directory}/configure`) || existsSync(`${directory}/VERSION`);
}

/** The nearest tree at or above `start` (a folder or a file); undefined where none is. */
export function treeAbove(start: string): string | undefined {
  let directory = resolve(start);
  if (statAt(directory)?.isFile()) directory = dirname(directory);
  for (;;) {
    if (isTreeRoot(directory)) return directory;
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

/** The tree that a workspace folder means: at or above it, directly below it, or the folder itself where one of its own
 * headers defines `struct VMStateDescription`. */
export function treeOfFolder(folder: string): string | undefined {
  return treeAbove(folder) ?? treesBelow(folder)[0] ?? (hasOwnDefinition(folder) ? resolve(folder) : undefined);
}

/** Trees whose top is a folder of `folder`. */
export function treesBelow(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name);
    return names
      .sort()
      .map((name) => `${resolve(folder)}/${name}`)
      .filter(isTreeRoot);
  } catch {
    return [];
  }
}

/** Looks into at most 3,000 headers of 2,000 folders, so that a workspace without QEMU costs little. */
function hasOwnDefinition(folder: string): boolean {
  let seen = 0;
  let folders = 0;
  for (const files of walkSources(folder)) {
    if (++folders > 2000) return false;
    for (const file of files) {
      if (!file.endsWith(".h")) continue;
      if (definesDescription(`${folder}/${file}`)) return true;
      if (++seen >= 3000) return false;
    }
  }
  return false;
}

function definesDescription(file: string): boolean {
  return definition.test(textOf(file) ?? "");
}

/** Release as the tree's VERSION file says, `10.2.2`; undefined without one. */
export function treeVersion(root: string, note?: Note): string | undefined {
  const reading = readText(`${root}/VERSION`);
  if (reading.kind === "refused") note?.("VERSION", reading.reason);
  return reading.kind === "text" ? releaseIn(reading.text) : undefined;
}
