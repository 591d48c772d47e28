/**
 * Answers with what they were found by. What a tree was asked before is not asked again while all that the answer looked at
 * is as it was: a rule's findings in a file, what a section needs or provides.
 */
import { summaryOf } from "./cache";
import type { Answers, Project } from "./project";
import { createUses, type Found, type ModelSummary, noteFile, noteUses, type Uses, within } from "./uses";

/** Answers that were found by the same. */
export interface AnswerGroup {
  readonly files: readonly string[];
  readonly summaries: readonly string[];
  readonly questions: readonly string[];
  /** That of the question of this index; plain data, made when it is asked for. */
  answer(index: number): unknown;
}

export interface KeptAnswers {
  readonly groups: Iterable<AnswerGroup>;
  /** What each summary said. */
  readonly summaries: readonly (readonly [name: string, said: string])[];
}

/**
 * What `compute` answers, which is plain data.
 *
 * @param question of its own: `needs hw/x.c vmstate_x`
 * @param home the file that it is about
 */
export function answered<T>(project: Project, question: string, home: string, compute: () => T): T {
  const { answers } = project;
  if (answers === undefined) return compute();
  const known = answers.had(project, question);
  if (known !== undefined) {
    noteUses(known.uses);
    // what the same question of the same program had for an answer
    return known.value as T;
  }
  const uses = createUses();
  const value = within(uses, () => {
    noteFile(home);
    return compute();
  });
  if (!uses.isOpen && notesPlaces(value, uses.files, 0)) answers.note(question, { value, uses });
  return value;
}

/** No answer nests deeper. */
const deepest = 32;

/** Notes the files whose places the answer names: an edit moves them. False where it nests too deep. */
function notesPlaces(value: unknown, files: Set<string>, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth > deepest) return false;
  if ("file" in value && typeof value.file === "string") files.add(value.file);
  return Object.values(value).every((each) => notesPlaces(each, files, depth + 1));
}

/** What was kept, with what tells whether it holds. */
export interface EarlierAnswers {
  readonly kept: KeptAnswers;
  /** Whether something may be concluded of the file that was not. */
  isAffected(path: string): boolean;
  /** Whether all tables, or all types and registrations, say what they said. */
  isSame(models: ModelSummary): boolean;
}

export interface AnswersSoFar {
  /** So many came that they are worth being kept. */
  readonly isNew: boolean;
  /** Those that hold, with those that came. */
  all(): KeptAnswers;
}

export interface AnswerStore extends Answers {
  soFar(project: Project): AnswersSoFar;
}

/** For each hundred answers: fewer are asked for again each time rather than all of it written again. */
const mostAskedAgain = 10;

export function createAnswerStore(earlier: () => EarlierAnswers | undefined): AnswerStore {
  const fresh = new Map<string, Found<unknown>>();
  let kept: ReadonlyMap<string, () => Found<unknown>> | undefined;
  const holding = (project: Project): NonNullable<typeof kept> => {
    if (kept !== undefined) return kept;
    const held = new Map<string, () => Found<unknown>>();
    // who asks meanwhile, for a summary, finds what is held so far
    kept = held;
    readHolding(held, project, earlier());
    return kept;
  };

  return {
    had: (project, question) => fresh.get(question) ?? holding(project).get(question)?.(),
    note: (question, found) => void fresh.set(question, found),
    soFar(project) {
      const before = holding(project);
      return {
        isNew: fresh.size * 100 > (fresh.size + before.size) * mostAskedAgain,
        all() {
          const all = new Map(Array.from(before, ([question, recall]) => [question, recall()] as const));
          for (const [question, found] of fresh) all.set(question, found);
          const names = new Set([...all.values()].flatMap(({ uses }) => [...uses.summaries]));
          const summaries = [...names].flatMap((name) => {
            const said = summaryOf(project, name);
            return said === undefined ? [] : [[name, said] as const];
          });
          return { groups: grouped(all), summaries };
        },
      };
    },
  };
}

function readHolding(
  holding: Map<string, () => Found<unknown>>,
  project: Project,
  before: EarlierAnswers | undefined,
): void {
  if (before === undefined) return;
  const said = new Map(before.kept.summaries);
  const isSame = once((name) =>
    name === "tables" || name === "types"
      ? before.isSame(name)
      : said.has(name) && said.get(name) === summaryOf(project, name),
  );
  const isAffected = once(before.isAffected);
  // a summary may be made of answers that hang on none
  const groups = [...before.kept.groups].sort((a, b) => a.summaries.length - b.summaries.length);
  for (const group of groups) {
    if (group.files.some(isAffected) || !group.summaries.every(isSame)) continue;
    const uses = { files: new Set(group.files), summaries: new Set(group.summaries), isOpen: false };
    for (const [index, question] of group.questions.entries()) {
      let found: Found<unknown> | undefined;
      holding.set(question, () => (found ??= { value: group.answer(index), uses }));
    }
  }
}

/** Asks once for each name. */
export function once(ask: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? ask(name);
    known.set(name, found);
    return found;
  };
}

function* grouped(all: ReadonlyMap<string, Found<unknown>>): Iterable<AnswerGroup> {
  const groups = new Map<string, { readonly uses: Uses; readonly questions: string[]; readonly values: unknown[] }>();
  for (const [question, { value, uses }] of all) {
    const key = JSON.stringify([[...uses.files].sort(), [...uses.summaries].sort()]);
    const group = groups.get(key) ?? { uses, questions: [], values: [] };
    groups.set(key, group);
    group.questions.push(question);
    group.values.push(value);
  }
  for (const { uses, questions, values } of groups.values()) {
    yield {
      files: [...uses.files],
      summaries: [...uses.summaries],
      questions,
      answer: (index) => values[index],
    };
  }
}
