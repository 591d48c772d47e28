/** Members that pre_save sets to the same number each time: what the stream says there, before anything is loaded. */
import { storeOf } from "../project/cache";
import type { Project } from "../project/project";

interface Kept {
  revision: number;
  values: ReadonlyMap<string, bigint | undefined>;
}

const kept = storeOf<Kept>(() => ({ revision: -1, values: new Map() }));

/** By the member's last name; undefined where pre_save functions differ, or set what is not constant. */
export function writtenBeforeSave(project: Project, member: string): bigint | undefined {
  const store = kept(project);
  if (store.revision !== project.revision) {
    Object.assign(store, { revision: project.revision, values: readHooks(project) });
  }
  return store.values.get(member);
}

function readHooks(project: Project): ReadonlyMap<string, bigint | undefined> {
  const values = new Map<string, bigint | undefined>();
  const seen = new Set<string>();
  for (const { hooks, file } of project.descriptions()) {
    const hook = hooks.pre_save ?? hooks.pre_save_errp;
    const fn = hook && project.function(hook.name, file);
    if (fn === undefined || seen.has(`${fn.file} ${fn.definition.name}`)) continue;
    seen.add(`${fn.file} ${fn.definition.name}`);
    const body = project.text(fn.file)?.slice(fn.definition.bodyStart, fn.definition.bodyEnd) ?? "";
    for (const [, name = "", text = ""] of body.matchAll(/(?:->|\.)(\w+)\s*=(?!=)\s*([^;]+);/g)) {
      const value = constant(project, text.trim(), fn.file);
      values.set(name, values.has(name) && values.get(name) !== value ? undefined : value);
    }
  }
  return values;
}

function constant(project: Project, text: string, file: string): bigint | undefined {
  const table = /^(\w+)\s*\.\s*version_id$/.exec(text)?.[1];
  if (table !== undefined) {
    const version = project.description(table, file)?.versionId;
    return version?.known === true ? BigInt(version.value) : undefined;
  }
  if (!/^(?:0[xX][0-9a-fA-F]+|\d+|[A-Z][A-Z0-9_]*)$/.test(text)) return undefined;
  const value = project.evaluate(text, file);
  return value.known && Number.isSafeInteger(value.value) ? BigInt(value.value) : undefined;
}
