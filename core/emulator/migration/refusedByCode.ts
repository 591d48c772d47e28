/**
 * What a section's own code refuses of the bytes that are there, as vmstate_load_state (migration/vmstate.c) runs it: tests of fields,
 * hooks, and what reads a field. Only what hangs on nothing but the stream: all else in the device is not known here.
 */
import { SectionBytes, type StreamAnswer, type StreamCode, type StreamPlace } from "../../board";
import { hasName } from "../../c/words";
import { cachedByRevision } from "../../project/cache";
import type { LocatedFunction, Project } from "../../project/project";
import type { VMStateDescription, VMStateField, VMStateInfo } from "../../vmstate/model";
import type { DescriptionState, FieldState, FieldValue, StreamError, WireDescription } from "../../wire";
import { hookFailure, notHeld } from "../../wire/values/load";
import { subsectionOf, type WireField } from "../../wire/values/schema";
import { decoderOf } from "../schemas";
import { errnoNamed } from "./messages";

export interface RefusedByCode {
  readonly error: StreamError;
  /** The return by which it is refused. */
  readonly at: { readonly function: string; readonly file: string; readonly start: number } | undefined;
}

export interface SentSection {
  readonly schema: WireDescription;
  readonly state: DescriptionState;
  readonly payload: Uint8Array;
  /** Of the payload in the stream. */
  readonly offset: number;
}

/** Larger sections are not run: what they hold takes much more memory than their bytes. */
const mostBytes = 1 << 18;

/** undefined: it refuses nothing, or whether it does hangs on what the stream does not say. */
export function refusedByCode(project: Project, code: StreamCode, section: SentSection): RefusedByCode | undefined {
  if (section.payload.length > mostBytes) return undefined;
  const load = new CodeOfLoad(project, code, section);
  try {
    load.load(section.schema, section.state, () => load.root, []);
  } catch (error) {
    if (error instanceof Refused) return error.refused;
    throw error;
  }
  return undefined;
}

class Refused extends Error {
  constructor(readonly refused: RefusedByCode) {
    super(refused.error.message);
  }
}

type Levels = NonNullable<StreamError["fields"]>;

/** Asked for anew each time, for code that could not be followed leaves nothing that is known. */
type Place = () => StreamPlace | undefined;

interface Around {
  readonly levels: Levels;
  readonly offset: number;
}

class CodeOfLoad {
  root: StreamPlace | undefined;

  constructor(
    private readonly project: Project,
    private readonly code: StreamCode,
    private readonly section: SentSection,
  ) {
    this.forgetAll();
  }

  private forgetAll(): void {
    this.root = this.made(this.section.schema);
  }

  private made(schema: WireDescription): StreamPlace | undefined {
    const structName = structOf(schema);
    return structName === undefined ? undefined : this.code.place(structName, schema.file);
  }

  load(schema: WireDescription, state: DescriptionState, object: Place, above: Levels): void {
    this.hook("pre", schema, object, [], state, above);
    const held = new Map(state.fields.map((each) => [each.index, each]));
    for (const field of schema.fields) {
      const value = held.get(field.index);
      if (field.mustExist) this.test(schema, field, object, state, above);
      else if (value !== undefined) this.field(schema, field, value, object, above);
    }
    for (const each of state.subsections) {
      const subsection = subsectionOf(schema, each);
      if (subsection !== undefined) this.load(subsection, each, object, above);
    }
    this.hook("post", schema, object, [state.versionId], state, above);
  }

  private field(schema: WireDescription, field: WireField, held: FieldState, object: Place, above: Levels): void {
    const { value, at } = held;
    const levels = [{ description: schema.name, field: field.name }, ...above];
    const around = { levels, offset: at?.offset ?? this.section.offset };
    const own = this.infoOf(schema, field);
    const place: Place = field.isWhole === true ? object : () => placeOf(schema, field, object());
    const info = own === undefined || own.file.startsWith("migration/") ? undefined : own;
    const from = around.offset - this.section.offset;
    const bytes = new SectionBytes(this.section.payload, from, from + (at?.size ?? 0));
    if (value.kind !== "array" || field.count.kind === "one") {
      const isLed = value.kind !== "bytes" && (info === undefined || this.isPointer(schema, field));
      const led: Place = isLed ? () => ledTo(place()) : place;
      if (info === undefined) this.value(field, value, led, around);
      else if (!this.byInfo(schema, field, info, led, bytes, around)) this.within(value, around);
      return;
    }
    for (const [k, each] of value.elements.entries()) {
      const element: Place = () => {
        const at = place()?.element(k);
        return field.pointers ? at?.pointed() : at;
      };
      if (info === undefined) this.value(field, each, element, around);
      else if (!this.byInfo(schema, field, info, element, bytes, around)) return;
    }
  }

  private value(field: WireField, value: FieldValue, place: Place, { levels }: Around): void {
    const { element } = field;
    if (value.kind === "struct" && element.kind === "struct") {
      this.load(element.description, value.state, () => placeFor(element.description, place()), levels);
    } else if (value.kind === "struct" && element.kind === "tmp") {
      const made = this.made(element.description);
      this.load(element.description, value.state, () => made, levels);
      this.forgetAll();
    } else if (value.kind === "list" && element.kind === "list") {
      place()?.forget();
      for (const each of value.elements) {
        const made = this.made(element.description);
        this.load(element.description, each, () => made, levels);
      }
    } else if (value.kind === "integer") {
      const at = place();
      if (at?.put(value.value) !== true) at?.forget();
    } else if (value.kind === "bytes" && element.kind !== "unused") {
      const at = place();
      if (at?.putBytes(value.value) !== true) at?.forget();
    } else if (element.kind !== "unused") place()?.forget();
  }

  /** Tables that code loads which could not be followed. */
  private within(value: FieldValue, { levels }: Around): void {
    if (value.kind !== "record") return;
    for (const { value: inner } of value.members) {
      if (inner.kind !== "struct") continue;
      const [only, ...others] = tablesOf(this.project).get(inner.state.symbol) ?? [];
      if (only === undefined || others.length > 0) continue;
      const schema = decoderOf(this.project).compiler.compile(only);
      const made = this.made(schema);
      this.load(schema, inner.state, () => made, levels);
    }
  }

  /** VMSTATE_VALIDATE */
  private test(
    schema: WireDescription,
    field: WireField,
    object: Place,
    { versionId }: DescriptionState,
    above: Levels,
  ): void {
    const place = object();
    if (field.exists === undefined || place === undefined) return;
    const file = field.source?.file ?? schema.file;
    const answer = this.code.hook({ name: field.exists, file }, place, [versionId], false);
    if (answer.kind !== "returned" || answer.result !== 0) return;
    this.refuse(errorOf(notHeld(schema, field), this.section.offset, -1, above), field.exists, answer);
  }

  private hook(
    which: "pre" | "post",
    schema: WireDescription,
    object: Place,
    version: readonly number[],
    state: DescriptionState,
    above: Levels,
  ): void {
    const name = schema.hooks[`${which}_load`];
    const fn = name === undefined ? undefined : this.project.function(name, schema.file);
    const place = object();
    if (name === undefined) return;
    if (fn === undefined || place === undefined) return this.forgetAll();
    const isBool = givesBool(this.project, fn);
    const answer = this.code.hook({ name, file: schema.file }, place, version, isBool);
    const result = resultOf(answer, isBool);
    if (result === undefined) return this.forgetAll();
    if (result >= 0 || answer.kind !== "returned") return;
    const message = hookFailure(which, schema, (isBool ? answer.said : undefined) ?? result);
    const error = errorOf(message, endOf(state, this.section.offset), result, above);
    const isPrinted = !isBool && answer.said !== undefined;
    this.refuse(isPrinted ? { ...error, message: answer.said, context: [message] } : error, name, answer);
  }

  /** False where it could not be followed, so that nobody knows where the next element begins. */
  private byInfo(
    schema: WireDescription,
    field: WireField,
    info: VMStateInfo,
    place: Place,
    bytes: SectionBytes,
    { levels, offset }: Around,
  ): boolean {
    const { get } = info;
    const file = get === undefined ? "" : get.range.file || info.file || schema.file;
    const fn = get && this.project.function(get.name, file);
    const at = place();
    if (get === undefined || fn === undefined || at === undefined) {
      this.forgetAll();
      return false;
    }
    const isBool = givesBool(this.project, fn);
    const size = field.size.kind === "fixed" ? field.size.size : undefined;
    const answer = this.code.get({ name: get.name, file }, at, size, bytes, isBool);
    const result = resultOf(answer, isBool);
    if (result === undefined) {
      this.forgetAll();
      return false;
    }
    if (result >= 0 || answer.kind !== "returned") return true;
    const failed = `Failed to load element of type ${field.type} for ${field.name}: ${result}`;
    const error = errorOf(answer.said ?? failed, offset, result, levels);
    const told = answer.said === undefined ? { isSilent: true as const } : { context: [failed] };
    return this.refuse({ ...error, ...told }, get.name, answer);
  }

  private refuse(error: StreamError, name: string, answer: StreamAnswer): never {
    const at = answer.kind === "returned" ? answer.at : undefined;
    throw new Refused({ error, at: at && { function: name, ...at } });
  }

  private infoOf(schema: WireDescription, field: WireField): VMStateInfo | undefined {
    const own = this.written(schema, field);
    return own?.inlineInfo ?? (own?.info && this.project.info(own.info.symbol, own.info.range.file));
  }

  private isPointer(schema: WireDescription, field: WireField): boolean {
    return this.written(schema, field)?.flagNames.includes("POINTER") === true;
  }

  /** The field as its table has it. */
  private written(schema: WireDescription, { index }: WireField): VMStateField | undefined {
    return this.project.description(schema.symbol, schema.file)?.fields[index];
  }
}

/** It gives false where it refuses and sets an error, not a negative errno. */
function givesBool(project: Project, { file, definition: { start, nameStart } }: LocatedFunction): boolean {
  return hasName((project.text(file) ?? "").slice(start, nameStart), "bool");
}

/** By C symbol. */
const tablesOf = cachedByRevision((project) => {
  const tables = new Map<string, VMStateDescription[]>();
  for (const description of project.descriptions()) {
    const known = tables.get(description.symbol);
    if (known === undefined) tables.set(description.symbol, [description]);
    else known.push(description);
  }
  return tables;
});

/** What it returns as an errno, 0 or more where it takes all; undefined: not known. */
function resultOf(answer: StreamAnswer, isBool: boolean): number | undefined {
  if (answer.kind !== "returned") return undefined;
  if (isBool) return answer.result === 0 ? -22 : 0;
  return answer.result;
}

function errorOf(message: string, offset: number, result: number, fields: Levels): StreamError {
  const path = fields.toReversed().map(({ description, field }) => `${description}/${field}`);
  return { message, offset, context: [], errno: errnoNamed(-result), path: path.join("/"), fields };
}

function structOf({ fields }: WireDescription): string | undefined {
  return fields.find(({ member }) => member !== undefined)?.member?.structName;
}

function placeFor(description: WireDescription, place: StreamPlace | undefined): StreamPlace | undefined {
  const structName = structOf(description);
  return structName === undefined ? place : place?.as(structName, description.file);
}

function placeOf(
  { file }: WireDescription,
  { member }: WireField,
  object: StreamPlace | undefined,
): StreamPlace | undefined {
  return member && object?.as(member.structName, file)?.member(member.path);
}

function ledTo(place: StreamPlace | undefined): StreamPlace | undefined {
  return place?.isPointer === true ? place.pointed() : place;
}

/** Behind a state that begins there. */
function endOf({ fields, subsections }: DescriptionState, start: number): number {
  let end = start;
  for (const { at } of fields) if (at !== undefined) end = at.offset + at.size;
  for (const each of subsections) end = endOf(each, end + subsectionHead + each.name.length);
  return end;
}

/** A mark, the name's length and a version. */
const subsectionHead = 6;
