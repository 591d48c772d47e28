/** Bytes that a table takes in the stream, as far as they are fixed. */
import type { LoadableProject } from "../../project";
import { createCompiler } from "../../putcode/compile";
import { basicInfos, containerInfos } from "../../wire/values/infos/basic";
import type { WireDescription, WireElement, WireField } from "../../wire/values/schema";
import type { VMStateDescription, VMStateField } from "../../vmstate/model";

export type WireSize =
  | { readonly kind: "fixed"; readonly bytes: number }
  /** Depends on state or on C code; `reason` completes "depends on …". */
  | { readonly kind: "variable"; readonly atLeast: number; readonly reason: string };

export interface FieldOnWire {
  readonly elementSize: WireSize;
  /** Elements, or what decides their number. */
  readonly count:
    | { readonly kind: "one" }
    | { readonly kind: "fixed"; readonly count: number }
    | { readonly kind: "variable"; readonly by: string };
  /** The whole field where it is sent. */
  readonly size: WireSize;
  /** VMStateInfo's name: `uint32`, `struct`. */
  readonly type: string;
}

export interface TableOnWire {
  readonly fields: readonly FieldOnWire[];
  /** All fields that are always sent, without subsections. */
  readonly size: WireSize;
}

const deepest = 12;

/** Whether all that decides about the bytes of a field is in files that the project has read. */
export function isReadWhole(project: LoadableProject, field: VMStateField): boolean {
  return !project.isPartial || isFound(project, field, new Set());
}

function isFound(project: LoadableProject, { vmsd, info }: VMStateField, seen: Set<VMStateDescription>): boolean {
  if (info !== undefined && !basicInfos.has(info.symbol) && !containerInfos.has(info.symbol))
    if (project.info(info.symbol, info.range.file) === undefined) return false;
  if (vmsd === undefined) return true;
  const nested = project.resolve(vmsd);
  if (nested === undefined || seen.has(nested)) return nested !== undefined;
  seen.add(nested);
  return nested.fields.every((each) => isFound(project, each, seen));
}

export function tableOnWire(project: LoadableProject, description: VMStateDescription): TableOnWire {
  const compiled = createCompiler(project).compile(description);
  return {
    fields: compiled.fields.map((field) => fieldOnWire(field, 0)),
    size: sumOf(compiled, compiled.versionId, 0),
  };
}

function fieldOnWire(field: WireField, depth: number): FieldOnWire {
  const elementSize = elementOnWire(field, field.element, depth);
  const { count } = field;
  if (field.mustExist) return { elementSize, count: { kind: "one" }, size: fixed(0), type: field.type };
  const base = { elementSize, type: field.type };
  switch (count.kind) {
    case "one":
      return { ...base, count, size: elementSize };
    case "fixed":
      return { ...base, count, size: times(elementSize, count.count) };
    case "member":
      return {
        ...base,
        count: { kind: "variable", by: count.member?.path ?? "another member" },
        size: { kind: "variable", atLeast: 0, reason: `the value of ${count.member?.path ?? "another member"}` },
      };
    case "unknown":
      return {
        ...base,
        count: { kind: "variable", by: count.reason },
        size: { kind: "variable", atLeast: 0, reason: `a length that is not known (${count.reason})` },
      };
  }
}

function elementOnWire(field: WireField, element: WireElement, depth: number): WireSize {
  if (field.pointers) return { kind: "variable", atLeast: 1, reason: "which pointers are NULL" };
  switch (element.kind) {
    case "integer":
      return fixed(element.bytes);
    case "nullptr":
    case "marker":
      return fixed(1);
    case "struct":
    case "tmp":
      return depth >= deepest
        ? { kind: "variable", atLeast: 0, reason: "deep nesting" }
        : sumOf(element.description, versionOf(element), depth + 1);
    case "buffer":
    case "unused":
      if (field.size.kind === "fixed") return fixed(field.size.size);
      return {
        kind: "variable",
        atLeast: 0,
        reason:
          field.size.kind === "member"
            ? `the value of ${field.size.member?.path ?? "another member"}`
            : field.size.reason,
      };
    case "bitmap":
      return { kind: "variable", atLeast: 0, reason: "the length of the bitmap" };
    case "list":
      return { kind: "variable", atLeast: 1, reason: "the length of the list" };
    case "tree":
      return { kind: "variable", atLeast: 4, reason: "the number of nodes" };
    case "codec":
      return { kind: "variable", atLeast: 0, reason: `what ${field.type} writes` };
    case "opaque":
      return { kind: "variable", atLeast: 0, reason: element.reason };
  }
}

/** VMS_VSTRUCT is saved and loaded at the version that it names. */
function versionOf(element: Extract<WireElement, { kind: "struct" | "tmp" }>): number {
  return (element.kind === "struct" ? element.versionId : undefined) ?? element.description.versionId;
}

function sumOf(description: WireDescription, versionId: number, depth: number): WireSize {
  let bytes = 0;
  let reason: string | undefined;
  for (const field of description.fields) {
    if (field.mustExist) continue;
    const { size } = fieldOnWire(field, depth);
    const least = size.kind === "fixed" ? size.bytes : size.atLeast;
    if (field.exists !== undefined) reason ??= field.exists.startsWith("#if") ? field.exists : `${field.exists}()`;
    else if (field.versionId <= versionId) bytes += least;
    if (size.kind === "variable") reason ??= size.reason;
  }
  return reason === undefined ? fixed(bytes) : { kind: "variable", atLeast: bytes, reason };
}

function fixed(bytes: number): WireSize {
  return { kind: "fixed", bytes };
}

function times(size: WireSize, count: number): WireSize {
  return size.kind === "fixed" ? fixed(size.bytes * count) : { ...size, atLeast: size.atLeast * count };
}

export function sizeText(size: WireSize): string {
  if (size.kind === "fixed") return bytesText(size.bytes);
  return size.atLeast === 0
    ? `depends on ${size.reason}`
    : `at least ${bytesText(size.atLeast)}, depends on ${size.reason}`;
}

export function bytesText(bytes: number): string {
  return `${bytes} byte${bytes === 1 ? "" : "s"}`;
}
