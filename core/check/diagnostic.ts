import type { SourceRange } from "../c/range";

/** error: QEMU refuses the stream or corrupts state. warning: works by accident, or a known trap. */
export type Severity = "error" | "warning" | "information" | "hint";

export interface Related {
  readonly range: SourceRange;
  readonly message: string;
}

/** A mechanical fix: replace `range` by `text`. */
export interface Edit {
  readonly range: SourceRange;
  readonly text: string;
}

export interface QuickFix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

export interface Diagnostic {
  /** Stable kebab-case code with a page in docs/rules/. */
  readonly code: string;
  readonly severity: Severity;
  readonly range: SourceRange;
  readonly message: string;
  readonly related: readonly Related[];
  /** `related` are many of one kind, the one that the message names first: a few of them tell enough. */
  readonly isList?: true;
  readonly fixes: readonly QuickFix[];
}
