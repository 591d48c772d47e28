/** Trees that only the editor can read: a repository on a page, with no disk behind it. */
import { isBuildFile } from "../../core/c/build/compiled";
import type { Host, HostTree, OpenOptions } from "../host";
import { otherAbove, type OtherFolder, otherFoldersIn } from "../otherTrees";
import { definition, excluder, releaseIn, sourceFilter, submodulesIn, usualPlaces } from "../sourcePaths";
import { parentUri, pathIn, uriOf } from "../uris";
import type { ClientFiles } from "./files";

/** Folders above a file that are looked at. */
const deepest = 32;

export function browserHost(files: ClientFiles): Host {
  async function treeAbove(uri: string): Promise<string | undefined> {
    const folders = [uri];
    for (let folder = uri; folders.length < deepest && parentUri(folder) !== folder; ) {
      folder = parentUri(folder);
      folders.push(folder);
    }
    const asked = [...usualPlaces, "VERSION", "configure"];
    const texts = await files.read(folders.flatMap((folder) => asked.map((place) => uriOf(folder, place))));
    return folders.find((_, index) => {
      const own = texts.slice(index * asked.length, (index + 1) * asked.length);
      // `vmstate.h` and `hw/hw.h` also lie below the top; the first place does not.
      const isTop = own.slice(usualPlaces.length).some((text) => text !== undefined);
      return usualPlaces.some((_, at) => definition.test(own[at] ?? "") && (isTop || at === 0));
    });
  }

  async function treeBelow(folder: string): Promise<string | undefined> {
    const [usual] = usualPlaces;
    const paths = await files.list(folder, false);
    const found = paths.filter((path) => path.endsWith(`/${usual}`)).sort((a, b) => a.length - b.length)[0];
    return found === undefined ? undefined : uriOf(folder, found.slice(0, -(usual ?? "").length));
  }

  /** Other trees below each tree that was opened. */
  const others = new Map<string, Promise<ReadonlyMap<string, OtherFolder>>>();

  return {
    treeAbove,
    treeOfFolder: async (folder) => (await treeAbove(folder)) ?? (await treeBelow(folder)),
    async boundary(root, uri) {
      const path = pathIn(root, uri);
      const found = await others.get(root);
      return path === undefined || found === undefined ? undefined : otherAbove(found, path);
    },
    async openTree(root, options) {
      const listing = options.signal.aborted ? Promise.resolve([]) : files.list(root, options.shallow);
      const found = listing.then(otherFoldersIn);
      others.set(
        root,
        found.catch(() => new Map()),
      );
      return openClientTree(files, root, options, await listing, await found);
    },
    rulePage: () => undefined,
  };
}

/** Reads all source files of a tree at once, since a project reads without waiting. */
async function openClientTree(
  files: ClientFiles,
  root: string,
  options: OpenOptions,
  listed: readonly string[],
  others: ReadonlyMap<string, OtherFolder>,
): Promise<HostTree> {
  const [modules, release] = await files.read([uriOf(root, ".gitmodules"), uriOf(root, "VERSION")]);
  const isSource = sourceFilter(excluder(options.exclude), submodulesIn(modules ?? ""));
  const accepts = (path: string): boolean => isSource(path) && otherAbove(others, path) === undefined;
  for (const [path, { reason }] of others) options.note?.(path, reason);
  const disk = new Map<string, string>();
  const overlays = new Map<string, string>();
  await refresh(
    listed.filter((path) => accepts(path) || (isBuildFile(path) && otherAbove(others, path) === undefined)),
    options.progress,
  );

  async function refresh(paths: readonly string[], progress?: OpenOptions["progress"]): Promise<void> {
    const step = 256;
    for (let start = 0; start < paths.length && !options.signal.aborted; start += step) {
      const part = paths.slice(start, start + step);
      const texts = await files.read(part.map((path) => uriOf(root, path)));
      for (const [index, path] of part.entries()) {
        const text = texts[index];
        if (text === undefined) disk.delete(path);
        else disk.set(path, text);
      }
      progress?.(start + part.length, paths.length);
    }
  }

  return {
    version: release === undefined ? undefined : releaseIn(release),
    paths: () => new Set([...disk.keys(), ...overlays.keys()].filter((path) => !isBuildFile(path))),
    read: (path) => overlays.get(path) ?? disk.get(path),
    saved: (path) => disk.get(path),
    accepts,
    refresh: (paths) => refresh(paths),
    touch() {},
    overlay(path, text) {
      if (text === undefined) overlays.delete(path);
      else overlays.set(path, text);
    },
  };
}
