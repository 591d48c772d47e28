/** Every provider of the real tree that has a priority: taken away, lowered, moved to a nested table. */
import { beforeAll, describe, expect, it } from "vitest";
import { createProject, diagnoseProject } from "../../core/analysis";
import type { Diagnostic, Edit } from "../../core/analysis/diagnostic";
import type { Project } from "../../core/analysis/project";
import { priorityFix, removePriorityFix } from "../../core/analysis/rules/priorityFix";
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
  }, 600_000);
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
    const nested = nestedIn(project, description);
    if (nested?.file !== file) continue;
    const moved = priorityFix(project, nested, priority.text)[0]?.edits ?? [];
    yield {
      title: `${symbol}'s priority moved to ${nested.symbol}`,
      file,
      symbol,
      edits: [...removal, ...moved],
      ignored,
    };
  }
}

/** Reported as ignored already: another level changes nothing. */
function isIgnored(project: Project, { priority }: VMStateDescription): boolean {
  return diagnoseProject(project).some(
    (d) =>
      d.code === "priority-ignored" && d.range.file === priority?.range.file && d.range.start === priority.range.start,
  );
}

function nestedIn(project: Project, description: VMStateDescription): VMStateDescription | undefined {
  for (const field of description.fields) {
    const nested = field.vmsd && project.resolve(field.vmsd);
    if (nested && nested.file === description.file) return nested;
  }
  for (const reference of description.subsections) {
    const nested = project.resolve(reference);
    if (nested && nested.file === description.file) return nested;
  }
  return undefined;
}
