/** What becomes of each member of the structs that a file declares, where tables save them. */
import { coverageOf, otherMembers, type Coverage, type OtherMember } from "../../code";
import { valuesIn } from "../../code/stateMembers";
import type { SourceRange } from "../../c/range";
import type { Project } from "../../project";
import { bareName, stateStructs, structNamed } from "../../project/stateTypes";
import type { VMStateDescription } from "../../vmstate/model";

export type MemberFate = OtherMember["why"] | "unsaved";

export interface JudgedMember {
  /** `cmd`, and `dma.cmd` of a struct inside. */
  readonly name: string;
  /** The member's name where it is declared. */
  readonly range: SourceRange;
  readonly fate: MemberFate;
  /** A sentence without its full stop. */
  readonly why: string;
}

/** Members that hold values, of the structs that tables save; nothing of a member that two structs with tables have inside. */
export function judgedMembers(project: Project, file: string): readonly JudgedMember[] {
  const found = new Map<number, JudgedMember | undefined>();
  for (const coverage of coverageIn(project, file)) {
    for (const judged of membersOf(project, coverage)) {
      if (judged.range.file !== file) continue;
      found.set(judged.range.start, found.has(judged.range.start) ? undefined : judged);
    }
  }
  return [...found.values()].filter((each) => each !== undefined);
}

export function judgedMemberAt(project: Project, file: string, offset: number): JudgedMember | undefined {
  const isInside = project
    .facts(file)
    ?.declarations.some((each) => each.kind === "struct" && each.bodyStart <= offset && offset <= each.bodyEnd);
  if (isInside !== true) return undefined;
  return judgedMembers(project, file).find(({ range }) => range.start <= offset && offset <= range.end);
}

function* coverageIn(project: Project, file: string): Iterable<Coverage> {
  const declared = new Set<string>();
  for (const each of project.facts(file)?.declarations ?? []) {
    if (each.kind === "typedef") for (const name of each.names) declared.add(name);
    if (each.kind === "struct" && each.tag !== undefined) declared.add(each.tag);
  }
  if (declared.size === 0) return;
  for (const description of project.descriptions()) {
    const [struct] = stateStructs(description);
    if (struct === undefined || !declared.has(bareName(struct))) continue;
    const coverage = coverageOf(project, description);
    if (coverage !== undefined) yield coverage;
  }
}

function* membersOf(project: Project, coverage: Coverage): Iterable<JudgedMember> {
  const { description, structName, unsaved } = coverage;
  const struct = structNamed(project, structName, description.file);
  if (struct.kind !== "record") return;
  const ranges = new Map(
    valuesIn(project, structName, struct).flatMap(({ name, member: { token } }) =>
      token === undefined || token.file === ""
        ? []
        : [[name, { file: token.file, start: token.start, end: token.end }] as const],
    ),
  );
  for (const { name, writes } of unsaved) {
    const range = ranges.get(name);
    const why = `Not saved: ${writes[0].function} sets it while the guest runs, and no table of ${structName} has it`;
    if (range !== undefined) yield { name, range, fate: "unsaved", why };
  }
  for (const other of otherMembers(project, coverage)) {
    const range = ranges.get(other.name);
    if (range !== undefined) yield { name: other.name, range, fate: other.why, why: reason(description, other) };
  }
}

function reason({ symbol }: VMStateDescription, { why, by, asked = [] }: OtherMember): string {
  switch (why) {
    case "saved":
      return `Saved by ${symbol}, or by what belongs to it`;
    case "property":
      return "Not saved: a property sets it, on both sides alike";
    case "rebuilt":
      return `Not saved: ${by ?? "a load hook"} sets it again after loading${asked.length === 0 ? "" : `, under a condition (${asked.join(", ")})`}`;
    case "unchanged":
      return "Not saved: nothing here changes it but set-up and reset";
    case "unseen":
      return "Behind a pointer: nobody has looked whether it is saved";
  }
}
