/** QOM types of Rust: `unsafe impl ObjectType for X`, its parent in `impl ObjectImpl`, its table in `impl DeviceImpl`. */
import type { SourceRange } from "../c/range";
import type { QomType } from "../qom/model";
import type { DescriptionReference } from "../vmstate/model";
import { functionIn, rangeOf } from "./fields";
import type { CSide, RustEvaluator } from "./evaluate";
import type { RustImpl } from "./items";
import { nameOf, type RustProgram, traitName } from "./program";
import type { Length, RustType } from "./types";

export interface RustQomReading {
  readonly program: RustProgram;
  readonly evaluator: RustEvaluator;
  readonly c: CSide;
  reference(expression: Length, owner: RustType, range: SourceRange): DescriptionReference | undefined;
}

/** Devices that the tree's Rust defines; what only binds a C type has no ObjectImpl and is left to C. */
export function rustTypes(reading: RustQomReading): QomType[] {
  const types: QomType[] = [];
  for (const file of reading.program.files()) {
    if (/(?:^|\/)tests\//.test(file.path)) continue;
    for (const impl of file.impls) {
      if (traitName(impl) !== "ObjectImpl" || impl.generics.length > 0) continue;
      const type = readType(impl, reading);
      if (type !== undefined) types.push(type);
    }
  }
  return types;
}

function readType(impl: RustImpl, reading: RustQomReading): QomType | undefined {
  const { program } = reading;
  const name = typeName(impl.self, reading);
  if (name === undefined) return undefined;
  const parent = program.constantsOf(impl).find((c) => c.kind === "type" && c.name === "ParentType");
  const list = program.file(impl.file)?.tokens.list ?? [];
  const at = list.findIndex(
    (t, k) => t.text === "ObjectImpl" && list[k + 1]?.text === "for" && list[k + 2]?.text === nameOf(impl.self),
  );
  const range: SourceRange = { file: impl.file, start: list[at]?.start ?? 0, end: list[at + 2]?.end ?? 0 };
  const device = implOf("DeviceImpl", impl, program);
  const realize = device === undefined ? undefined : program.constantsOf(device).find((c) => c.name === "REALIZE");
  const hook = realize === undefined ? undefined : functionIn(realize.value, new Map([["Self", impl.self]]), program);
  const description = device === undefined ? undefined : descriptionOf(device, reading);
  return {
    name,
    parent: parent === undefined ? undefined : typeName(parent.type, reading),
    abstract: false,
    interfaces: [],
    file: impl.file,
    range,
    classInit: undefined,
    instanceInit: undefined,
    instanceStruct: undefined,
    classSlots: hook === undefined ? [] : [{ classStruct: "DeviceClass", slot: "realize", value: hook }],
    descriptions:
      description === undefined ? [] : [{ classStruct: "DeviceClass", slot: "vmsd", reference: description }],
    condition: undefined,
  };
}

/** `const TYPE_NAME: &CStr` of the impl of ObjectType. */
function typeName(type: RustType, { program, evaluator }: RustQomReading): string | undefined {
  const constant = program.constant([nameOf(type), "TYPE_NAME"], type.kind === "path" ? type.file : "");
  if (constant === undefined) return undefined;
  const value = evaluator.string({ ...constant.value, generics: new Map([["Self", type]]) });
  return value.known && value.value !== "" ? value.value : undefined;
}

function implOf(trait: string, near: RustImpl, program: RustProgram): RustImpl | undefined {
  const found = program.implsOf(nameOf(near.self)).filter((impl) => traitName(impl) === trait);
  return found.find((impl) => impl.file === near.file) ?? found[0];
}

/** `const VMSTATE: Option<…> = Some(X)`, before 10.2 `fn vmsd() -> Option<…> { Some(&X) }`. */
function descriptionOf(device: RustImpl, reading: RustQomReading): DescriptionReference | undefined {
  const { program } = reading;
  const constant = program.constantsOf(device).find((c) => c.name === "VMSTATE");
  const span = constant?.value ?? program.functionsOf(device).find((f) => f.name === "vmsd")?.body;
  if (span === undefined) return undefined;
  const list = program.file(span.file)?.tokens.list ?? [];
  const some = list.findIndex((t, k) => k >= span.start && k < span.end && t.text === "Some");
  if (some === -1) return undefined;
  const inner = {
    file: span.file,
    start: some + 2,
    end: program.file(span.file)?.tokens.closing.get(some + 1) ?? span.end,
  };
  const expression = { ...inner, generics: new Map([["Self", device.self]]) };
  return reading.reference(expression, device.self, rangeOf(program, inner));
}
