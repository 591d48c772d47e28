/** Members that pre_save sets to the same number each time: what the stream says there, before anything is loaded. */
import { accessesIn } from "../c/body/accesses";
import { nodesIn } from "../c/body/walk";
import type { Expression, Statement } from "../c/syntax";
import { bodyOf } from "../project/bodies";
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
    let isReached = true;
    for (const statement of bodyOf(project, fn).block.statements) {
      const isAlways = isReached && statement.kind === "expression" && statement.expression.kind === "binary";
      for (const { place, kind, value, isPart } of accessesIn(statement)) {
        if (place.kind !== "member" || isPart || kind === "read") continue;
        const written = isAlways && value !== undefined ? constant(project, value, fn.file) : undefined;
        values.set(place.name, values.has(place.name) && values.get(place.name) !== written ? undefined : written);
      }
      isReached &&= !mayLeave(statement);
    }
  }
  return values;
}

function mayLeave(statement: Statement): boolean {
  if (statement.kind === "expression" || statement.kind === "declaration") return false;
  for (const { kind } of nodesIn(statement)) if (kind === "return" || kind === "goto") return true;
  return false;
}

function constant(project: Project, value: Expression, file: string): bigint | undefined {
  switch (value.kind) {
    case "integer":
      return value.value;
    case "identifier": {
      const named = project.evaluate(value.name, file);
      return named.known && Number.isSafeInteger(named.value) ? BigInt(named.value) : undefined;
    }
    case "member": {
      if (value.name !== "version_id" || value.object.kind !== "identifier") return undefined;
      const version = project.description(value.object.name, file)?.versionId;
      return version?.known === true ? BigInt(version.value) : undefined;
    }
    default:
      return undefined;
  }
}
