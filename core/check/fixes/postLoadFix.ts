/** A post_load of its own for a table that has none, which refuses an index that is out of range. */
import type { MemberReference, VMStateDescription } from "../../vmstate/model";
import type { QuickFix } from "../diagnostic";
import type { Project } from "../../project/project";
import { member as designator } from "../tables";

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
  const name = `${description.symbol.replace(/^vmstate_|_vmstate$/, "")}_post_load`;
  if (!/^\w+$/.test(name) || project.function(name, file) !== undefined) return [];
  const below = signed ? `s->${member.path} < 0 || ` : "";
  const text = [
    `static int ${name}(void *opaque, int version_id)`,
    "{",
    `    ${member.structName} *s = opaque;`,
    "",
    `    if (${below}s->${member.path} >= ARRAY_SIZE(s->${array})) {`,
    "        return -EINVAL;",
    "    }",
    "    return 0;",
    "}",
    "",
    "",
  ].join("\n");
  const edits = [
    { range: { file, start: range.start, end: range.start }, text },
    { range: { ...behind.range, start: behind.range.end }, text: `,\n    .post_load = ${name}` },
  ];
  return [{ title: `Refuse it in a ${name} of its own`, edits }];
}
