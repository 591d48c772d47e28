/** Finds the QEMU source tree that a folder or file belongs to. */
import { existsSync, readFileSync, readdirSync, statSync } from "./disk";
import { dirname, resolve } from "node:path";
import { definition, releaseIn, usualPlaces } from "../sourcePaths";
import { walkSources } from "./walk";

/** Whether `directory` is the top of a tree that defines `struct VMStateDescription` in a usual place. */
function isTreeRoot(directory: string): boolean {
  return usualPlaces.some((place) => definesDescription(`${directory}/${place}`) && looksLikeTop(directory));
}

/** `vmstate.h` and `hw/hw.h` also lie below the top; only the top has `hw` and a build script beside them. */
function looksLikeTop(directory: string): boolean {
  return existsSync(`${directory}/hw`) || existsSync(`${directory}/configure`) || existsSync(`${directory}/VERSION`);
}

/** The nearest tree at or above `start` (a folder or a file); undefined where none is. */
export function treeAbove(start: string): string | undefined {
  let directory = resolve(start);
  if (statSync(directory, { throwIfNoEntry: false })?.isFile()) directory = dirname(directory);
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
  return treeAbove(folder) ?? treeBelow(folder) ?? (hasOwnDefinition(folder) ? resolve(folder) : undefined);
}

function treeBelow(folder: string): string | undefined {
  try {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name);
    return names
      .sort()
      .map((name) => `${resolve(folder)}/${name}`)
      .find(isTreeRoot);
  } catch {
    return undefined;
  }
}

/** Looks into at most 3,000 headers, so that a workspace without QEMU costs little. */
function hasOwnDefinition(folder: string): boolean {
  let seen = 0;
  for (const files of walkSources(folder)) {
    for (const file of files) {
      if (!file.endsWith(".h")) continue;
      if (definesDescription(`${folder}/${file}`)) return true;
      if (++seen >= 3000) return false;
    }
  }
  return false;
}

function definesDescription(file: string): boolean {
  try {
    return definition.test(readFileSync(file, "latin1"));
  } catch {
    return false;
  }
}

/** Release as the tree's VERSION file says, `10.2.2`; undefined without one. */
export function treeVersion(root: string): string | undefined {
  try {
    return releaseIn(readFileSync(`${root}/VERSION`, "utf8"));
  } catch {
    return undefined;
  }
}
