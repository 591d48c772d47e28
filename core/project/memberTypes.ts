/** Struct names along a member path: what `bus->info` points to. By text, enough to find ops tables. */
import type { CScope } from "../c/scope";
import { storeOf } from "./cache";
import { structKey } from "./privateStructs";
import type { Project } from "./project";

interface Store {
  revision: number;
  readonly types: Map<string, string>;
}

const stores = storeOf<Store>(() => ({ revision: -1, types: new Map() }));

/** The last type word of `member` in a struct; "" where it is not found or no plain struct member. */
export function memberType(project: Project, structName: string, member: string, file: string): string {
  const store = stores(project);
  if (store.revision !== project.revision) {
    store.types.clear();
    store.revision = project.revision;
  }
  const key = `${structKey(project, file, structName)}.${member}`;
  const known = store.types.get(key);
  if (known !== undefined) return known;
  const found = lookUp(project, structName, member, file);
  store.types.set(key, found);
  return found;
}

function lookUp(project: Project, structName: string, member: string, file: string): string {
  const body = structBody(project, project.scope(file), structName);
  if (body === undefined || !body.includes(member)) return "";
  const text = body.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
  const pattern = new RegExp(
    `(?:^|[;{}])\\s*(?:const\\s+)?(?:struct\\s+)?(\\w+)\\s+(?:const\\s+)?\\**\\s*(?:const\\s+)?${member}\\s*[;\\[,]`,
  );
  return pattern.exec(text)?.[1] ?? "";
}

function structBody(project: Project, scope: CScope, name: string): string | undefined {
  const record = scope.record("struct", name);
  if (record) return slice(project, record.file, record.declaration.bodyStart, record.declaration.bodyEnd);
  const typedef = scope.typedef(name);
  if (!typedef) return undefined;
  const { start, end } = typedef.declaration;
  const text = slice(project, typedef.file, start, end) ?? "";
  const tag = /^\s*typedef\s+struct\s+(\w+)/.exec(text)?.[1];
  const tagged = tag === undefined ? undefined : scope.record("struct", tag);
  if (tagged) return slice(project, tagged.file, tagged.declaration.bodyStart, tagged.declaration.bodyEnd);
  return /^\s*typedef\s+struct\s*\{/.test(text) ? text : undefined;
}

function slice(project: Project, file: string, start: number, end: number): string | undefined {
  return project.text(file)?.slice(start, Math.min(end, start + 40_000));
}
