/** What a comparison is made of and what it says. */
import type { SourceRange } from "../c/range";
import type { WireDescription, WireField } from "../wire/values/schema";
import type { Difference } from "./align";
import type { Truth } from "./layout";

export type Verdict = "refused" | "wrong-values" | "defaults";
export type Direction = "old->new" | "new->old";

/** A tree, or a dump of one, as a side of the comparison. */
export interface Side {
  /** For messages: `v9.2.0`, a folder's name. */
  readonly label: string;
  /** Reports what is behind a refusal too. */
  readonly thorough?: boolean;
  /** False: how many elements arrays have is not known, so that sizes only compare field by field. */
  readonly counted?: boolean;
  /** What field_exists answers, where `saver` has written the stream; a dump does not know. */
  exists(field: WireField, description: WireDescription, versionId: number, saver: Side): Truth;
  /** How the version works out a value that loading compares; undefined where that is not seen. */
  derivation?(field: WireField, description: WireDescription): string | undefined;
  /** What the field's test function reads where it takes the object for another struct. */
  otherObject?(field: WireField, description: WireDescription): string | undefined;
  /** What pre_save always puts into a member, by its last name. */
  written?(member: string): bigint | undefined;
  /** What `.needed` answers. */
  needed(subsection: WireDescription): Truth;
  /** The device property behind the test function of a field or subsection; absent for a dump. */
  decision?(place: Place): Decision | undefined;
}

/** Why state is there, or not, on the machine type of the comparison. */
export interface Decision {
  /** A sentence. */
  readonly text: string;
  /** `dma_enabled` of `fw_cfg_io`. */
  readonly property: string;
  readonly driver: string;
  /** Set where a compat list could say something else and does not: the value that keeps the old behaviour. */
  readonly missing?: { readonly list: string; readonly value: string };
  /** Code of the device or of boards decides after the lists. */
  readonly byCode: boolean;
}

export interface Place {
  readonly description: WireDescription;
  readonly field: WireField | undefined;
  /** Where it is neither a field nor the table that decides, but code. */
  readonly at?: SourceRange;
}

export interface Finding {
  readonly verdict: Verdict;
  /** False: depends on the guest's state or on a function that could not be evaluated. */
  readonly certain: boolean;
  /** The bytes of a stream fit one way, and nothing says that the loader has it so. */
  readonly open?: true;
  /** A subsection or section that came, and is sent only if its needed function says so: how QEMU adds state. */
  readonly optional?: true;
  /** The minimum version was raised on purpose, together with the version. */
  readonly declared: boolean;
  readonly message: string;
  /** Bytes into the payload where the load goes wrong; undefined where not known. */
  readonly offset: number | undefined;
  /** Where to look on each side: the first field that differs, else the description. */
  readonly saver: Place | undefined;
  readonly loader: Place | undefined;
  /** What is saved but not expected, and the other way round. */
  readonly difference: Difference | undefined;
  readonly decision?: Decision;
}
