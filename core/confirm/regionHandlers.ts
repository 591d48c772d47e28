/** Which functions answer a guest's reads of a memory region, by the region's name in the source. */
import { bodyCall } from "../c/body/calls";
import { nodesIn } from "../c/body/walk";
import type { Call, Expression } from "../c/syntax";
import type { Token } from "../c/token";
import { accessHandlers } from "../code/accessHandlers";
import { generic } from "../code/slots";
import { callsStarting } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";

export interface RegionHandler {
  readonly read: LocatedFunction;
  /** The handler is asked byte by byte (`.impl.max_access_size` of its table). */
  readonly isBytewise: boolean;
}

/** What makes regions: start of its name, the argument with the table of handlers, and the one with the region's name. */
const makers = [
  ["memory_region_init_io", 2, 4],
  ["memory_region_init_rom_device", 2, 4],
] as const;

interface Made {
  readonly file: string;
  readonly ops: Expression | undefined;
  /** undefined where it is no literal. */
  readonly name: string | undefined;
}

/** Of the files of the type and its ancestors, or of others beside them; empty where the region is not found there. */
export function regionHandlers(project: Project, type: string, region: string): readonly RegionHandler[] {
  const files = new Set(
    project
      .ancestry(type)
      .filter(({ name }) => !generic.has(name))
      .map(({ file }) => file),
  );
  const made = [...files].flatMap((file) => madeIn(project, file));
  let named = made.filter(({ name }) => name === region);
  if (named.length === 0) {
    // a part that several devices have
    const folders = new Set([...files].map(folderOf));
    const others = project.paths().filter((path) => path.endsWith(".c") && folders.has(folderOf(path)));
    named = others.flatMap((file) => madeIn(project, file)).filter(({ name }) => name === region);
  }
  const wanted = named.length > 0 ? named : made.filter(({ name }) => name === undefined);
  return wanted.flatMap(({ file, ops }) => handlersOf(project, file, ops));
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

function madeIn(project: Project, file: string): readonly Made[] {
  return makers.flatMap(([start, ops, name]) =>
    callsStarting(project, file, start).map(({ node }): Made => {
      const said = node.arguments[name];
      const isLiteral = said?.kind === "string" && said.partial !== true;
      return { file, ops: node.arguments[ops], name: isLiteral ? said.value : undefined };
    }),
  );
}

function handlersOf(project: Project, file: string, ops: Expression | undefined): readonly RegionHandler[] {
  const names = new Set<string>();
  for (const node of ops === undefined ? [] : nodesIn(ops)) if (node.kind === "identifier") names.add(node.name);
  const tables = (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "variable" && names.has(each.name) && each.typeName === "MemoryRegionOps"
      ? [project.scope(file).tokens(file, each.initStart, each.initEnd)]
      : [],
  );
  const located = (name: string, isBytewise: boolean): readonly RegionHandler[] => {
    const read = project.function(name, file);
    return read === undefined ? [] : [{ read, isBytewise }];
  };
  if (tables.length === 0) return [...accessHandlers(project, file).reads].flatMap((name) => located(name, false));
  return tables.flatMap((tokens) => readersIn(tokens).flatMap((name) => located(name, isBytewise(tokens))));
}

const readSlots: ReadonlySet<string> = new Set(["read", "read_with_attrs"]);

function readersIn(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ text }, k) => {
    if (tokens[k - 1]?.text !== "." || !readSlots.has(text) || tokens[k + 1]?.text !== "=") return [];
    const value = tokens.slice(k + 2, k + 4).find(({ kind }) => kind === "identifier");
    return value === undefined ? [] : [value.text];
  });
}

/** `.impl.max_access_size = 1`, `.impl = { …, .max_access_size = 1 }` */
function isBytewise(tokens: readonly Token[]): boolean {
  let isInside = false;
  for (const [k, { text }] of tokens.entries()) {
    if (text === "impl") isInside = true;
    else if (text === "valid" || text === "endianness" || text === "}") isInside = false;
    else if (isInside && text === "max_access_size") return tokens[k + 2]?.text === "1";
  }
  return false;
}

/** `name` of a call, for who follows one. */
export function calleeOf(node: Call): string {
  const { name, through } = bodyCall(node);
  return through === undefined ? name : "";
}
