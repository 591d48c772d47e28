/** As much of a baseline's tree as one file's tables need: a comparison while typing must not read a whole second tree. */
import { skim } from "../c/skim";
import { createProject, type ProjectOptions } from "../project";
import type { Project } from "../project/project";
import { descriptionKey, descriptionRoles } from "../code/registered";
import type { SourceTree } from "../c/tree";
import type { VMStateDescription } from "../vmstate/model";
import { compatLists } from "./compatLists";

export interface BaselineTree extends SourceTree {
  /** Reads files together where reading one by one takes long. */
  prefetch?(paths: readonly string[]): Promise<void>;
}

/** Bounds what headers bring in. */
const mostFiles = 3000;

/**
 * The baseline's project for what `path` defines now; with the files that those tables and their types are made of.
 * `pause` is called between steps of some milliseconds.
 */
export async function baselineProject(
  tree: BaselineTree,
  project: Project,
  path: string,
  options: ProjectOptions,
  pause: () => Promise<void>,
): Promise<Project> {
  const files = await filesBehind(tree, seedsOf(project, path), pause);
  const some: SourceTree = { paths: () => files, read: (each) => tree.read(each) };
  const made = createProject(some, options);
  for (const file of files) {
    made.load(file);
    await pause();
  }
  return made;
}

/** Files of the tables that hold those of `path` or are held by them, of their types, and of compat lists. */
function seedsOf(project: Project, path: string): ReadonlySet<string> {
  const roles = descriptionRoles(project);
  const files = new Set([path, "include/migration/vmstate.h", "hw/hw.h"]);
  const seen = new Set<string>();
  const pending: VMStateDescription[] = [...project.descriptionsIn(path)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = descriptionKey(next);
    if (seen.has(key)) continue;
    seen.add(key);
    files.add(next.file);
    for (const { parent } of roles.nested.get(key) ?? []) pending.push(parent);
    for (const type of [...(roles.registered.get(key)?.types ?? []), ...(roles.insideVirtio.get(key) ?? [])]) {
      for (const each of project.ancestry(type)) files.add(each.file);
    }
    for (const reference of [...next.fields.flatMap(({ vmsd }) => vmsd ?? []), ...next.subsections]) {
      const held = project.resolve(reference);
      if (held !== undefined) pending.push(held);
    }
  }
  for (const { range } of compatLists(project)) files.add(range.file);
  return files;
}

/** The seeds and what they include, at any depth; a file that has moved since is found by its name. */
async function filesBehind(
  tree: BaselineTree,
  seeds: ReadonlySet<string>,
  pause: () => Promise<void>,
): Promise<ReadonlySet<string>> {
  const paths = new Set(tree.paths());
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const list = byName.get(name);
    if (list) list.push(path);
    else byName.set(name, [path]);
  }
  const found = new Set<string>();
  let level = [...seeds].flatMap((seed) => {
    if (paths.has(seed)) return seed;
    const moved = byName.get(seed.slice(seed.lastIndexOf("/") + 1)) ?? [];
    return moved.length === 1 ? moved : [];
  });
  while (level.length > 0 && found.size < mostFiles) {
    const fresh = [...new Set(level)].filter((path) => !found.has(path));
    await tree.prefetch?.(fresh);
    level = [];
    for (const path of fresh) {
      found.add(path);
      for (const { name } of skim(path, tree.read(path) ?? "").includes) {
        const included = resolved(paths, byName, path, name);
        if (included !== undefined) level.push(included);
      }
      await pause();
    }
  }
  return found;
}

function resolved(
  paths: ReadonlySet<string>,
  byName: ReadonlyMap<string, readonly string[]>,
  from: string,
  name: string,
): string | undefined {
  const beside = `${from.slice(0, from.lastIndexOf("/") + 1)}${name}`;
  for (const path of [beside, `include/${name}`, name]) if (paths.has(path)) return path;
  const others = byName.get(name.slice(name.lastIndexOf("/") + 1)) ?? [];
  return others.length === 1 ? others[0] : undefined;
}
