/** Places of memory that a stream is loaded into. */
import type { CType } from "../c/ctype";
import { scalarType } from "../c/resolve";
import { isRaw } from "./library/bytes";
import { forget } from "./run/forget";
import { placeOfMember } from "./run/members";
import { elementAt, isAggregate, load, read, store } from "./run/memory";
import type { Runner } from "./run/runner";
import { Arr, fromBigint, Ptr, Rec, type Unknown, type Value } from "./run/values";

const octet = scalarType("uint8_t", "unsigned char");

export class StreamPlace {
  constructor(
    private readonly runner: Runner,
    /** A pointer to it. */
    readonly at: Value,
    private readonly type: CType,
    /** Whence names are seen. */
    private readonly file: string,
    /** What is there before anything is loaded. */
    private readonly unset: Unknown,
  ) {}

  get isPointer(): boolean {
    return this.type.kind === "pointer";
  }

  /** What a pointer leads to: memory of its own, which nobody has written, where nothing is known. */
  pointed(): StreamPlace | undefined {
    const { type, at, unset } = this;
    if (type.kind !== "pointer") return undefined;
    const target = type.target();
    const known = load(at, type);
    if (isPlace(known)) return this.of(known, target);
    const made = new Arr(target, undefined);
    made.unwritten = unset;
    if (!store(at, made)) return undefined;
    return this.of(elementAt(made, 0, target), target);
  }

  /** Of an array, or of what a pointer to one leads to. */
  element(index: number): StreamPlace | undefined {
    const { type, at } = this;
    if (type.kind === "array") return this.of(elementAt(at, index, type.element), type.element);
    const base = this.pointed();
    return base?.of(elementAt(base.at, index, base.type), base.type);
  }

  /** `a.b[2].c` */
  member(path: string): StreamPlace | undefined {
    if (path.includes("->")) return undefined;
    let here: StreamPlace | undefined = this;
    for (const step of path.replaceAll("[", ".").replaceAll("]", "").split(".")) {
      if (here === undefined) return undefined;
      const index = Number(step);
      here = Number.isInteger(index) ? here.element(index) : here.named(step);
    }
    return here;
  }

  private named(name: string): StreamPlace | undefined {
    const places = this.type.kind === "record" ? placeOfMember(this.runner.types, this.type, name) : undefined;
    if (places === undefined) return undefined;
    let at = this.at;
    let { type } = this;
    for (const { key, type: inner } of places) {
      type = inner;
      if (key === undefined) continue;
      const struct = structAt(at);
      if (struct === undefined) return undefined;
      at = isAggregate(inner) ? read(struct, key, inner) : new Ptr(struct, key, inner);
    }
    return this.of(at, type);
  }

  /** The same memory as a struct of that name. */
  as(structName: string, file: string): StreamPlace | undefined {
    const struct = structAt(this.at);
    if (struct === undefined) return undefined;
    return new StreamPlace(this.runner, struct, structType(this.runner, structName, file), file, this.unset);
  }

  private of(at: Value, type: CType): StreamPlace | undefined {
    return isPlace(at) ? new StreamPlace(this.runner, at, type, this.file, this.unset) : undefined;
  }

  /** False where there is no place of such a value. */
  put(value: bigint): boolean {
    return !isAggregate(this.type) && !this.isPointer && store(this.at, fromBigint(value));
  }

  putBytes(bytes: Uint8Array): boolean {
    const to = this.isPointer ? this.pointed()?.at : this.at;
    if (to === undefined || !isRaw(to)) return false;
    return bytes.every((byte, k) => store(elementAt(to, k, octet), byte));
  }

  /** Nobody knows what is there. */
  forget(): void {
    const { at, unset } = this;
    if (!isAggregate(this.type)) store(at, unset);
    else if (at instanceof Rec) {
      for (const key of at.cells.keys()) if (typeof at.get(key) !== "object") at.set(key, unset);
      forget(at, undefined, unset);
    } else forget(at, undefined, unset);
  }
}

function isPlace(value: Value | undefined): value is Rec | Arr | Ptr {
  return value instanceof Rec || value instanceof Arr || value instanceof Ptr;
}

function structAt(value: Value): Rec | undefined {
  if (value instanceof Rec) return value;
  const inner =
    value instanceof Arr
      ? value.get(0)
      : value instanceof Ptr && value.holder instanceof Arr
        ? value.holder.get(Number(value.key))
        : value instanceof Ptr && value.holder instanceof Rec
          ? value.holder.get(String(value.key))
          : undefined;
  return inner instanceof Rec ? inner : undefined;
}

/** `State` of a typedef, or `struct State`. */
export function structType({ types, scope }: Runner, name: string, file: string): CType {
  const [kind, tag] = name.split(" ");
  const isTag = (kind === "struct" || kind === "union") && tag !== undefined;
  return isTag ? types.tagged(kind, tag, scope(file), scope(file)) : types.named(name, scope(file));
}
