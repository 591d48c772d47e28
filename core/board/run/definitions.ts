/** Headers that define a struct, of those that one emulator is built with. */
import type { CTypes, RecordType } from "../../c/ctype";
import { isTest } from "../../c/paths";
import type { CScope } from "../../c/scope";
import { cachedByShape } from "../../project/cache";
import type { Project } from "../../project/project";

const headers = cachedByShape((project: Project): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const path of project.paths()) {
    if (!path.endsWith(".h") || isTest(path)) continue;
    for (const each of project.facts(path)?.declarations ?? []) {
      if (each.kind !== "struct" && each.kind !== "union") continue;
      if (each.tag === undefined) continue;
      const key = `${each.kind} ${each.tag}`;
      const list = found.get(key);
      if (list === undefined) found.set(key, [path]);
      else if (!list.includes(path)) list.push(path);
    }
  }
  return found;
});

/** By `struct TAG`. Where several headers define it, those of the project's own target (`target/NAME/`, as QEMU keeps them). */
function definitionsFor(project: Project, kindAndTag: string): readonly string[] {
  const all = headers(project).get(kindAndTag) ?? [];
  const { architectures } = project.configuration;
  const own = all.filter((path) => architectures.some((each) => path.startsWith(`target/${each}/`)));
  return own.length > 0 ? own : all.filter((path) => !path.startsWith("target/"));
}

/** A struct of which a file sees no more than its tag, as the target that is built defines it. */
export function completer(
  project: Project,
  types: CTypes,
  scopeOf: (file: string) => CScope,
): (record: RecordType) => RecordType {
  const whole = new Map<string, RecordType | undefined>();
  const definition = (kind: "struct" | "union", tag: string): RecordType | undefined => {
    const [only, ...others] = definitionsFor(project, `${kind} ${tag}`);
    if (only === undefined || others.length > 0) return undefined;
    const scope = scopeOf(only);
    const type = types.tagged(kind, tag, scope, scope);
    return type.kind === "record" && type.body !== undefined ? type : undefined;
  };
  return (record) => {
    const { tag, recordKind } = record;
    if (record.body !== undefined || tag === undefined) return record;
    const key = `${recordKind} ${tag}`;
    if (!whole.has(key)) whole.set(key, definition(recordKind, tag));
    return whole.get(key) ?? record;
  };
}
