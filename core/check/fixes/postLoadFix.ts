/** A post_load for a table that has none, which refuses indexes that are out of range. */
import { isName } from "../../c/words";
import type { MemberReference, VMStateDescription } from "../../vmstate/model";
import type { QuickFix } from "../diagnostic";
import type { Project } from "../../project/project";
import { member as designator, stemOf } from "../tables";

export interface CheckedIndex {
  readonly member: MemberReference;
  /** Path of the array in the same struct. */
  readonly array: string;
  readonly signed: boolean;
}

export function postLoadFix(
  project: Project,
  description: VMStateDescription,
  { member, array, signed }: CheckedIndex,
): readonly QuickFix[] {
  const { file, range, hooks } = description;
  const behind = ["minimum_version_id", "version_id", "name"].flatMap((each) => designator(description, each) ?? [])[0];
  const taken = hooks.post_load ?? hooks.post_load_errp;
  if (taken !== undefined || behind === undefined || behind.range.file !== file || range.file !== file) return [];
  const name = postLoadName(project, description.symbol, file);
  if (name === undefined) return [];
  const text = postLoadText(name, [{ member, array, signed }]);
  const edits = [
    { range: { file, start: range.start, end: range.start }, text },
    { range: { ...behind.range, start: behind.range.end }, text: `,\n    .post_load = ${name}` },
  ];
  return [{ title: `Refuse it in a ${name} of its own`, edits }];
}

/** Of a function that the file does not have yet; undefined where it has. */
export function postLoadName(project: Project, symbol: string, file: string): string | undefined {
  const name = `${stemOf(symbol)}_post_load`;
  return isName(name) && project.function(name, file) === undefined ? name : undefined;
}

/** A definition that returns -EINVAL for an index out of range, without a line break at its end. The indexes are of one struct. */
export function postLoadText(name: string, checks: readonly [CheckedIndex, ...CheckedIndex[]]): string {
  return [
    `static int ${name}(void *opaque, int version_id)`,
    "{",
    `    ${checks[0].member.structName} *s = opaque;`,
    "",
    ...checks.flatMap(({ member: { path }, array, signed }) => [
      `    if (${signed ? `s->${path} < 0 || ` : ""}s->${path} >= ARRAY_SIZE(s->${array})) {`,
      "        return -EINVAL;",
      "    }",
    ]),
    "    return 0;",
    "}",
  ].join("\n");
}
