/**
 * From the model that core/vmstate reads out of C to a schema for the wire. What the text does not say stays open
 * (unknown counts and sizes, opaque elements): loading then asks, and decodePayload searches.
 */
import { behindPrefix } from "../c/words";
import type { DescriptionReference, VMStateDescription, VMStateField, VMStateInfo } from "../vmstate/model";
import { basicInfos, containerInfos, infoNames } from "../wire/values/infos/basic";
import type { ElementCount, ElementSize, WireDescription, WireElement, WireField } from "../wire/values/schema";

/** What compiling asks of a source tree; core/project's Project answers it. */
export interface DescriptionSource {
  resolve(reference: DescriptionReference): VMStateDescription | undefined;
  description(symbol: string, file: string): VMStateDescription | undefined;
  info(symbol: string, file: string): VMStateInfo | undefined;
}

/** An element for a VMStateInfo that is not one of migration/'s; undefined: bytes nobody knows. */
export type InfoElement = (symbol: string, file: string, info: VMStateInfo | undefined) => WireElement | undefined;

export interface Compiler {
  compile(description: VMStateDescription): WireDescription;
  /** By C symbol as seen from a file. */
  named(symbol: string, file: string): WireDescription | undefined;
}

export function createCompiler(source: DescriptionSource, infoElement: InfoElement = () => undefined): Compiler {
  const done = new Map<string, WireDescription>();

  function compile(description: VMStateDescription): WireDescription {
    const key = `${description.file} ${description.symbol}`;
    const known = done.get(key);
    if (known !== undefined) return known;
    const fields: WireField[] = [];
    const subsections: WireDescription[] = [];
    const compiled: WireDescription = {
      symbol: description.symbol,
      file: description.file,
      name: text(description.name, description.symbol),
      versionId: number(description.versionId) ?? 0,
      minimumVersionId: number(description.minimumVersionId) ?? 0,
      fields,
      subsections,
      hooks: hooksOf(description),
    };
    done.set(key, compiled);
    for (const field of description.fields) fields.push(compileField(field, fields.length));
    for (const reference of description.subsections) {
      const subsection = source.resolve(reference);
      if (subsection !== undefined) subsections.push(asSubsection(compile(subsection), reference));
    }
    return compiled;
  }

  function compileField(field: VMStateField, index: number): WireField {
    const flags = new Set(field.flagNames);
    const { file, start, end } = field.range;
    return {
      index,
      name: text(field.name, `field ${index}`),
      versionId: number(field.versionId) ?? 0,
      exists: existence(field),
      member: field.member,
      ...(isOfWhole(field) ? { isWhole: true } : {}),
      count: countOf(field, flags),
      size: sizeOf(field, flags),
      element: elementOf(field, flags),
      pointers: flags.has("ARRAY_OF_POINTER"),
      marked: flags.has("ARRAY_OF_POINTER_AUTO_ALLOC"),
      mustExist: flags.has("MUST_EXIST"),
      errHint: field.errHint?.known === true ? field.errHint.value : undefined,
      type: typeOf(field, flags),
      source: { file, start, end },
    };
  }

  /** Neither a member nor an offset is given. */
  function isOfWhole({ member, offset, info }: VMStateField): boolean {
    return member === undefined && info !== undefined && offset.known && offset.value === 0;
  }

  function elementOf(field: VMStateField, flags: ReadonlySet<string>): WireElement {
    if (!field.flags.known && field.flagNames.length === 0) {
      return { kind: "opaque", reason: `flags unknown: ${field.flags.reason}` };
    }
    const nested = field.vmsd === undefined ? undefined : source.resolve(field.vmsd);
    if (flags.has("STRUCT") || flags.has("VSTRUCT")) {
      if (nested === undefined) return { kind: "opaque", reason: `no description ${field.vmsd?.symbol ?? ""}` };
      const versionId = flags.has("STRUCT") ? undefined : number(field.structVersionId);
      return { kind: "struct", description: compile(nested), versionId };
    }
    const { info, inlineInfo } = field;
    if (inlineInfo !== undefined) {
      const element = infoElement("", inlineInfo.file, inlineInfo);
      return element ?? { kind: "opaque", reason: "the field's own VMStateInfo is made by C code" };
    }
    if (info === undefined) return { kind: "opaque", reason: "the field has no VMStateInfo" };
    const basic = basicInfos.get(info.symbol);
    if (basic !== undefined) return basic;
    const container = containerInfos.get(info.symbol);
    if (container !== undefined) {
      if (nested === undefined) return { kind: "opaque", reason: `no description ${field.vmsd?.symbol ?? ""}` };
      return containerOf(container, field, nested);
    }
    const object = source.info(info.symbol, info.range.file);
    return (
      infoElement(info.symbol, info.range.file, object) ?? {
        kind: "opaque",
        reason: `the bytes of ${info.symbol} are made by C code`,
      }
    );
  }

  /** A tree's key description is the one behind its value's: `.vmsd = array`, value [0], key [1]. */
  function containerOf(
    container: "tmp" | "list" | "tree",
    field: VMStateField,
    nested: VMStateDescription,
  ): WireElement {
    if (container !== "tree") return { kind: container, description: compile(nested) };
    const value = compile(nested);
    if (number(field.start) === 0) return { kind: "tree", key: undefined, value };
    const symbol = nested.symbol.endsWith("[0]") ? `${nested.symbol.slice(0, -3)}[1]` : nested.symbol;
    const key = symbol === nested.symbol ? undefined : source.description(symbol, nested.file);
    if (key === undefined) return { kind: "opaque", reason: `no description for the keys of ${nested.symbol}` };
    return { kind: "tree", key: compile(key), value };
  }

  function typeOf(field: VMStateField, flags: ReadonlySet<string>): string {
    if (flags.has("STRUCT")) return "struct";
    if (flags.has("VSTRUCT")) return "vstruct";
    if (field.inlineInfo !== undefined) return text(field.inlineInfo.name, "unknown");
    if (field.info === undefined) return "unknown";
    const { symbol, range } = field.info;
    const fallback = infoNames.get(symbol) ?? behindPrefix(symbol, "vmstate_info_");
    return text(source.info(symbol, range.file)?.name, fallback);
  }

  return {
    compile,
    named(symbol, file) {
      const found = source.description(symbol, file);
      return found && compile(found);
    },
  };
}

/** Before QEMU 2.4 the list of subsections held the needed functions. */
function asSubsection(compiled: WireDescription, { needed }: DescriptionReference): WireDescription {
  return needed === undefined ? compiled : { ...compiled, hooks: { needed: needed.name, ...compiled.hooks } };
}

/** The predicate, or for a field under an undecided #if the condition's text. */
function existence(field: VMStateField): string | undefined {
  if (field.fieldExists !== undefined) return field.fieldExists.name;
  return field.condition === undefined ? undefined : `#if ${field.condition}`;
}

function countOf(field: VMStateField, flags: ReadonlySet<string>): ElementCount {
  if (flags.has("ARRAY")) {
    return field.num.known ? { kind: "fixed", count: field.num.value } : { kind: "unknown", reason: field.num.reason };
  }
  const variable = ["VARRAY_INT32", "VARRAY_UINT32", "VARRAY_UINT16", "VARRAY_UINT8"].some((flag) => flags.has(flag));
  if (variable) {
    const multiply = flags.has("MULTIPLY_ELEMENTS") ? (number(field.num) ?? 1) : 1;
    return { kind: "member", member: field.numMember, multiply };
  }
  return { kind: "one" };
}

function sizeOf(field: VMStateField, flags: ReadonlySet<string>): ElementSize {
  if (flags.has("VBUFFER")) {
    const multiply = flags.has("MULTIPLY") ? (number(field.size) ?? 1) : 1;
    return { kind: "member", member: field.sizeMember, multiply };
  }
  return field.size.known ? { kind: "fixed", size: field.size.value } : { kind: "unknown", reason: field.size.reason };
}

function hooksOf(description: VMStateDescription): WireDescription["hooks"] {
  const { hooks } = description;
  const names: [keyof WireDescription["hooks"], string | undefined][] = [
    ["pre_load", hooks.pre_load_errp?.name ?? hooks.pre_load?.name],
    ["post_load", hooks.post_load_errp?.name ?? hooks.post_load?.name],
    ["pre_save", hooks.pre_save_errp?.name ?? hooks.pre_save?.name],
    ["post_save", hooks.post_save?.name],
    ["needed", hooks.needed?.name],
  ];
  return Object.fromEntries(names.filter(([, name]) => name !== undefined));
}

function number(value: { readonly known: boolean; readonly value?: number } | undefined): number | undefined {
  return value?.known === true ? value.value : undefined;
}

function text(value: { readonly known: boolean; readonly value?: string } | undefined, fallback: string): string {
  return value?.known === true ? (value.value ?? fallback) : fallback;
}
