export type TokenKind = "identifier" | "number" | "string" | "char" | "punctuator" | "directive";

/** One preprocessing token; a `directive` is a whole logical line and never leaves the preprocessor. After expansion it keeps where it was spelled and where in the read file it comes from. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** File and span of the spelling. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** White space or a comment stands before it. */
  readonly space: boolean;
  /** The outermost macro use that brought it, in the file being read; undefined where it stands there itself. */
  readonly use: MacroUse | undefined;
  /** Undecided `#if` around it, as text. */
  readonly condition: string | undefined;
  /** Met inside the expansion of the macro it names: never expanded again. */
  readonly painted: boolean;
}

/** `VMSTATE_UINT32(irr, IOAPICState)`: name and span of one outermost macro use. */
export interface MacroUse {
  readonly macro: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
