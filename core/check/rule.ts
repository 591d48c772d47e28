import type { VMStateDescription } from "../vmstate/model";
import type { Diagnostic } from "./diagnostic";
import type { Project } from "../project/project";

export interface RuleContext {
  readonly project: Project;
  /** Only findings in this file are wanted; undefined: all of the tree. */
  readonly path: string | undefined;
  /** Descriptions to look at: those of `path`, or all. */
  readonly descriptions: readonly VMStateDescription[];
}

export interface Rule {
  /** Stable, kebab-case; docs/rules/<code>.md explains it. */
  readonly code: string;
  /** One sentence for lists and SARIF. */
  readonly summary: string;
  /** May report outside `path`; the caller filters. Never throws on any tree. */
  check(context: RuleContext): Iterable<Diagnostic>;
}

export function wants(context: RuleContext, file: string): boolean {
  return context.path === undefined || context.path === file;
}
