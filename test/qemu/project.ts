import { readdirSync, readFileSync } from "node:fs";
import { createProject, type LoadableProject } from "../../core/project";
import { sourceTree } from "./tree";

type Variable = Parameters<typeof sourceTree>[0];

const projects = new Map<string, LoadableProject>();

/** A project over a real source tree, loaded once for each tree and target. */
export function realProject(variable: Variable, target = "x86_64"): LoadableProject {
  const key = `${variable} ${target}`;
  const known = projects.get(key);
  if (known !== undefined) return known;
  const project = loadProject(variable, target);
  projects.set(key, project);
  return project;
}

/** The same, loaded anew and held by the caller only. */
export function loadProject(variable: Variable, target: string): LoadableProject {
  const root = sourceTree(variable);
  const paths = [...cFiles(root, "")];
  const project = createProject({ paths: () => paths, read: (path) => readIfThere(`${root}/${path}`) }, { target });
  for (const path of paths) project.load(path);
  return project;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const skipped = new Set([".git", "roms", "subprojects", "build"]);

function* cFiles(root: string, folder: string): Generator<string> {
  for (const each of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
    const path = folder === "" ? each.name : `${folder}/${each.name}`;
    if (each.isDirectory() && !skipped.has(each.name)) yield* cFiles(root, path);
    else if (each.isFile() && /\.(?:c|h|inc|hx|def|json)$/.test(path)) yield path;
  }
}
