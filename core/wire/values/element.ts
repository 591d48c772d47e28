/** One element of a field: VMStateInfo.get and .put of migration/vmstate-types.c, and recursion into nested descriptions. */
import { type ByteReader, StreamFailure } from "../framing/bytes";
import { choose, type LoadContext, spend } from "./context";
import { pciFact } from "./infos/pci";
import { pointerMark, readPointerMark } from "./pointerMark";
import type { Scope, ScopeLink } from "./scope";
import type { InfoReading, WireDescription, WireElement, WireField } from "./schema";
import type { DescriptionState, FieldValue, TreeValue } from "./state";

/** @throws StreamFailure */
export function readElement(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  size: number | undefined,
  index: number,
): FieldValue {
  const { reader } = context;
  const { element } = field;
  switch (element.kind) {
    case "struct": {
      const versionId = element.versionId ?? element.description.versionId;
      const path = memberPath(field, index);
      return { kind: "struct", state: context.loadState(context, element.description, versionId, member(scope, path)) };
    }
    case "tmp": {
      // a state that is made up is the saver's, and put_tmp saves at the description's own version
      const versionId = context.blank === true ? element.description.versionId : field.versionId;
      return {
        kind: "struct",
        state: context.loadState(context, element.description, versionId, { kind: "same", parent: scope }),
      };
    }
    case "integer":
      return { kind: "integer", value: readInteger(context, scope, field, element, index) };
    case "buffer":
    case "unused":
      return { kind: "bytes", value: reader.raw(knownSize(context, scope, field, size)) };
    case "bitmap":
      return { kind: "bytes", value: reader.raw(Math.ceil(knownSize(context, scope, field, size) / 64) * 8) };
    case "nullptr": {
      const offset = reader.offset;
      if (reader.u8() !== pointerMark.absent)
        throw new StreamFailure("vmstate: get_nullptr expected VMS_NULLPTR_MARKER", offset);
      return { kind: "null" };
    }
    case "marker":
      return readPointerMark(reader) ? { kind: "integer", value: BigInt(pointerMark.present) } : { kind: "null" };
    case "list":
      return { kind: "list", elements: readList(context, scope, field, element.description) };
    case "tree":
      return readTree(context, scope, field, element);
    case "codec": {
      const reading = infoReading(context, scope, field, size, index);
      return element.codec.read(reader, reading);
    }
    case "opaque":
      return { kind: "opaque", value: reader.raw(opaqueSize(context, scope, field, size)), reason: element.reason };
  }
}

function memberPath(field: WireField, index: number): string | undefined {
  if (field.member === undefined) return undefined;
  return field.count.kind === "one" ? field.member.path : `${field.member.path}[${index}]`;
}

function member(parent: Scope, path: string | undefined): ScopeLink {
  return { kind: "member", parent, path };
}

/** A designator in what the field's info is of, seen from the field's struct. */
function placed(scope: Scope, field: WireField, index: number, place: string | undefined): ScopeLink {
  const own = field.isWhole === true ? "" : memberPath(field, index);
  if (own === undefined || place === undefined) return member(scope, undefined);
  if (own === "" && place === "") return { kind: "same", parent: scope };
  return member(scope, own === "" || place === "" ? own + place : `${own}.${place}`);
}

function knownSize(context: LoadContext, scope: Scope, field: WireField, size: number | undefined): number {
  if (size !== undefined) return Math.max(0, size);
  const known = context.hooks.layout?.size(scope.description, field, context.reader.offset);
  const what = `size of ${scope.description.name}/${field.name}`;
  if (known !== undefined) {
    context.told?.(what);
    return known;
  }
  return choose(context, { what, count: context.reader.remaining + 1, room: true, unit: 1 });
}

/** Candidates: the C type's size, then everything that is left, then each length from 0. */
function opaqueSize(context: LoadContext, scope: Scope, field: WireField, size: number | undefined): number {
  const { remaining, offset } = context.reader;
  const known = context.hooks.layout?.size(scope.description, field, offset);
  const what = `bytes of ${scope.description.name}/${field.name}`;
  if (known !== undefined) {
    context.told?.(what);
    return known;
  }
  const first = [...new Set([size ?? remaining, remaining])].filter((length) => length <= remaining);
  const picked = choose(context, { what, count: first.length + remaining + 1 });
  return first[picked] ?? picked - first.length;
}

function readInteger(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  element: Extract<WireElement, { kind: "integer" }>,
  index: number,
): bigint {
  const { reader, hooks } = context;
  const offset = reader.offset;
  const value = reader.integer(element.bytes, element.signed);
  if (context.strict === true && field.type === "bool" && value > 1n) {
    throw new StreamFailure(`${field.name} is ${value}, not 0 or 1`, offset);
  }
  if (element.check === "none") return value;
  const local = hooks.local?.(field, index, scope);
  if (local === undefined) return value;
  const failed =
    element.check === "equal"
      ? local !== value && `${hex(local, element.bytes)} != ${hex(value, element.bytes)}`
      : (value < 0n || value > local) && `Invalid value ${value} expecting positive value <= ${local}`;
  if (failed === false) return value;
  const failure = new StreamFailure(failed, offset);
  const hinted = field.errHint === undefined ? failure : failure.within(field.errHint);
  throw hinted.within(`Failed to load element of type ${field.type} for ${field.name}: -22`);
}

function hex(value: bigint, size: number): string {
  return BigInt.asUintN(size * 8, value).toString(16);
}

/** Lists deeper inside a made-up state are empty: an element may hold a list of its own kind. */
const blankLists = 4;

/** get_qtailq, get_qlist; a made-up list has one element, as put_qtailq saves it. */
function readList(context: LoadContext, scope: Scope, field: WireField, of: WireDescription): DescriptionState[] {
  if (context.blank === true) {
    const isInner = context.depth > blankLists;
    return isInner ? [] : [context.loadState(context, of, of.versionId, member(scope, undefined))];
  }
  checkListVersion(context.reader, field, of);
  const elements: DescriptionState[] = [];
  while (context.reader.u8() !== 0) {
    elements.push(context.loadState(context, of, field.versionId, member(scope, undefined)));
  }
  return elements;
}

function checkListVersion(reader: ByteReader, field: WireField, of: WireDescription): void {
  const wrong =
    field.versionId > of.versionId ? "too new" : field.versionId < of.minimumVersionId ? "too old" : undefined;
  if (wrong === undefined) return;
  throw new StreamFailure(`${of.name} ${wrong}`, reader.offset).within(
    `Failed to load element of type ${field.type} for ${field.name}: -22`,
  );
}

/** get_gtree */
function readTree(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  element: Extract<WireElement, { kind: "tree" }>,
): TreeValue {
  const { reader } = context;
  if (element.key !== undefined) checkListVersion(reader, field, element.key);
  checkListVersion(reader, field, element.value);
  const offset = reader.offset;
  const nodes = reader.u32();
  const entries: { key: bigint | DescriptionState; value: DescriptionState }[] = [];
  const load = (description: WireDescription) =>
    context.loadState(context, description, field.versionId, member(scope, undefined));
  while (reader.u8() !== 0) {
    if (entries.length >= nodes) break;
    const key = element.key === undefined ? reader.u64() : load(element.key);
    entries.push({ key, value: load(element.value) });
  }
  if (entries.length !== nodes) {
    throw new StreamFailure(`${field.name} inconsistent stream when loading the gtree`, offset);
  }
  return { kind: "tree", entries };
}

/** Of the device, as far as the stream or set-up code tells; a struct that the field does not lie in is another object. */
function integerAt(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  index: number,
  path: string,
  structName: string | undefined,
): bigint | undefined {
  const around = field.member?.structName;
  const own = field.isWhole === true ? "" : memberPath(field, index);
  if (structName === undefined ? own === undefined : structName !== around) return undefined;
  const whole = structName !== undefined || own === undefined || own === "" ? path : `${own}.${path}`;
  const value = scope.member(whole) ?? context.hooks.member?.({ structName: around ?? "", path: whole }, scope);
  return value?.kind === "integer" ? value.value : undefined;
}

function infoReading(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  size: number | undefined,
  index: number,
): InfoReading {
  return {
    field,
    size,
    dry: context.dry === true,
    spend: () => spend(context),
    settled: context.settled,
    fact: (expression) => (context.pciConfig === undefined ? undefined : pciFact(expression, context.pciConfig)),
    choose: (question) =>
      choose(context, { ...question, what: `${question.what} of ${scope.description.name}/${field.name}` }),
    likely: (path) => context.hooks.likely?.({ structName: "", path }, scope) ?? [],
    member: (path, structName) => integerAt(context, scope, field, index, path, structName),
    load: (description, versionId, place) => ({
      kind: "struct",
      state: context.loadState(context, description, versionId, placed(scope, field, index, place)),
    }),
    learn: (path, bits) => {
      const link = placed(scope, field, index, path);
      if (link.kind === "member" && link.path !== undefined) scope.learn(link.path, bits);
    },
    owner: context.hooks.owner,
    bus: context.hooks.bus,
  };
}
