/** What a stream holds, as rows that a page shows. */
import type { InspectedSection, Inspection } from "../core/wire/inspect";
import { shown } from "../core/wire/present";
import type { DescriptionState, FieldValue } from "../core/wire/state";
import type { InspectField, InspectNote, InspectSection } from "./protocol";

/** Beyond these a value is cut and says so: a page is for looking, `vmstate inspect` prints everything. */
const shownBytes = 48;
const shownElements = 256;

export function sectionRow(section: InspectedSection): InspectSection {
  const { event, level, orderProblem } = section;
  const decoding = shown(section);
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
    decodedBy: decoding?.ok !== true ? "nothing" : decoding === section.byDefinition ? "definitions" : "trailer",
    fields: decoding?.ok === true ? stateRows(decoding.state) : ramRows(section),
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

function stateRows(state: DescriptionState): readonly InspectField[] {
  return [
    ...state.fields.map(({ name, value, at }) => ({ ...row(name, value), ...at })),
    ...state.subsections.map((subsection) => ({
      name: subsection.name,
      text: `subsection, version ${subsection.versionId}`,
      children: stateRows(subsection),
    })),
  ];
}

function row(name: string, value: FieldValue): InspectField {
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
      return listed(name, value.elements, (element, index) => row(`[${index}]`, element));
    case "struct":
      return { name, text: value.state.name, children: stateRows(value.state) };
    case "list":
      return listed(name, value.elements, (element, index) => ({
        name: `[${index}]`,
        text: element.name,
        children: stateRows(element),
      }));
    case "tree":
      return listed(name, value.entries, ({ key, value: entry }, index) => ({
        name: typeof key === "bigint" ? integerText(key) : `[${index}]`,
        text: entry.name,
        children: stateRows(entry),
      }));
    case "record":
      return { name, text: "", children: value.members.map((member) => row(member.name, member.value)) };
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
