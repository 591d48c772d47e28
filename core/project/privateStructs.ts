/** Structs that one source file defines for itself: another file's struct of the same name is another struct. */
import type { FileFacts } from "../c/facts";
import { cachedByRevision } from "./cache";
import type { Project } from "./project";
import { noteFile } from "./uses";

const defined = new WeakMap<FileFacts, ReadonlySet<string>>();

/** Whether the file itself defines the struct. */
export function isPrivate(project: Project, file: string, name: string): boolean {
  return definedIn(project, file).has(bareName(name));
}

function definedIn(project: Project, file: string): ReadonlySet<string> {
  const facts = project.facts(file);
  if (facts === undefined) return new Set();
  const known = defined.get(facts);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const each of facts.declarations) {
    if (each.kind === "struct" && each.tag !== undefined) found.add(each.tag);
    if (each.kind === "typedef" && isWhole(project, file, each)) for (const name of each.names) found.add(name);
  }
  defined.set(facts, found);
  return found;
}

/** `typedef struct { … } X;` and not a name for what is defined elsewhere. */
function isWhole(
  project: Project,
  file: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  return project.text(file)?.slice(start, end).includes("{") === true;
}

const keys = cachedByRevision(() => new Map<string, string>(), "own");

/** The struct's name as the file sees it: for one of a source file with that file, so that two of one name differ. */
export function structKey(project: Project, file: string, name: string): string {
  noteFile(file);
  const bare = bareName(name);
  const known = keys(project);
  const asked = `${bare}\n${file}`;
  let key = known.get(asked);
  if (key === undefined) {
    const home = homeOf(project, file, bare);
    key = home === "" ? bare : `${bare}\n${home}`;
    known.set(asked, key);
  }
  return key;
}

/** Where a file finds the struct defined, and its names declared: whoever names it too includes one of them, or is it. */
export function homesOf(project: Project, file: string, structName: string): ReadonlySet<string> {
  const name = bareName(structName);
  const scope = project.scope(file);
  const found = [scope.record("struct", name), scope.typedef(name)].flatMap((each) => each?.file ?? []);
  return new Set([file, ...found]);
}

/** The source file that has the struct to itself; "" for a header's. */
function homeOf(project: Project, file: string, name: string): string {
  const scope = project.scope(file);
  const home = isPrivate(project, file, name)
    ? file
    : (scope.record("struct", name)?.file ?? scope.typedef(name)?.file ?? "");
  return home.endsWith(".h") ? "" : home;
}

function bareName(name: string): string {
  return name.startsWith("struct ") ? name.slice("struct ".length).trim() : name;
}
