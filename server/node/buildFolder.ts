/** The folder that a tree is built in. It is a stranger's, as the tree: read with the reader that never waits. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { commandsFile, readConfiguredBuild } from "../../core/c/build/configured";
import type { BuildFolder } from "../builds";
import { statAt } from "./disk";
import { readText } from "./readFile";

/** Where QEMU's own `configure` puts it unless told otherwise: from 5.2 on, and before. */
const usual: readonly { readonly path: string; readonly label: string }[] = [
  { path: "build", label: "build" },
  { path: ".", label: "the tree itself" },
];
/** Bytes. All of QEMU's emulators together come to some 16 MiB. */
const largestCommands = 64 << 20;

/**
 * The folder `named`, else the usual ones; undefined where that is none. `named` may be relative to the root. `asked` is told of each file
 * that was looked for, by its absolute path.
 */
export function openBuildFolder(
  root: string,
  named?: string,
  asked: (path: string) => void = () => {},
): BuildFolder | undefined {
  const places = named === undefined ? usual : [{ path: named, label: named }];
  for (const { path, label } of places) {
    const found = readBuildFolder(resolve(root, path), label, asked);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readBuildFolder(folder: string, label: string, asked: (path: string) => void): BuildFolder | undefined {
  const hash = createHash("sha1");
  let unread: string | undefined;
  const configured = readConfiguredBuild((path) => {
    asked(`${folder}/${path}`);
    const reading = readText(`${folder}/${path}`, path === commandsFile ? largestCommands : undefined);
    if (reading.kind === "refused" && path === commandsFile) unread = `${path}: ${reading.reason}`;
    if (reading.kind !== "text") return undefined;
    hash.update(`${path} ${reading.text.length}\n${reading.text}`);
    return reading.text;
  });
  return configured === undefined ? undefined : { label, configured, digest: hash.digest("hex"), unread };
}

export interface WatchedBuild {
  readonly folder: BuildFolder | undefined;
  /** Whether what is read there now is something else: built anew, made or removed. */
  moved(): boolean;
}

export function watchBuildFolder(root: string, named?: string): WatchedBuild {
  let stamps = new Map<string, string>();
  const open = (): BuildFolder | undefined => {
    stamps = new Map();
    return openBuildFolder(root, named, (path) => stamps.set(path, stampOf(path)));
  };
  const folder = open();
  return {
    folder,
    moved: () => [...stamps].some(([path, stamp]) => stampOf(path) !== stamp) && open()?.digest !== folder?.digest,
  };
}

function stampOf(path: string): string {
  const stat = statAt(path);
  return stat === undefined ? "" : `${stat.mtimeMs} ${stat.size}`;
}
