/** Which members properties set, by the arrays that declare them. */
import type { FileFacts } from "../c/facts";
import { lex } from "../c/lex";
import type { Project } from "../project/project";

const perFile = new WeakMap<FileFacts, ReadonlySet<string>>();

/** Whether a property that the file declares sets the member, or the struct that it is in: `conf` for `conf.macaddr`. */
export function propertySetters(project: Project, file: string, member: string): boolean {
  const paths = pathsOf(project, file);
  let path = "";
  for (const part of member.split(".")) {
    path += `${path === "" ? "" : "."}${part.split("[", 1)[0] ?? ""}`;
    if (paths.has(path)) return true;
  }
  return false;
}

/** Members that properties of the file set, as paths: `mode`, `conf`. */
export function propertyPaths(project: Project, file: string): readonly string[] {
  return [...pathsOf(project, file)].filter((path) => path !== "" && !path.startsWith('"'));
}

/** Whether a property that the file declares is called so, or sets a member of that name in whatever struct: `ports` by `ahci.ports` or "num-ports". */
export function namesInProperties(project: Project, file: string, name: string): boolean {
  if (pathsOf(project, file).has(`"${name}`)) return true;
  for (const path of pathsOf(project, file)) if (path.split(".").includes(name)) return true;
  return false;
}

function pathsOf(project: Project, file: string): ReadonlySet<string> {
  const facts = project.facts(file);
  if (facts === undefined) return new Set();
  let paths = perFile.get(facts);
  if (paths === undefined) {
    const text = project.text(file) ?? "";
    const found = new Set<string>();
    for (const each of facts.declarations) {
      if (each.kind === "variable" && each.typeName === "Property") addPaths(text, file, each, found);
    }
    paths = found;
    perFile.set(facts, paths);
  }
  return paths;
}

/** Arguments that are names with `.` between them, without subscripts; and what is assigned to `.offset` by offsetof. */
function addPaths(
  text: string,
  file: string,
  { initStart, initEnd }: { readonly initStart: number; readonly initEnd: number },
  paths: Set<string>,
): void {
  let path = "";
  let depth = 0;
  for (const token of lex(text, file, initStart, initEnd)) {
    const word = token.text;
    if (token.kind === "string") for (const each of word.slice(1, -1).split("-")) paths.add(`"${each}`);
    if (word === "[") depth++;
    else if (word === "]") depth--;
    else if (depth > 0) continue;
    else if (token.kind === "identifier" || word === ".") path += word;
    else if (word === "," || word === ")") {
      paths.add(path);
      path = "";
    } else path = "";
  }
}
