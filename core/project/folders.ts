/** C files by the folder they are in. */
import { isTest } from "../c/paths";
import { cachedByShape, noteEntry, summariseEntries } from "./cache";
import type { Project } from "./project";

/** The C files of the file's folder, itself among them; none of the tree's tests. */
export function filesBeside(project: Project, file: string): readonly string[] {
  return folders(project).get(folderOf(file)) ?? [];
}

/** The same with those of the folders in it. */
export function filesBelow(project: Project, file: string): readonly string[] {
  const own = folderOf(file);
  return [...folders(project)].flatMap(([folder, files]) => (folder.startsWith(own) ? files : []));
}

/** The C files of the file's folder that include the header, by its name, directly or through other headers. */
export function filesIncluding(project: Project, file: string, header: string): readonly string[] {
  const key = `${folderOf(file)}\n${header}`;
  noteEntry(table, key);
  return includingBy(project, key);
}

/** By folder and header. */
const table = "files including";
summariseEntries(table, includingBy);

const including = cachedByShape(() => new Map<string, readonly string[]>());

function includingBy(project: Project, key: string): readonly string[] {
  const memo = including(project);
  const found = memo.get(key) ?? readIncluding(project, key);
  memo.set(key, found);
  return found;
}

function readIncluding(project: Project, key: string): readonly string[] {
  const [folder = "", header = ""] = key.split("\n");
  const { includers, included } = headers(project);
  const names = new Set([baseName(header)]);
  // grows while it is walked
  for (const each of names) for (const other of includers.get(each) ?? []) names.add(other);
  const beside = folders(project).get(folder) ?? [];
  return beside.filter((each) => included.get(each)?.some((name) => names.has(name)) === true);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface Headers {
  /** By a header's name the names of the headers that include it. */
  readonly includers: ReadonlyMap<string, readonly string[]>;
  /** By path of a file the names of what it includes. */
  readonly included: ReadonlyMap<string, readonly string[]>;
}

const headers = cachedByShape((project): Headers => {
  const includers = new Map<string, string[]>();
  const included = new Map<string, readonly string[]>();
  for (const path of project.paths()) {
    const names = project.facts(path)?.includes.map(({ name }) => baseName(name)) ?? [];
    if (path.endsWith(".c")) included.set(path, names);
    else if (path.endsWith(".h")) {
      for (const name of names) {
        const list = includers.get(name);
        if (list === undefined) includers.set(name, [baseName(path)]);
        else list.push(baseName(path));
      }
    }
  }
  return { includers, included };
});

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

const folders = cachedByShape((project): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const path of project.paths()) {
    if (!path.endsWith(".c") || isTest(path)) continue;
    const list = found.get(folderOf(path));
    if (list === undefined) found.set(folderOf(path), [path]);
    else list.push(path);
  }
  return found;
});
