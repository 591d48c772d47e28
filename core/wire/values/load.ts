/** vmstate_load_state and vmstate_subsection_load (migration/vmstate.c), on values instead of memory. */
import { attempt, type ByteReader, type Result, StreamFailure } from "../framing/bytes";
import { choose, type LoadContext, type LoadMode, spend } from "./context";
import { readElement } from "./element";
import { fixedSize } from "./fixed";
import { hasExpress } from "./infos/pci";
import type { LoadHooks } from "./hooks";
import { pointerMark, readPointerMark } from "./pointerMark";
import type { OpenTruth } from "./question";
import { Scope, type ScopeLink } from "./scope";
import { subsectionsNamed, type WireDescription, type WireField } from "./schema";
import type { DescriptionState, FieldValue } from "./state";

const subsectionMark = 0x05;
const maximumDepth = 64;
/** Elements that write nothing (empty structs) are not worth more in one load. */
const maximumEmptyElements = 65536;
/** Longer arrays of fixed-size elements are stepped over in a dry run. */
const dryElements = 32;

/**
 * Loads `description` at the reader's position as version `versionId`, leaving the reader behind it.
 * On error the reader stands where QEMU would have stopped; messages are QEMU 10.2's.
 */
export function loadDescription(
  reader: ByteReader,
  description: WireDescription,
  versionId: number,
  hooks: LoadHooks = {},
  mode: LoadMode = {},
): Result<DescriptionState> {
  const context = { reader, hooks, loadState, settled: new Map<string, bigint>(), depth: 0, empty: 0, ...mode };
  return attempt(() => loadState(context, description, versionId, { kind: "root" }));
}

/** The same inside core/wire: throws StreamFailure. */
function loadState(
  context: LoadContext,
  description: WireDescription,
  versionId: number,
  link: ScopeLink,
): DescriptionState {
  const { reader, hooks } = context;
  const fail = (message: string): never => {
    throw new StreamFailure(message, reader.offset).at(description.name);
  };
  if (versionId > description.versionId) {
    fail(
      `${description.name}: incoming version_id ${versionId} is too new for local version_id ${description.versionId}`,
    );
  }
  if (versionId < description.minimumVersionId) {
    fail(
      `${description.name}: incoming version_id ${versionId} is too old for local minimum version_id ` +
        `${description.minimumVersionId}`,
    );
  }
  if (context.depth >= maximumDepth) fail(`${description.name}: descriptions are nested deeper than ${maximumDepth}`);
  context.depth++;
  const scope = new Scope(description, versionId, link, context.asked);
  const before = hooks.preLoad?.(description, scope) ?? 0;
  if (before !== 0) fail(hookFailure("pre", description, before));
  try {
    for (const field of description.fields) loadField(context, scope, field);
    const subsections = context.blank === true ? blankSubsections(context, scope) : loadSubsections(context, scope);
    const after = hooks.postLoad?.(description, scope) ?? 0;
    if (typeof after === "string" || after < 0) fail(hookFailure("post", description, after));
    return { name: description.name, symbol: description.symbol, versionId, fields: scope.fields, subsections };
  } finally {
    context.depth--;
  }
}

/** QEMU's message since 10.1; `result` is what the hook returns, or its own message. */
export function hookFailure(which: "pre" | "post", of: WireDescription, result: number | string): string {
  const [name, version, minimum] =
    which === "pre" ? [`'${of.name}'`, of.versionId, "minimum version_id"] : [of.name, of.versionId, "minimum_version"];
  const tail = typeof result === "string" ? `: ${result}` : `, ret: ${result}`;
  return `${which} load hook failed for: ${name}, version_id: ${version}, ${minimum}: ${of.minimumVersionId}${tail}`;
}

/** What VMSTATE_VALIDATE says since 10.1. */
export function notHeld({ name, versionId }: WireDescription, field: WireField): string {
  return `Input validation failed: ${name}/${field.name} version_id: ${versionId}`;
}

function loadField(context: LoadContext, scope: Scope, field: WireField): void {
  const { reader } = context;
  if (!exists(context, scope, field)) {
    if (!field.mustExist) return;
    throw new StreamFailure(notHeld(scope.description, field), reader.offset, "EPERM");
  }
  if (field.mustExist) return;
  try {
    const { offset } = reader;
    const value = loadElements(context, scope, field);
    checkAssumption(context, scope, field, value);
    if (value.kind === "bytes" && field.name === "config" && scope.description.name === "PCIDevice") {
      context.pciConfig = value.value;
    }
    scope.add(field, value, { offset, size: reader.offset - offset });
  } catch (failure) {
    if (!(failure instanceof StreamFailure)) throw failure;
    const described =
      failure.error.errno === "EIO" && failure.error.path === undefined
        ? new StreamFailure(
            `Failed to load ${scope.description.name} state: stream error: -5`,
            failure.error.offset,
            "EIO",
          )
        : failure;
    throw described.inField(scope.description.name, field.name);
  }
}

/** vmstate_field_exists */
function exists(context: LoadContext, scope: Scope, field: WireField): boolean {
  if (field.exists === undefined) return field.versionId <= scope.versionId;
  const known = context.hooks.fieldExists?.(field.exists, field, scope);
  if (typeof known === "boolean") return known;
  if (field.mustExist) return true;
  const { key, negated } = known ?? { key: field.exists, negated: false };
  const { decided } = scope.object;
  let answer = decided.get(key);
  if (answer === undefined) {
    // What the stream does not describe may be a field that only this table has.
    const told = context.hooks.layout?.has(scope.description, field, context.reader.offset);
    const first = told !== false;
    const what = `whether ${scope.description.name}/${field.name} is there (${key.replaceAll("opaque->", "")})`;
    const isTold = told === true || (told === false && otherIsThere(context, scope, field, key, negated));
    if (isTold) context.told?.(what);
    const picked = isTold ? told : chosen(context, scope, field, what, { key, negated }, first);
    answer = picked !== negated;
    decided.set(key, answer);
  }
  return answer !== negated;
}

/** Where nothing else decides; `first` is tried first. */
function chosen(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  what: string,
  { key, negated }: OpenTruth,
  first: boolean,
): boolean {
  const isConfig = scope.description.name === "PCIDevice" && field.name === "config";
  const express = isConfig ? hasExpress(key, context.reader.ahead(0x100)) : undefined;
  if (express === true) return !negated;
  const preferred = express === undefined ? first : negated;
  const answers = preferred ? ["yes", "no"] : ["no", "yes"];
  const picked = choose(context, { what, count: 2, answers, ...(express === undefined ? {} : { presumed: true }) });
  return (picked === 0) === preferred;
}

/** Whether the stream describes, here, the field that is there where this one is not. */
function otherIsThere(context: LoadContext, scope: Scope, field: WireField, key: string, negated: boolean): boolean {
  const { fieldExists, layout } = context.hooks;
  return scope.description.fields.some((other) => {
    if (other === field || other.exists === undefined) return false;
    if (layout?.has(scope.description, other, context.reader.offset) !== true) return false;
    const truth = fieldExists?.(other.exists, other, scope);
    return typeof truth === "object" && truth.key === key && truth.negated !== negated;
  });
}

function loadElements(context: LoadContext, scope: Scope, field: WireField): FieldValue {
  const single = field.count.kind === "one";
  const count = elementCount(context, scope, field);
  const size = elementSize(context, scope, field);
  if (single) return loadElement(context, scope, field, size, 0);
  if (count === 0) spend(context);
  const elements: FieldValue[] = [];
  const offsets: number[] = [];
  const dry = context.dry === true && count > dryElements && !field.pointers ? drySize(field) : undefined;
  if (dry !== undefined) {
    context.reader.skip(count * dry);
    return { kind: "array", elements };
  }
  for (let i = 0; i < count; i++) {
    const start = context.reader.position;
    if (field.pointers) offsets.push(context.reader.offset);
    elements.push(loadElement(context, scope, field, size, i));
    if (context.reader.position === start && ++context.empty > maximumEmptyElements) {
      throw new StreamFailure(`${field.name}: ${count} elements that take no bytes`, context.reader.offset);
    }
  }
  return field.pointers ? { kind: "array", elements, offsets } : { kind: "array", elements };
}

/** Bytes of an element that a dry run may step over. */
function drySize({ element }: WireField): number | undefined {
  if (element.kind === "integer" && element.check === "none") return element.bytes;
  return element.kind === "struct" && element.versionId === undefined ? fixedSize(element.description) : undefined;
}

function loadElement(
  context: LoadContext,
  scope: Scope,
  field: WireField,
  size: number | undefined,
  index: number,
): FieldValue {
  spend(context);
  if (field.marked) {
    const isThere = context.blank === true ? false : readPointerMark(context.reader);
    return isThere ? readElement(context, scope, field, size, index) : { kind: "null" };
  }
  if (field.pointers && isNull(context, scope, field, index)) {
    const offset = context.reader.offset;
    if (context.reader.u8() !== pointerMark.absent) {
      throw new StreamFailure("vmstate: get_nullptr expected VMS_NULLPTR_MARKER", offset).within(
        `Failed to load element of type nullptr for ${field.name}: -22`,
      );
    }
    return { kind: "null" };
  }
  return readElement(context, scope, field, size, index);
}

function isNull(context: LoadContext, scope: Scope, field: WireField, index: number): boolean {
  const known = context.hooks.isNull?.(field, index, scope);
  if (known !== undefined) return known;
  if (context.reader.peek() !== pointerMark.absent) return false;
  const told = context.hooks.layout?.isNull(context.reader.offset);
  const what = `NULL in ${scope.description.name}/${field.name}[${index}]`;
  if (told !== undefined) {
    context.told?.(what);
    return told;
  }
  return choose(context, { what, count: 2, answers: ["yes", "no"] }) === 0;
}

/** vmstate_n_elems */
function elementCount(context: LoadContext, scope: Scope, field: WireField): number {
  const { count } = field;
  if (count.kind === "one") return 1;
  if (count.kind === "fixed") return Math.max(0, count.count);
  const path = count.kind === "member" ? count.member?.path : undefined;
  if (count.kind === "member" && count.member !== undefined) {
    const value = scope.member(count.member.path) ?? context.hooks.member?.(count.member, scope);
    if (value?.kind === "integer") return Math.max(0, Number(BigInt.asIntN(32, value.value * BigInt(count.multiply))));
  }
  const what = `elements of ${scope.description.name}/${field.name}`;
  const told =
    context.hooks.layout?.count(scope.description, field, context.reader.offset) ??
    (context.hooks.layout?.isEmpty(scope.description, context.reader.offset) === true ? 0 : undefined);
  if (told !== undefined) {
    context.told?.(what);
    return told;
  }
  const before = path === undefined ? undefined : scope.assumed(path);
  if (before !== undefined && count.kind === "member") return Number(before) * count.multiply;
  const each = count.kind === "member" ? Math.max(1, count.multiply) : 1;
  const most = Math.floor(context.reader.remaining / each);
  const good = count.kind === "member" && count.member ? context.hooks.likely?.(count.member, scope) : undefined;
  const likely = isAbsent(context, scope, field) ? [0, ...(good ?? [])] : good;
  const bytes = field.pointers ? undefined : drySize(field);
  const picked = choose(context, {
    what,
    count: most + 1,
    room: true,
    ...(likely === undefined ? {} : { likely }),
    ...(bytes === undefined ? {} : { unit: bytes * each }),
  });
  if (path !== undefined) scope.assume(path, BigInt(picked));
  return picked * each;
}

/** The stream's own description has no such field here: empty, or only in this table. */
function isAbsent({ hooks, reader }: LoadContext, { description }: Scope, field: WireField): boolean {
  return hooks.layout?.has(description, field, reader.offset) === false;
}

/** vmstate_size; undefined where only the codec knows. */
function elementSize(context: LoadContext, scope: Scope, field: WireField): number | undefined {
  const { size } = field;
  if (size.kind === "fixed") return size.size;
  if (size.kind === "unknown") return undefined;
  if (size.member === undefined) return undefined;
  const value = scope.member(size.member.path) ?? context.hooks.member?.(size.member, scope);
  if (value?.kind === "integer") return Number(BigInt.asIntN(32, value.value)) * size.multiply;
  const what = `size of ${scope.description.name}/${field.name}`;
  const told = context.hooks.layout?.size(scope.description, field, context.reader.offset);
  if (told !== undefined) {
    context.told?.(what);
    return told;
  }
  const before = scope.assumed(size.member.path);
  if (before !== undefined) return Number(before) * size.multiply;
  const unit = Math.max(1, size.multiply);
  const bits = field.element.kind === "bitmap" ? 8 : 1;
  const most = Math.floor((context.reader.remaining * bits) / unit);
  const good = context.hooks.likely?.(size.member, scope);
  const likely = isAbsent(context, scope, field) ? [0, ...(good ?? [])] : good;
  const picked = choose(context, {
    what,
    count: most + 1,
    room: true,
    ...(likely === undefined ? {} : { likely }),
    ...(bits === 1 ? { unit } : {}),
  });
  scope.assume(size.member.path, BigInt(picked));
  return picked * unit;
}

function checkAssumption(context: LoadContext, scope: Scope, field: WireField, value: FieldValue): void {
  if (field.member === undefined || value.kind !== "integer") return;
  const assumed = scope.assumed(field.member.path);
  if (assumed === undefined || assumed === value.value) return;
  throw new StreamFailure(
    `${scope.description.name}/${field.name} is ${value.value}, but the array it counts has ${assumed} elements`,
    context.reader.offset,
  );
}

/** Nested deeper, and where one table is reached by many ways, they would have no end. */
const blankDepth = 8;

/** Those of which a shape is known. */
function blankSubsections(context: LoadContext, scope: Scope): DescriptionState[] {
  if (context.depth > blankDepth) return [];
  return scope.description.subsections.flatMap((subsection) => {
    spend(context);
    const { depth } = context;
    const loaded = attempt(() => loadState(context, subsection, subsection.versionId, { kind: "same", parent: scope }));
    context.depth = depth;
    return loaded.ok ? [loaded.value] : [];
  });
}

/** vmstate_subsection_load: stops without complaint at a foreign name. */
function loadSubsections(context: LoadContext, scope: Scope): DescriptionState[] {
  const { reader } = context;
  const { description } = scope;
  const loaded: DescriptionState[] = [];
  while (reader.peek() === subsectionMark) {
    const length = reader.peek(1) ?? 0;
    if (length < description.name.length + 1 || length > reader.remaining - 2) break;
    spend(context);
    const start = reader.position;
    reader.skip(1);
    const name = reader.counted();
    if (!name.startsWith(description.name)) {
      reader.position = start;
      break;
    }
    // Of several with this name QEMU takes the first, though it may have sent another.
    const named = subsectionsNamed(description, name);
    const subsection = named[choose(context, { what: `the subsection ${name}`, count: named.length })];
    if (subsection === undefined) {
      reader.position = start;
      if (context.stopsAtUnknown === true) break;
      throw new StreamFailure(
        `VM subsection '${name}' in '${description.name}' does not exist`,
        reader.offset,
        "ENOENT",
      ).at(description.name);
    }
    try {
      // QEMU keeps one byte of it
      const versionId = Number(reader.integer(4, false) & 0xffn);
      loaded.push(loadState(context, subsection, versionId, { kind: "same", parent: scope }));
    } catch (failure) {
      if (!(failure instanceof StreamFailure)) throw failure;
      throw failure.within(`Loading VM subsection '${name}' in '${description.name}' failed`).at(description.name);
    }
  }
  return loaded;
}
