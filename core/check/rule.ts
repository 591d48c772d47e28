import type { SourceRange } from "../c/range";
import type { VMStateDescription } from "../vmstate/model";
import type { Diagnostic, QuickFix, Related, Severity } from "./diagnostic";
import type { Project } from "../project/project";
import { isUnmigratable } from "./tables";

export interface RuleContext {
  readonly project: Project;
  /** Only findings in this file are wanted; undefined: all of the tree. */
  readonly path: string | undefined;
  /** Descriptions to look at: those of `path`, or all. */
  readonly descriptions: readonly VMStateDescription[];
}

/** Folders of core/check/rules, each with what its rules are about. */
export const ruleGroups = {
  order: "who has to load before whom",
  hooks: "what load and save hooks do, or leave undone",
  tables: "how a table is put together: lists, versions, names, subsections",
  fields: "a field and the member that it saves",
  untrusted: "values that a stream sets and code goes by",
  coverage: "state and devices that no stream holds",
} as const;

export type RuleGroup = keyof typeof ruleGroups;

/** Where a rule's finding stands and what it says; the rest has defaults. */
export interface Finding {
  /** A full sentence that says what happens and what to do. */
  readonly message: string;
  readonly range: SourceRange;
  /** Only where it is not the rule's own. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
  readonly fixes?: readonly QuickFix[];
}

export interface RuleDeclaration {
  /** Stable, kebab-case: names the rule's file, its test and docs/rules/<code>.md. */
  readonly code: string;
  /** The folder it stands in. */
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** Where findings differ: `warning where one is listed twice`. */
  readonly varies?: string;
  /** on: what it says is wrong. review: somebody has to judge. off: told only where a setting names it. */
  readonly default: "on" | "review" | "off";
  /** It says that something is nowhere in the tree: worth nothing where files of the tree can't be read. */
  readonly wholeTree?: true;
  /**
   * It is asked file by file, and not again of a file while all that it looked at is as it was: it answers by what the project and
   * the caches below it tell (core/project/uses.ts). Which files: those with tables, if not told.
   */
  readonly byFile?: true | ((project: Project) => Iterable<string>);
  /** It says what happens when the table is sent or loaded: in one that is unmigratable it is information. */
  readonly whenSent?: true;
  /** VMState's version that has it first; 0.2.0, the first of all, if not told. */
  readonly since?: string;
  /** Heads its page. */
  readonly title: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** What takes long of a check of one file, in steps: what it works out is kept, the check comes after it. */
  prepare?(context: RuleContext): Iterable<void>;
  /** May report outside `path`; the caller filters. Never throws on any tree. */
  check(context: RuleContext): Iterable<Finding>;
}

export interface Rule extends RuleDeclaration {
  check(context: RuleContext): Iterable<Diagnostic>;
}

/** A rule from what it declares: its findings get its code and severity. */
export function rule(declaration: RuleDeclaration): Rule {
  const { code, severity } = declaration;
  return {
    ...declaration,
    *check(context) {
      for (const found of declaration.check(context)) {
        const own = found.severity ?? severity;
        const isSerious = own === "error" || own === "warning";
        const isBlocked = isSerious && declaration.whenSent === true && isNeverSent(context.project, found.range);
        yield {
          code,
          severity: isBlocked ? "information" : own,
          range: found.range,
          message: isBlocked ? `${found.message} ${neverSent}` : found.message,
          related: found.related ?? [],
          fixes: found.fixes ?? [],
        };
      }
    },
  };
}

const neverSent = "For now the table is .unmigratable, and nothing of it is sent.";

/** In a table that no migration gets past. */
function isNeverSent(project: Project, { file, start }: SourceRange): boolean {
  const around = ({ range }: VMStateDescription): boolean =>
    range.file === file && range.start <= start && start < range.end;
  return project.descriptionsIn(file).some((each) => isUnmigratable(each) && around(each));
}

export function wants(context: RuleContext, file: string): boolean {
  return context.path === undefined || context.path === file;
}
