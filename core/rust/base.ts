/**
 * What a Rust type gives a VMStateField: the constant BASE of the trait VMState, by the impls that the tree's own macros
 * make. Follows rust/migration/src/vmstate.rs (rust/qemu-api/src/vmstate.rs before 10.2).
 */
import { known, unknown, type Value } from "../c/value";
import { match } from "./associated";
import type { RustEvaluator } from "./evaluate";
import type { RustInvocation } from "./items";
import type { RustLayouts } from "./layout";
import { nameOf, type RustProgram, traitName } from "./program";
import { type Length, noGenerics, parseType, type RustType, type Span, typeText } from "./types";

export interface FieldBase {
  /** Asked when it is needed: what is bound to C takes the layouts of half the tree. */
  readonly size: () => Value<number>;
  readonly num: Value<number>;
  /** Without `VMS_`. */
  readonly flags: readonly string[];
  readonly info: string | undefined;
  readonly vmsd: BaseDescription | undefined;
  /** Flag of an array whose element count is of this type. */
  readonly countFlag: string | undefined;
}

/** A C symbol, or an expression of Rust that is or names a description. */
export type BaseDescription =
  | { readonly kind: "c"; readonly symbol: string }
  | { readonly kind: "rust"; readonly expression: Length; readonly owner: RustType };

interface Rule {
  readonly kind: "scalar" | "transparent" | "pointer" | "forward" | "bitsized" | "struct" | "c-struct";
  readonly file: string;
  readonly type: RustType;
  /** Of a scalar. */
  readonly info: string | undefined;
  /** Of a scalar that may count an array's elements. */
  readonly countFlag: string | undefined;
  /** Of a struct. */
  readonly description: Span | undefined;
}

const kinds: Readonly<Record<string, Rule["kind"]>> = {
  impl_vmstate_scalar: "scalar",
  impl_vmstate_transparent: "transparent",
  impl_vmstate_pointer: "pointer",
  impl_vmstate_forward: "forward",
  impl_vmstate_bitsized: "bitsized",
  impl_vmstate_struct: "struct",
  impl_vmstate_c_struct: "c-struct",
};

const deepest = 20;

export interface FieldBases {
  base(type: RustType): Value<FieldBase>;
}

export function createFieldBases(program: RustProgram, layouts: RustLayouts, evaluator: RustEvaluator): FieldBases {
  let rules: ReadonlyMap<string, readonly Rule[]> | undefined;
  const rulesFor = (name: string): readonly Rule[] => {
    rules ??= readRules(program);
    return rules.get(name) ?? [];
  };

  const sizeOf = (type: RustType) => (): Value<number> => {
    const layout = layouts.layout(type);
    return layout.known ? known(layout.value.size) : layout;
  };

  const base = (given: RustType, depth: number): Value<FieldBase> => {
    if (depth > deepest) return unknown(`${typeText(given)} holds itself`);
    const type = layouts.resolve(given);
    const inner = (each: RustType): Value<FieldBase> => base(each, depth + 1);
    if (type.kind === "array") {
      const element = inner(type.element);
      return element.known ? known(arrayOf(element.value, evaluator.integer(type.length))) : element;
    }
    if (type.kind === "pointer") return map(inner(type.target), pointerTo);
    if (type.kind !== "path") return unknown(`${typeText(type)} is no type that can be migrated`);
    const rule = ruleOf(type);
    return rule === undefined ? manual(type) : byRule(rule, type, inner);
  };

  /** The file's or crate's own rule where several types have one name. */
  const ruleOf = (type: RustType & { readonly kind: "path" }): Rule | undefined => {
    const found = rulesFor(nameOf(type));
    const own = program.struct(type);
    return found.find((rule) => program.struct(rule.type) === own) ?? (found.length === 1 ? found[0] : undefined);
  };

  const byRule = (
    rule: Rule,
    type: RustType & { readonly kind: "path" },
    inner: (type: RustType) => Value<FieldBase>,
  ): Value<FieldBase> => {
    const first = type.args[0];
    switch (rule.kind) {
      case "scalar": {
        const { info, countFlag } = rule;
        return known({ ...plain, size: sizeOf(type), flags: ["SINGLE"], info, countFlag });
      }
      case "transparent":
        return first === undefined
          ? unknown(`${typeText(type)} holds no type`)
          : map(inner(first), (held) => ({ ...held, size: sizeOf(type) }));
      case "pointer":
        return first === undefined ? unknown(`${typeText(type)} points to no type`) : map(inner(first), pointerTo);
      case "forward": {
        const member = layouts.member(type, ["0"]);
        return member === undefined
          ? unknown(`${typeText(type)} has no first member`)
          : map(inner(member.type), (held) => ({ ...held, countFlag: undefined }));
      }
      case "bitsized": {
        const size = layouts.layout(type);
        if (!size.known) return size;
        return inner({ kind: "path", file: rule.file, segments: [`u${size.value.size * 8}`], args: [] });
      }
      case "struct":
      case "c-struct": {
        const span = rule.description;
        if (span === undefined) return unknown(`no description is given for ${typeText(type)}`);
        const symbol = nameIn(program, span);
        const vmsd: BaseDescription | undefined =
          rule.kind === "struct"
            ? { kind: "rust", expression: { ...span, generics: noGenerics }, owner: type }
            : symbol === undefined
              ? undefined
              : { kind: "c", symbol };
        return known({ ...plain, size: sizeOf(type), flags: ["STRUCT"], vmsd });
      }
    }
  };

  /** `unsafe impl<T> VMState for X<T> { const BASE: VMStateField = VMStateField { vmsd: …, flags: … }; }` */
  const manual = (type: RustType): Value<FieldBase> => {
    for (const impl of program.implsOf(nameOf(type))) {
      if (traitName(impl) !== "VMState") continue;
      const generics = match(impl, type, program);
      const constant = program.constantsOf(impl).find((c) => c.name === "BASE");
      const list = program.file(impl.file)?.tokens.list ?? [];
      if (generics === undefined || constant === undefined) continue;
      for (let k = constant.value.start; k < constant.value.end; k++) {
        if (list[k]?.text !== "vmsd" || list[k + 1]?.text !== ":") continue;
        const expression = {
          file: impl.file,
          start: k + 2,
          end: elementEnd(program, impl.file, k, constant.value.end),
          generics,
        };
        return known({
          ...plain,
          size: sizeOf(type),
          flags: ["STRUCT"],
          vmsd: { kind: "rust", expression, owner: type },
        });
      }
      return unknown(`the VMState of ${typeText(type)} is written out and not read`);
    }
    return unknown(`${typeText(type)} has no VMState`);
  };

  return { base: (type) => base(type, 0) };
}

const plain: FieldBase = {
  size: () => known(0),
  num: known(0),
  flags: [],
  info: undefined,
  vmsd: undefined,
  countFlag: undefined,
};

function map(value: Value<FieldBase>, change: (base: FieldBase) => FieldBase): Value<FieldBase> {
  return value.known ? known(change(value.value)) : value;
}

/** with_pointer_flag */
function pointerTo(base: FieldBase): FieldBase {
  return { ...base, flags: [...base.flags, "POINTER"], countFlag: undefined };
}

/** with_array_flag */
function arrayOf(base: FieldBase, num: Value<number>): FieldBase {
  const toPointers = base.flags.includes("POINTER");
  const kept = base.flags.filter((flag) => flag !== "SINGLE" && flag !== "POINTER");
  const flags = [...kept, ...(toPointers ? ["ARRAY_OF_POINTER"] : []), "ARRAY"];
  return { ...base, num, flags, size: toPointers ? () => known(8) : base.size, countFlag: undefined };
}

function readRules(program: RustProgram): ReadonlyMap<string, readonly Rule[]> {
  const rules = new Map<string, Rule[]>();
  for (const file of program.files()) {
    for (const invocation of file.invocations) {
      const kind = kinds[invocation.name];
      const rule = kind === undefined ? undefined : ruleOf(program, kind, invocation);
      if (rule === undefined) continue;
      const name = nameOf(rule.type);
      const list = rules.get(name);
      if (list === undefined) rules.set(name, [rule]);
      else list.push(rule);
    }
  }
  return rules;
}

function ruleOf(program: RustProgram, kind: Rule["kind"], invocation: RustInvocation): Rule | undefined {
  const { file, arguments: span } = invocation;
  const parts = splitArguments(program, span);
  const at = kind === "scalar" ? parts[1] : parts[0];
  const tokens = program.file(file)?.tokens;
  if (at === undefined || tokens === undefined) return undefined;
  const { type } = parseType(tokens, file, at.start, at.end);
  const scalar = kind === "scalar";
  return {
    kind,
    file,
    type,
    info: scalar ? nameIn(program, parts[0]) : undefined,
    countFlag: scalar ? nameIn(program, parts[2])?.replace(/^VMS_/, "") : undefined,
    description: scalar ? undefined : parts[1],
  };
}

/** Last identifier of a span. */
function nameIn(program: RustProgram, span: Span | undefined): string | undefined {
  if (span === undefined) return undefined;
  const list = program.file(span.file)?.tokens.list ?? [];
  return list.slice(span.start, span.end).findLast((t) => t.kind === "identifier")?.text;
}

/** Parts between commas, outside brackets. */
export function splitArguments(program: RustProgram, span: Span): Span[] {
  const parts: Span[] = [];
  for (let k = span.start; k < span.end; ) {
    const end = elementEnd(program, span.file, k, span.end);
    if (end > k) parts.push({ file: span.file, start: k, end });
    k = end + 1;
  }
  return parts;
}

function elementEnd(program: RustProgram, file: string, start: number, end: number): number {
  const tokens = program.file(file)?.tokens;
  if (tokens === undefined) return end;
  let k = start;
  let angle = 0;
  for (; k < end; k++) {
    const text = tokens.list[k]?.text ?? "";
    if (text === "," && angle === 0) break;
    // `::<` and a type's `<`, never a comparison in a table
    if (text === "<") angle++;
    else if (text === ">" && angle > 0) angle--;
    else if (text === "(" || text === "[" || text === "{") k = Math.min(tokens.closing.get(k) ?? k, end);
  }
  return Math.min(k, end);
}
