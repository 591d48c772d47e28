/** Headers that define a struct, of those that one emulator is built with. */
import { isTest } from "../../c/paths";
import { cachedByRevision } from "../../project/cache";
import type { Project } from "../../project/project";

const headers = cachedByRevision((project: Project): ReadonlyMap<string, readonly string[]> => {
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
export function definitionsFor(project: Project, kindAndTag: string): readonly string[] {
  const all = headers(project).get(kindAndTag) ?? [];
  const { architectures } = project.configuration;
  const own = all.filter((path) => architectures.some((each) => path.startsWith(`target/${each}/`)));
  return own.length > 0 ? own : all.filter((path) => !path.startsWith("target/"));
}
