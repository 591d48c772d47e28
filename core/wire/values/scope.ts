/** What of one C struct has been loaded so far: counts, sizes and predicates are answered from it. */
import type { FieldState, FieldValue } from "./state";
import type { MemberBits, WireDescription, WireField } from "./schema";

/** How a scope hangs on the one around it. */
export type ScopeLink =
  /** A subsection or a WITH_TMP parent: the same object. */
  | { readonly kind: "same"; readonly parent: Scope }
  /** A member of the parent's struct; `path` is its designator, undefined where it is not known. */
  | { readonly kind: "member"; readonly parent: Scope; readonly path: string | undefined }
  | { readonly kind: "root" };

/** All that an integer of C has. */
export const allBits = (1n << 64n) - 1n;

export class Scope {
  readonly description: WireDescription;
  readonly versionId: number;
  readonly link: ScopeLink;
  readonly fields: FieldState[] = [];
  // A stream has many small structs, few with any of these.
  private decisions: Map<string, boolean> | undefined;
  private assumptions: Map<string, bigint> | undefined;
  private bits: Map<string, MemberBits> | undefined;
  private inner: Map<string, Scope> | undefined;
  private byPath: Map<string, FieldValue> | undefined;
  private subsections: Scope[] | undefined;
  private readonly asked: ((value: FieldValue) => void) | undefined;

  /** `asked`, of a root: told each loaded value that something was answered from, also in what hangs on this scope. */
  constructor(description: WireDescription, versionId: number, link: ScopeLink, asked?: (value: FieldValue) => void) {
    this.description = description;
    this.versionId = versionId;
    this.link = link;
    this.asked = link.kind === "root" ? asked : link.parent.asked;
    if (link.kind === "same") {
      link.parent.subsections ??= [];
      link.parent.subsections.push(this);
    } else if (link.kind === "member" && link.path !== undefined) {
      link.parent.inner ??= new Map();
      link.parent.inner.set(link.path, this);
    }
  }

  /** Predicates decided once hold for the object: key -> answer. */
  get decided(): Map<string, boolean> {
    this.decisions ??= new Map();
    return this.decisions;
  }

  /** A count picked before the member that holds it was loaded; it holds for the object. */
  assumed(path: string): bigint | undefined {
    return this.object.assumptions?.get(path);
  }

  assume(path: string, count: bigint): void {
    const { object } = this;
    object.assumptions ??= new Map();
    object.assumptions.set(path, count);
  }

  /** Bits of a member of the object that some code's own bytes told. */
  learn(path: string, bits: MemberBits): void {
    const { object } = this;
    object.bits ??= new Map();
    object.bits.set(path, bits);
  }

  /** What has been loaded of a member, or learned. */
  known(path: string): MemberBits | undefined {
    const value = this.integer(path);
    return value === undefined ? this.learned(path) : { value, mask: allBits };
  }

  private learned(path: string): MemberBits | undefined {
    const { link } = this;
    const own = this.bits?.get(path);
    if (own !== undefined || link.kind === "root") return own;
    if (link.kind === "same") return link.parent.learned(path);
    return link.path === undefined ? undefined : link.parent.learned(`${link.path}.${path}`);
  }

  /** The scope of the C object: subsections share their parent's. */
  get object(): Scope {
    return this.link.kind === "same" ? this.link.parent.object : this;
  }

  add(field: WireField, value: FieldValue, at: { offset: number; size: number }): void {
    this.fields.push({ index: field.index, name: field.name, value, at });
    if (field.member === undefined) return;
    this.byPath ??= new Map();
    this.byPath.set(field.member.path, value);
  }

  /** Another value for what has been loaded from this description's own field. */
  replace(path: string, value: FieldValue): void {
    const before = this.byPath?.get(path);
    const at = this.fields.findIndex((each) => each.value === before);
    const field = this.fields[at];
    if (before === undefined || field === undefined) return;
    this.byPath?.set(path, value);
    this.fields[at] = { ...field, value };
  }

  /** Value of `path` in this struct, if it or something around it has been loaded. */
  member(path: string): FieldValue | undefined {
    const value = this.own(path);
    if (value === undefined) return this.outer(path);
    this.asked?.(value);
    return value;
  }

  integer(path: string): bigint | undefined {
    const value = this.member(path);
    return value?.kind === "integer" ? value.value : undefined;
  }

  private own(path: string): FieldValue | undefined {
    const direct = this.byPath?.get(path);
    if (direct !== undefined) return direct;
    for (let cut = splitBefore(path, path.length); cut > 0; cut = splitBefore(path, cut)) {
      const head = path.slice(0, cut);
      const rest = path.slice(cut);
      const inner = this.inner?.get(head);
      if (inner !== undefined && rest.startsWith(".")) {
        const found = inner.own(rest.slice(1));
        if (found !== undefined) return found;
      }
      const value = this.byPath?.get(head);
      const index = /^\[(\d+)\]$/.exec(rest)?.[1];
      if (value?.kind === "array" && index !== undefined) return value.elements[Number(index)];
    }
    for (const subsection of this.subsections ?? []) {
      const found = subsection.own(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private outer(path: string): FieldValue | undefined {
    const link = this.link;
    if (link.kind === "same") return link.parent.member(path);
    if (link.kind === "member" && link.path !== undefined) return link.parent.member(`${link.path}.${path}`);
    return undefined;
  }
}

/** Last place before `end` where a designator can be cut: at `.` or `[`. 0: none. */
function splitBefore(path: string, end: number): number {
  for (let i = end - 1; i > 0; i--) if (path[i] === "." || path[i] === "[") return i;
  return 0;
}
