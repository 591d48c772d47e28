/** How the rules are run over a file or a tree. */
import { toTheEnd } from "../steps";
import { watch } from "../code/callGraph";
import type { Diagnostic } from "./diagnostic";
import type { Project } from "../project/project";
import { isSilenced } from "./silence";
import { rules } from "./rules/list";
import type { Rule, RuleContext } from "./rule";
import { answered } from "../project/answers";

export interface DiagnoseOptions {
  /** Rules whose findings are asked for, by their codes; the others are not run. Default: all. */
  readonly wanted?: (code: string) => boolean;
  /** Files whose findings are asked for; what is asked file by file is not asked of the others. Default: all. */
  readonly within?: ((file: string) => boolean) | undefined;
  /** Files that a rule is asked about by its code, each as `diagnoseFile` asks it; undefined: all. */
  readonly about?: ((code: string) => ReadonlySet<string> | undefined) | undefined;
  /** Told after each rule: how many are done, of how many. */
  readonly progress?: (done: number, total: number) => void;
  /** Asked before each rule; true stops, with what was found so far. */
  readonly cancelled?: () => boolean;
}

/** Findings in one file, in textual order. Dependencies across files count; comments that silence are honoured. */
export function diagnoseFile(
  project: Project,
  path: string,
  wanted?: DiagnoseOptions["wanted"],
): readonly Diagnostic[] {
  return toTheEnd(diagnoseFileInSteps(project, path, wanted));
}

/** The same, rule by rule. An edit of the tree between two steps makes the result worthless. */
export function* diagnoseFileInSteps(
  project: Project,
  path: string,
  wanted?: DiagnoseOptions["wanted"],
): Generator<void, readonly Diagnostic[]> {
  watch(project, path);
  const context: RuleContext = { project, path, descriptions: project.descriptionsIn(path) };
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    yield;
    if (wanted?.(rule.code) === false) continue;
    yield* rule.prepare?.(context) ?? [];
    for (const diagnostic of findingsOf(rule, context)) {
      if (diagnostic.range.file === path && !isSilenced(project, diagnostic)) found.push(diagnostic);
    }
  }
  return found.sort(byPlace);
}

/** Findings of the whole tree, by file and place. */
export function diagnoseProject(project: Project, options: DiagnoseOptions = {}): readonly Diagnostic[] {
  return run({ project, path: undefined, descriptions: [...project.descriptions()] }, options);
}

function run(context: RuleContext, options: DiagnoseOptions): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [done, rule] of rules.entries()) {
    if (options.cancelled?.() === true) break;
    if (options.wanted?.(rule.code) === false) continue;
    for (const diagnostic of findingsFor(rule, context, options)) {
      if (options.within?.(diagnostic.range.file) === false) continue;
      if (!isSilenced(context.project, diagnostic)) found.push(diagnostic);
    }
    options.progress?.(done + 1, rules.length);
  }
  return found.sort(byPlace);
}

/** Files up to which a rule over the tree is asked of each alone. */
const mostAlone = 100;

function* findingsFor(rule: Rule, context: RuleContext, { within, about }: DiagnoseOptions): Iterable<Diagnostic> {
  const files = about?.(rule.code);
  if (files === undefined) return yield* findingsOf(rule, context, within);
  if (rule.byFile !== undefined) {
    yield* findingsOf(rule, context, (file) => files.has(file) && within?.(file) !== false);
    return;
  }
  const { project } = context;
  if (files.size > mostAlone) {
    for (const found of rule.check(context)) if (files.has(found.range.file)) yield found;
    return;
  }
  for (const path of files) {
    if (!project.has(path) || within?.(path) === false) continue;
    const one = { project, path, descriptions: project.descriptionsIn(path) };
    for (const found of rule.check(one)) if (found.range.file === path) yield found;
  }
}

function* findingsOf(rule: Rule, context: RuleContext, within?: DiagnoseOptions["within"]): Iterable<Diagnostic> {
  if (rule.byFile === undefined) return yield* rule.check(context);
  for (const path of filesOf(rule.byFile, context)) {
    if (within?.(path) === false) continue;
    const about = { project: context.project, path, descriptions: context.project.descriptionsIn(path) };
    yield* answered(context.project, `${rule.code} ${path}`, path, () => [...rule.check(about)]);
  }
}

function filesOf(byFile: NonNullable<Rule["byFile"]>, { project, path, descriptions }: RuleContext): Iterable<string> {
  if (path !== undefined) return [path];
  return byFile === true ? new Set(descriptions.map(({ file }) => file)) : byFile(project);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.range.file !== b.range.file) return a.range.file < b.range.file ? -1 : 1;
  return a.range.start - b.range.start || (a.code < b.code ? -1 : 1);
}
