/** Every provider of the real tree that has a priority: taken away, lowered, moved to a nested table or a subsection. */
import { beforeAll, describe, expect, it } from "vitest";
import { diagnoseProject } from "../../core/check";
import { createProject } from "../../core/project";
import type { Diagnostic, Edit } from "../../core/check/diagnostic";
import type { Project } from "../../core/project/project";
import { priorityFix, removePriorityFix } from "../../core/check/fixes/priorityFix";
import type { VMStateDescription } from "../../core/vmstate/model";
import { openDiskTree } from "../../server/node/tree";
import { sourceTree } from "./tree";

interface Mutation {
  readonly title: string;
  readonly file: string;
  readonly symbol: string;
  readonly edits: readonly Edit[];
  /** The priority had no effect before: what QEMU reads is another table of the file. */
  readonly ignored: boolean;
}

describe.each(["QEMU_SOURCE_10_2", "QEMU_SOURCE_10_0", "QEMU_SOURCE_7_2"] as const)("priorities of %s", (variable) => {
  let project: Project;
  let before: ReadonlySet<string>;

  beforeAll(() => {
    const tree = openDiskTree(sourceTree(variable));
    const loadable = createProject(tree);
    for (const path of tree.paths()) loadable.load(path);
    project = loadable;
    before = new Set(diagnoseProject(project).map(identity));
  }, 120_000);

  it("are caught on the right table when they are lost, and nothing else is said", () => {
    const mutations = [...mutationsOf(project)];
    const missed: string[] = [];
    const unrelated: string[] = [];
    for (const mutation of mutations) {
      const original = project.text(mutation.file) ?? "";
      project.update(mutation.file, applied(original, mutation.edits));
      const fresh = diagnoseProject(project).filter((d) => !before.has(identity(d)));
      const table = project.descriptionsIn(mutation.file).find((d) => d.symbol === mutation.symbol);
      const about = (range: { file: string; start: number }): boolean =>
        table !== undefined &&
        range.file === table.file &&
        table.range.start <= range.start &&
        range.start < table.range.end;
      const isHere = (d: Diagnostic): boolean => (mutation.ignored ? d.range.file === mutation.file : about(d.range));
      if (!fresh.some((d) => d.severity !== "hint" && isHere(d))) missed.push(mutation.title);
      for (const d of fresh) {
        const isAbout = d.range.file === mutation.file || d.related.some((r) => about(r.range));
        if (!isAbout) unrelated.push(`${mutation.title}: ${identity(d)}`);
      }
      project.update(mutation.file, original);
    }
    console.info(`${mutations.length} mutations, ${missed.length} missed, ${unrelated.length} unrelated`);
    expect(mutations.length).toBeGreaterThan(20);
    expect({ missed, unrelated: unrelated.slice(0, 20) }).toEqual({ missed: [], unrelated: [] });
  }, 1_800_000);
});

function identity({ code, range, message }: Diagnostic): string {
  return `${range.file} ${code} ${message}`;
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((result, { range, text: next }) => result.slice(0, range.start) + next + result.slice(range.end), text);
}

function* mutationsOf(project: Project): Iterable<Mutation> {
  const levels = project.priorityLevels();
  const standard = levels.find((l) => l.name === "MIG_PRI_DEFAULT")?.value ?? 0;
  for (const description of [...project.descriptions()]) {
    const { priority, file, symbol } = description;
    if (!priority?.value.known || priority.value.value <= standard || file.startsWith("tests/")) continue;
    const ignored = isIgnored(project, description);
    const removal = removePriorityFix(project, description)[0]?.edits ?? [];
    yield { title: `${symbol} without its priority`, file, symbol, edits: removal, ignored };
    for (const level of levels) {
      if (level.value >= priority.value.value || level.name === "MIG_PRI_UNINITIALIZED") continue;
      if (ignored) continue;
      const edits = priorityFix(project, description, level.name)[0]?.edits ?? [];
      yield { title: `${symbol} at ${level.name}`, file, symbol, edits, ignored };
    }
    for (const place of ["nested table", "subsection"] as const) {
      const edits = [...removal, ...movedTo(project, description, place)];
      yield { title: `${symbol}'s priority moved to a ${place}`, file, symbol, edits, ignored };
    }
  }
}

/** A new table in front of the description, with its priority, and the entry that makes it a part of the description. */
function movedTo(
  project: Project,
  { file, symbol, name, range, priority, members }: VMStateDescription,
  place: "nested table" | "subsection",
): readonly Edit[] {
  const text = project.text(file) ?? "";
  const own = name.known ? name.value : symbol;
  const table = `static const VMStateDescription vmstate_moved = {
    .name = "${own}/moved",
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = ${priority?.text ?? ""},
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() },
};

`;
  const into = (list: string, entry: string): Edit | undefined => {
    const member = members.find((each) => each.name === list);
    const open = member === undefined ? -1 : text.indexOf("{", member.range.start);
    return open === -1 ? undefined : { range: { file, start: open + 1, end: open + 1 }, text: ` ${entry}` };
  };
  const front = { range: { file, start: range.start, end: range.start }, text: table };
  if (place === "nested table") {
    const field = into("fields", '{ .name = "moved", .vmsd = &vmstate_moved, .flags = VMS_STRUCT, .size = 1 },');
    return field === undefined ? [] : [front, field];
  }
  const listed = into("subsections", "&vmstate_moved,");
  if (listed !== undefined) return [front, listed];
  const first = members[0]?.range.start ?? range.end;
  const list = ".subsections = (const VMStateDescription * const []) { &vmstate_moved, NULL },\n    ";
  return [front, { range: { file, start: first, end: first }, text: list }];
}

/** Reported as ignored already: another level changes nothing. */
function isIgnored(project: Project, { priority }: VMStateDescription): boolean {
  return diagnoseProject(project).some(
    (d) =>
      d.code === "priority-ignored" && d.range.file === priority?.range.file && d.range.start === priority.range.start,
  );
}
