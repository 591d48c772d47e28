/** VMStateDescription, VMStateField and VMStateInfo as evaluated from source. Spelled as in QEMU's include/migration/vmstate.h. */
import type { SourceRange } from "../c/range";
import type { Value } from "../c/value";

/** A C function named in an initialiser. `range` spans its name where it is used. */
export interface FunctionReference {
  readonly name: string;
  readonly range: SourceRange;
}

/** `&vmstate_x`: the symbol and where it is written. Resolve with Project.description. */
export interface DescriptionReference {
  readonly symbol: string;
  readonly range: SourceRange;
  /** Before QEMU 2.4 a list of subsections named the function beside each description. */
  readonly needed?: FunctionReference;
}

/** `offsetof(state, path)`: the place in a struct that a field saves. */
export interface MemberReference {
  readonly structName: string;
  /** Designator as written, without spaces: `regs`, `parent_obj.config`, `q[0].n`. */
  readonly path: string;
}

export const hookNames = [
  "pre_load",
  "pre_load_errp",
  "post_load",
  "post_load_errp",
  "pre_save",
  "pre_save_errp",
  "post_save",
  "needed",
  "dev_unplug_pending",
] as const;
export type HookName = (typeof hookNames)[number];

export interface VMStateDescription {
  /** C symbol: `vmstate_e1000e`. For a description made inside another initialiser, `<symbol>.<member>[i]`. */
  readonly symbol: string;
  readonly file: string;
  /** The whole definition; where a macro makes it, the macro's use. */
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  readonly name: Value<string>;
  readonly versionId: Value<number>;
  readonly minimumVersionId: Value<number>;
  readonly unmigratable: Value<boolean>;
  readonly earlySetup: Value<boolean>;
  /** As written, with its value; undefined where the initialiser does not set it. */
  readonly priority: PrioritySetting | undefined;
  readonly hooks: Readonly<Partial<Record<HookName, FunctionReference>>>;
  readonly fields: readonly VMStateField[];
  /** False: the list never ends in VMSTATE_END_OF_LIST (or a zeroed element, or VMS_END); undefined where there is no list to read. */
  readonly fieldsTerminated: boolean | undefined;
  readonly subsections: readonly DescriptionReference[];
  readonly subsectionsTerminated: boolean | undefined;
  /** Every designator of the initialiser, in order; one set twice occurs twice. */
  readonly members: readonly InitialisedMember[];
  /** Text of `#if` arms that could not be decided for the configuration. */
  readonly condition: string | undefined;
  /** Parts that could not be read, with reasons. */
  readonly unknowns: readonly { readonly what: string; readonly reason: string; readonly range: SourceRange }[];
}

export interface InitialisedMember {
  readonly name: string;
  /** The designator and its value, without the comma: `.priority = MIG_PRI_IOMMU`. */
  readonly range: SourceRange;
}

export interface PrioritySetting {
  /** Text as written: `MIG_PRI_IOMMU`. */
  readonly text: string;
  readonly value: Value<number>;
  /** The whole `.priority = X`. */
  readonly range: SourceRange;
}

export interface VMStateField {
  readonly name: Value<string>;
  readonly versionId: Value<number>;
  readonly structVersionId: Value<number>;
  /** Bytes of one element; for VMS_MULTIPLY the factor. */
  readonly size: Value<number>;
  readonly num: Value<number>;
  /** Byte offset of the first element in the state struct. */
  readonly offset: Value<number>;
  readonly member: MemberReference | undefined;
  /** Where the element count is held, for VARRAY flags. */
  readonly numMember: MemberReference | undefined;
  /** Where the byte count is held, for VBUFFER. */
  readonly sizeMember: MemberReference | undefined;
  readonly start: Value<number>;
  /** Bit set of VMS_ flags, in the values of the tree's own enum; test with Project.flag names via `flagNames`. */
  readonly flags: Value<number>;
  /** Names of the set flags without `VMS_`: `ARRAY`, `STRUCT`, `POINTER`. Empty where flags are unknown. */
  readonly flagNames: readonly string[];
  /** Symbol of the VMStateInfo: `vmstate_info_uint32`. undefined where the field has none. */
  readonly info: { readonly symbol: string; readonly range: SourceRange } | undefined;
  /** The VMStateInfo where it stands in the field itself: `.info = &(const VMStateInfo) { … }`. */
  readonly inlineInfo?: VMStateInfo | undefined;
  readonly vmsd: DescriptionReference | undefined;
  readonly fieldExists: FunctionReference | undefined;
  readonly errHint: Value<string> | undefined;
  /** The element in the table: `VMSTATE_UINT32(irr, IOAPICState)`. */
  readonly range: SourceRange;
  /** Outermost macro that made the field, or undefined for a braced element. */
  readonly macro: string | undefined;
  /** Undecided `#if` around the field. */
  readonly condition: string | undefined;
}

/** A `const VMStateInfo x = { .name, .get, .put }` of the tree. */
export interface VMStateInfo {
  readonly symbol: string;
  readonly file: string;
  readonly range: SourceRange;
  readonly name: Value<string>;
  /** `.get`, or since 11.1 `.load`. */
  readonly get: FunctionReference | undefined;
  /** `.put`, or since 11.1 `.save`. */
  readonly put: FunctionReference | undefined;
}
