/** What a stream holds, as rows that a page shows. */
import type { InspectedSection, Inspection } from "../core/wire/inspect/inspect";
import { guesses, shown } from "../core/wire/inspect/present";
import type { DescriptionState, FieldValue } from "../core/wire/values/state";
import type { WireDescription, WireElement } from "../core/wire/values/schema";
import type { InspectField, InspectNote, InspectPlace, InspectSection } from "./protocol";

/** The line that an offset of a file's text stands in; undefined where the tree has no such file. */
export type PlaceOf = (file: string, offset: number) => InspectPlace | undefined;

interface Tables {
  readonly placeOf: PlaceOf | undefined;
  readonly tablePlace: (schema: WireDescription) => InspectPlace | undefined;
}

/** Beyond these a value is cut and says so: a page is for looking, `vmstate inspect` prints everything. */
const shownBytes = 48;
const shownElements = 256;

export function sectionRow(section: InspectedSection, tables?: Tables): InspectSection {
  const { event, level, orderProblem } = section;
  const decoding = shown(section);
  const place = decoding?.ok === true ? tables?.tablePlace(decoding.schema) : undefined;
  return {
    offset: event.offset,
    size: event.size,
    kind: event.sectionKind,
    sectionId: event.sectionId,
    idstr: event.idstr,
    instanceId: event.instanceId,
    versionId: event.versionId,
    level: level?.name ?? "",
    problem: orderProblem ?? "",
    symbol: decoding?.ok === true ? decoding.schema.symbol : "",
    ...(place === undefined ? {} : { place }),
    decodedBy: decoding?.ok !== true ? "nothing" : decoding === section.byDefinition ? "definitions" : "trailer",
    fields: decoding?.ok === true ? stateRows(decoding.state, decoding.schema, tables?.placeOf) : ramRows(section),
  };
}

function ramRows({ event }: InspectedSection): readonly InspectField[] {
  if (event.ram === undefined) return [];
  const { blocks, pages, records } = event.ram;
  return [
    { name: "records", text: String(records), children: [] },
    ...blocks.map((block) => ({ name: `block ${block.name}`, text: `${block.length} bytes`, children: [] })),
    ...pages.map(({ block, zero, normal, xbzrle, compressed }) => {
      const kinds = [`${normal} full`, `${zero} zero`, `${xbzrle} xbzrle`, `${compressed} compressed`];
      return {
        name: `pages of ${block}`,
        text: kinds.filter((kind) => !kind.startsWith("0 ")).join(", "),
        children: [],
      };
    }),
  ];
}

function stateRows(
  state: DescriptionState,
  schema: WireDescription | undefined,
  placeOf: PlaceOf | undefined,
): readonly InspectField[] {
  return [
    ...state.fields.map(({ index, name, value, at }) => {
      const held = schema?.fields[index];
      const field = held?.name === name ? held : undefined;
      const place = field?.source && placeOf?.(field.source.file, field.source.start);
      const own = { ...row(name, value, field?.element, placeOf), ...at };
      return { ...typed(own, value, field?.element), ...(place === undefined ? {} : { place }) };
    }),
    ...state.subsections.map((subsection) => ({
      name: subsection.name,
      text: `subsection, version ${subsection.versionId}`,
      children: stateRows(
        subsection,
        schema?.subsections.find((each) => each.name === subsection.name),
        placeOf,
      ),
    })),
  ];
}

/** A row whose bytes can be typed: the value is nothing but its bytes. So are the elements of an array of such. */
function typed(own: InspectField, value: FieldValue, element: WireElement | undefined): InspectField {
  const { offset, size } = own;
  if (offset === undefined || size === undefined || element === undefined) return own;
  if (value.kind === "integer" && element.kind === "integer" && size === element.bytes)
    return { ...own, typed: element.signed ? "signed" : "unsigned" };
  if (value.kind === "bytes" && element.kind === "buffer" && size === value.value.length && size <= shownBytes)
    return { ...own, typed: "bytes" };
  const each = element.kind === "integer" ? element.bytes : 0;
  if (value.kind !== "array" || each === 0 || size !== each * value.elements.length) return own;
  const children = own.children.map((child, i) =>
    typed({ ...child, offset: offset + each * i, size: each }, value.elements[i] ?? value, element),
  );
  return { ...own, children };
}

/** What the structs inside a value are described by. */
function nested(element: WireElement | undefined): WireDescription | undefined {
  if (element === undefined) return undefined;
  if ("description" in element) return element.description;
  return element.kind === "tree" ? element.value : undefined;
}

function row(
  name: string,
  value: FieldValue,
  element: WireElement | undefined,
  placeOf: PlaceOf | undefined,
): InspectField {
  switch (value.kind) {
    case "integer":
      return { name, text: integerText(value.value), children: [] };
    case "bytes":
      return { name, text: bytesText(value.value), children: [] };
    case "opaque":
      return { name, text: `${bytesText(value.value)} (${value.reason})`, children: [] };
    case "null":
      return { name, text: "NULL", children: [] };
    case "array":
      return listed(name, value.elements, (each, index) => row(`[${index}]`, each, element, placeOf));
    case "struct":
      return { name, text: value.state.name, children: stateRows(value.state, nested(element), placeOf) };
    case "list":
      return listed(name, value.elements, (each, index) => ({
        name: `[${index}]`,
        text: each.name,
        children: stateRows(each, nested(element), placeOf),
      }));
    case "tree":
      return listed(name, value.entries, ({ key, value: entry }, index) => ({
        name: typeof key === "bigint" ? integerText(key) : `[${index}]`,
        text: entry.name,
        children: stateRows(entry, nested(element), placeOf),
      }));
    case "record":
      return {
        name,
        text: "",
        children: value.members.map((member) => row(member.name, member.value, undefined, placeOf)),
      };
  }
}

function listed<T>(
  name: string,
  elements: readonly T[],
  one: (element: T, index: number) => InspectField,
): InspectField {
  const children = elements.slice(0, shownElements).map(one);
  const left = elements.length - children.length;
  const text = `${elements.length} elements${left > 0 ? `, the first ${shownElements} shown` : ""}`;
  return { name, text, children };
}

function integerText(value: bigint): string {
  return value > 9n ? `${value} (0x${value.toString(16)})` : value.toString();
}

function bytesText(value: Uint8Array): string {
  const digits = Array.from(value.subarray(0, shownBytes), (octet) => octet.toString(16).padStart(2, "0")).join(" ");
  return value.length > shownBytes ? `${digits} … ${value.length} bytes` : digits;
}

export function notesOf({ warnings, error, sections }: Inspection): readonly InspectNote[] {
  return [
    ...(error === undefined ? [] : [{ severity: "error" as const, offset: error.offset, text: error.message }]),
    ...sections.flatMap((section) =>
      guesses(section).map((text) => ({
        severity: "warning" as const,
        offset: section.event.offset,
        text: `${section.event.idstr}: guessed: ${text}`,
      })),
    ),
    ...warnings.map(({ offset, message }) => ({ severity: "warning" as const, offset, text: message })),
    ...sections.flatMap(({ event, differences }) =>
      differences.map((text) => ({
        severity: "warning" as const,
        offset: event.offset,
        text: `${event.idstr}: the tree and the stream disagree: ${text}`,
      })),
    ),
  ];
}
