import { URI } from "vscode-uri";
import type { Host } from "./host";

/** Files on disk are read there, all others through the client. What only the disk can do stays with the disk. */
export function hostByScheme(disk: Host, client: Host): Host {
  const hostOf = (uri: string): Host => (URI.parse(uri).scheme === "file" ? disk : client);
  return {
    ...disk,
    treeAbove: (uri) => hostOf(uri).treeAbove(uri),
    treeOfFolder: (folder) => hostOf(folder).treeOfFolder(folder),
    treesBelow: async (folder) => (await hostOf(folder).treesBelow?.(folder)) ?? [],
    boundary: async (root, uri) => hostOf(root).boundary?.(root, uri),
    outside: async (root, uri) => (await hostOf(root).outside?.(root, uri)) ?? [],
    openTree: (root, options) => hostOf(root).openTree(root, options),
    findBaseline: async (root, revision) => hostOf(root).findBaseline?.(root, revision),
  };
}
