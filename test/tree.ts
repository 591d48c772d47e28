/** Trees in memory: the example's headers with a test's own files beside them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createProject } from "../core/project";
import type { LoadableProject } from "../core/project";
import type { VMStateDescription } from "../core/vmstate/model";

const example = fileURLToPath(new URL("../examples/mini-qemu/include/", import.meta.url));

function headers(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(example, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/");
    files[`include/${full.slice(example.length)}`] = readFileSync(full, "utf8");
  }
  return files;
}

export const exampleHeaders = headers();

/** Files alone, without the example's headers. */
export function bareTree(files: Readonly<Record<string, string>>, target?: string, config?: Settings): LoadableProject {
  const tree = { paths: () => Object.keys(files), read: (path: string) => files[path] };
  const project = createProject(tree, {
    ...(target === undefined ? {} : { target }),
    ...(config === undefined ? {} : { config: new Map(Object.entries(config)) }),
  });
  for (const path of tree.paths()) if (/\.(?:c|h|inc|hx|def|rs)$/.test(path)) project.load(path);
  return project;
}

/** `CONFIG_X` -> `y`, `n` or a value. */
type Settings = Readonly<Record<string, string>>;

export function treeOf(files: Readonly<Record<string, string>>, target?: string, config?: Settings): LoadableProject {
  return bareTree({ ...exampleHeaders, ...files }, target, config);
}

/** The one description of that symbol; throws where there is none. */
export function table(project: LoadableProject, symbol: string, file: string): VMStateDescription {
  const found = project.description(symbol, file);
  if (found === undefined) throw new Error(`no description ${symbol} in ${file}`);
  return found;
}

/** Names of a description's fields; what is unknown is its reason. */
export function fieldNames(description: Pick<VMStateDescription, "fields">): string[] {
  return description.fields.map(({ name }) => (name.known ? name.value : `unknown: ${name.reason}`));
}
