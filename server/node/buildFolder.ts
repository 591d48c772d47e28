/** The folder that a tree is built in. It is a stranger's, as the tree: read with the reader that never waits. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { readConfiguredBuild } from "../../core/c/build/configured";
import type { BuildFolder } from "../builds";
import { textOf } from "./readFile";

/** Where QEMU's own `configure` puts it unless told otherwise. */
const usual = "build";

/** The folder `named`, else the tree's `build`; undefined where that is none. `named` may be relative to the root. */
export function openBuildFolder(root: string, named?: string): BuildFolder | undefined {
  const folder = resolve(root, named ?? usual);
  const hash = createHash("sha1");
  const configured = readConfiguredBuild((path) => {
    const text = textOf(`${folder}/${path}`);
    if (text !== undefined) hash.update(`${path} ${text.length}\n${text}`);
    return text;
  });
  return configured === undefined ? undefined : { label: named ?? usual, configured, digest: hash.digest("hex") };
}
