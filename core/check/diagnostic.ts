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

/** What a run of a real QEMU said of a finding. */
export interface Verdict {
  readonly kind: "confirmed" | "not seen" | "cannot be shown";
  /** What was seen, or why no run can show it: a clause. */
  readonly ground: string;
  /** QEMU's own words. */
  readonly messages: readonly string[];
  /** The QEMU that ran: `10.0.2 (Debian 1:10.0.2+ds-2)`. */
  readonly binary: string;
  readonly target: string;
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
  /** What runs of real QEMUs said of it, where they are known. */
  readonly verdicts?: readonly Verdict[];
  /** Of all the targets that were asked for, those that it holds for; absent: it holds for each. */
  readonly targets?: readonly string[];
}
