/** The levels that the tree's own MigrationPriority declares (include/migration/vmstate.h). */
import type { FileFacts } from "../c/facts";
import type { NameIndex } from "../c/names";
import type { Scopes } from "../c/scopes";
import { enumeratorsWithComments } from "../priority/enum";
import type { Evaluator } from "../vmstate/constants";
import type { PriorityLevel } from "./project";

export interface LevelSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  readonly names: NameIndex;
  readonly scopes: Scopes;
  evaluator(): Evaluator;
}

/** In the enum's order; empty in a tree older than the enum. */
export function readLevels({ facts, text, names, scopes, evaluator }: LevelSource): readonly PriorityLevel[] {
  const typedef = scopes.choose(names.typedefs("MigrationPriority"), "");
  if (typedef === undefined) return [];
  const { file, declaration } = typedef;
  const record = facts(file)?.declarations.find((d) => d.kind === "enum" && d.start === declaration.start);
  if (record?.kind !== "enum") return [];
  const scope = scopes.of(file);
  const found: PriorityLevel[] = [];
  let value = -1;
  for (const e of enumeratorsWithComments(file, text(file) ?? "", record.bodyStart, record.bodyEnd)) {
    const set = e.expression === undefined ? undefined : evaluator().integer(scope.expandText(e.expression), scope);
    value = set?.known ? set.value : value + 1;
    found.push({ name: e.name, value, comment: e.comment, file, start: e.range.start });
  }
  return found;
}
