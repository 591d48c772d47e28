import type { Host, HostTree } from "../../server/host";
import { pathIn } from "../../server/uris";

/** Trees that exist in a test's memory only. The same host serves in a browser, where there is no disk either. */
export interface MemoryHost extends Host {
  /** Path on the "disk", from `/`, to text. */
  readonly files: Map<string, string>;
}

export function memoryHost(initial: Readonly<Record<string, string>>): MemoryHost {
  const files = new Map(Object.entries(initial));
  const tops = () =>
    [...files.keys()]
      .filter((path) => path.endsWith("/include/migration/vmstate.h"))
      .map((path) => path.slice(0, -"/include/migration/vmstate.h".length));
  const above = (uri: string) => tops().find((top) => isAtOrBelow(top, pathIn("file:///", uri)));
  return {
    files,
    treeAbove: (uri) => Promise.resolve(toUri(above(uri))),
    treeOfFolder: (folder) => Promise.resolve(toUri(above(folder))),
    rulePage: (code) => `https://rules.example/${code}`,
    openTree(root, options) {
      const top = `/${pathIn("file:///", root) ?? ""}`;
      const overlays = new Map<string, string>();
      const isSource = (path: string) => /\.(c|h|inc|rs)$/.test(path) && !(options.shallow && path.includes("/"));
      const tree: HostTree = {
        version: files.get(`${top}/VERSION`)?.trim(),
        accepts: isSource,
        saved: (path) => files.get(`${top}/${path}`),
        touch: () => {},
        overlay: (path, text) => void (text === undefined ? overlays.delete(path) : overlays.set(path, text)),
        read: (path) => overlays.get(path) ?? files.get(`${top}/${path}`),
        paths: () =>
          new Set(
            [
              ...[...files.keys()]
                .filter((path) => path.startsWith(`${top}/`))
                .map((path) => path.slice(top.length + 1)),
              ...overlays.keys(),
            ].filter(isSource),
          ),
      };
      return Promise.resolve(tree);
    },
  };
}

function isAtOrBelow(top: string, path: string | undefined): boolean {
  return path !== undefined && (`/${path}` === top || `/${path}`.startsWith(`${top}/`));
}

function toUri(path: string | undefined): string | undefined {
  return path === undefined ? undefined : `file://${path}`;
}
