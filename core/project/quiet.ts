/**
 * Questions that had nothing for an answer, with what they looked at: most questions about most files have none, and need not
 * be asked again while all of that is as it was. What has an answer is always asked again, so that no place is out of date.
 */
import { summaryOf } from "./cache";
import type { Project, Quiet } from "./project";
import { createUses, type ModelSummary, noteFile, noteUses, type Uses, within } from "./uses";

/** Questions that looked at the same. */
export interface QuietGroup {
  readonly questions: readonly string[];
  readonly files: readonly string[];
  readonly summaries: readonly string[];
}

export interface KeptQuiet {
  readonly groups: readonly QuietGroup[];
  /** What each summary said. */
  readonly summaries: readonly (readonly [name: string, said: string])[];
}

/** Answers undefined, without computing, where it is known that there is nothing. `home`: the file that the question is about. */
export function unlessQuiet<T>(
  project: Project,
  question: string,
  home: string,
  compute: () => T,
  isNothing: (found: T) => boolean,
): T | undefined {
  const { quiet } = project;
  if (quiet === undefined) return compute();
  const known = quiet.had(project, question);
  if (known !== undefined) {
    noteUses(known);
    return undefined;
  }
  const uses = createUses();
  const found = within(uses, () => {
    noteFile(home);
    return compute();
  });
  if (!uses.isOpen && isNothing(found)) quiet.note(question, uses);
  return found;
}

/** What was kept, with what tells whether it holds. */
export interface EarlierQuiet {
  readonly kept: KeptQuiet;
  /** Whether something may be concluded of the file that was not. */
  isAffected(path: string): boolean;
  /** Whether all tables, or all types and registrations, say what they said. */
  isSame(models: ModelSummary): boolean;
}

export interface QuietStore extends Quiet {
  /** All that holds, with what came now; undefined where so little came that it need not be kept anew. */
  soFar(project: Project): KeptQuiet & { readonly isNew: boolean };
}

/** For each hundred questions: fewer are asked again each time rather than all of it written again. */
const mostAskedAgain = 10;

function once(ask: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? ask(name);
    known.set(name, found);
    return found;
  };
}

export function createQuietStore(earlier: () => EarlierQuiet | undefined): QuietStore {
  const groups = new Map<string, { readonly uses: Uses; readonly questions: Set<string> }>();
  let holding: Map<string, Uses> | undefined;
  let fresh = 0;
  let known = 0;

  const add = (questions: Iterable<string>, uses: Uses): void => {
    const key = `${[...uses.files].sort().join("\n")}\n\n${[...uses.summaries].sort().join("\n")}`;
    const group = groups.get(key) ?? { uses, questions: new Set() };
    groups.set(key, group);
    for (const each of questions) group.questions.add(each);
  };

  /** Everything that was kept and still holds. */
  const holds = (project: Project): Map<string, Uses> => {
    if (holding !== undefined) return holding;
    holding = new Map();
    const before = earlier();
    if (before === undefined) return holding;
    const said = new Map(before.kept.summaries);
    const isSame = once((name) =>
      name === "tables" || name === "types"
        ? before.isSame(name)
        : said.has(name) && said.get(name) === summaryOf(project, name),
    );
    const isAffected = once(before.isAffected);
    for (const { questions, files, summaries } of before.kept.groups) {
      if (files.some(isAffected) || !summaries.every(isSame)) continue;
      const uses: Uses = { files: new Set(files), summaries: new Set(summaries), isOpen: false };
      for (const question of questions) holding.set(question, uses);
      add(questions, uses);
      known += questions.length;
    }
    return holding;
  };

  return {
    had: (project, question) => holds(project).get(question),
    note(question, uses) {
      add([question], uses);
      fresh++;
    },
    soFar(project) {
      holds(project);
      const names = new Set([...groups.values()].flatMap(({ uses }) => [...uses.summaries]));
      return {
        groups: Array.from(groups.values(), ({ uses, questions }) => ({
          questions: [...questions],
          files: [...uses.files],
          summaries: [...uses.summaries],
        })),
        summaries: [...names].flatMap((name) => {
          const said = summaryOf(project, name);
          return said === undefined ? [] : [[name, said] as const];
        }),
        isNew: fresh * 100 > (fresh + known) * mostAskedAgain,
      };
    },
  };
}
