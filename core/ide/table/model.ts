import type { SourceRange } from "../../c/range";

export interface ProposedField {
  readonly member: string;
  readonly macro: string;
  /** `VMSTATE_UINT32(ctl, DemoState)` */
  readonly text: string;
}

export interface LeftOut {
  readonly member: string;
  readonly typeName: string;
  /** What speaks against it, as a clause: `a property sets it`. */
  readonly why: string;
  /** Where the member is declared, or where what speaks against it stands. */
  readonly range: SourceRange | undefined;
  /** The field that would save it all the same. */
  readonly field?: string;
}

/** The C of a table, in parts, for more fields between them. */
export interface TableText {
  /** Up to the last field, with its line break; a post_load before the table where it needs one. */
  readonly head: string;
  /** From the end of the list on, without a line break at its end. */
  readonly tail: string;
}

export interface ProposedTable extends TableText {
  readonly structName: string;
  readonly file: string;
  readonly symbol: string;
  /** Of the section, as the stream will have it. */
  readonly name: string;
  readonly fields: readonly ProposedField[];
  readonly leftOut: readonly LeftOut[];
}
