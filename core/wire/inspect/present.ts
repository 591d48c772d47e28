/** Inspections as plain JSON data (the contract of `inspect --format json`) and as text for people. */
import { printable } from "../../printable";
import type { StreamError } from "../framing/bytes";
import type { RamSummary } from "../framing/events";
import type { Inspection, InspectedSection } from "./inspect";
import type { Decided, Decoding } from "../values/search";
import { jsonPieces } from "./jsonText";
import type { DescriptionState, FieldValue } from "../values/state";
import { TextBytes } from "../framing/textBytes";
import type { Json } from "./trailer";

type Members = { [key: string]: Json };

function errorJson({ unended, path, ...error }: StreamError): Json {
  return { ...error, path: path ?? null, ...(unended === undefined ? {} : { section: { ...unended } }) };
}

export function inspectionJson(inspection: Inspection): Json {
  const { header, configuration, trailer, error, warnings, commands } = inspection;
  return {
    header: header === undefined ? null : { offset: header.offset, size: header.size, version: header.version },
    configuration:
      configuration === undefined
        ? null
        : {
            offset: configuration.offset,
            size: configuration.size,
            machine: configuration.machine,
            ...given("targetPageBits", configuration.targetPageBits),
            ...given("capabilities", configuration.capabilities),
            ...given("uuid", configuration.uuid),
          },
    sections: inspection.sections.map(sectionJson),
    commands: commands.map(({ offset, size, name, data }) => ({ offset, size, name, data: hex(data) })),
    trailer: trailer === undefined ? null : { offset: trailer.offset, size: trailer.size, ...trailerSummary(trailer) },
    warnings: warnings.map(({ offset, message }) => ({ offset, message })),
    error: error === undefined ? null : errorJson(error),
  };
}

function trailerSummary({ content }: NonNullable<Inspection["trailer"]>): Members {
  return { pageSize: content?.pageSize ?? null, devices: content?.devices.size ?? null };
}

function given(name: string, value: Json | undefined): Members {
  return value === undefined ? {} : { [name]: value };
}

function sectionJson(section: InspectedSection): Json {
  const { event, level, orderProblem, byTrailer, byDefinition, differences } = section;
  const decoding = shown(section);
  const fits = fitted(decoding);
  const told = decoding?.ok === true ? [...decoding.told] : [];
  const failures = [byTrailer, byDefinition].flatMap((each) => (each?.ok === false ? [each.error] : []));
  return {
    offset: event.offset,
    size: event.size,
    kind: event.sectionKind,
    sectionId: event.sectionId,
    idstr: event.idstr,
    instanceId: event.instanceId,
    versionId: event.versionId,
    ...given("level", level?.name),
    ...given("orderProblem", orderProblem),
    payloadOffset: event.payloadOffset,
    payloadSize: event.payloadSize,
    decodedBy: decoding === undefined ? null : decoding === byDefinition ? "definitions" : "trailer",
    ...given(
      "description",
      decoding?.ok === true && decoding.schema.symbol !== "" ? decoding.schema.symbol : undefined,
    ),
    fields: decoding?.ok === true ? fieldsJson(decoding.state) : [],
    ...given("subsections", decoding?.ok === true ? decoding.state.subsections.map(stateJson) : undefined),
    ...given("ram", event.ram && ramJson(event.ram)),
    ...(event.guessedEnd ? { guessedEnd: true } : {}),
    ...(fits.length > 0 ? { fitted: fits.map(({ question, taken, of }) => ({ question, taken, of })) } : {}),
    ...(told.length > 0 ? { fromTrailer: told } : {}),
    ...(differences.length > 0 ? { differences } : {}),
    ...(failures.length > 0 ? { failures: failures.map(errorJson) } : {}),
  };
}

/** The decoding to show: the source's where it worked, else the trailer's. */
export function shown(section: InspectedSection): Decoding | undefined {
  return section.byDefinition?.ok === true ? section.byDefinition : section.byTrailer;
}

/** What nothing says and was taken so that the bytes fit, each question and answer once. */
function fitted(decoding: Decoding | undefined): readonly Decided[] {
  if (decoding?.ok !== true) return [];
  const all = new Map(decoding.decided.map((each) => [`${each.question}\n${each.taken}`, each]));
  return [...all.values()];
}

/** What of a section was taken only because its bytes fit then, in sentences. */
export function guesses(section: InspectedSection): readonly string[] {
  const { guessedEnd, ram } = section.event;
  return [
    ...(guessedEnd ? ["its end is where another section seems to begin: it has no footer"] : []),
    ...(ram?.guessedPageSize === true ? [`pages have ${ram.pageSize} bytes: the records fit with that`] : []),
    ...fitted(shown(section)).map(({ question, taken }) => `${question}: ${taken}, with which the bytes fit`),
  ];
}

function ramJson(ram: RamSummary): Json {
  return {
    pageSize: ram.pageSize,
    ...(ram.guessedPageSize ? { guessedPageSize: true } : {}),
    records: ram.records,
    blocks: ram.blocks.map((block) => ({
      name: block.name,
      length: number(block.length),
      ...given("pageSize", block.pageSize === undefined ? undefined : number(block.pageSize)),
      ...given("address", block.address === undefined ? undefined : number(block.address)),
    })),
    pages: ram.pages.map((pages) => ({ ...pages })),
  };
}

function fieldsJson(state: DescriptionState): Json[] {
  return state.fields.map(({ name, value, at }) => ({
    name,
    ...(at === undefined ? {} : { offset: at.offset, size: at.size }),
    value: valueJson(value),
  }));
}

function stateJson(state: DescriptionState): Json {
  return {
    name: state.name,
    versionId: state.versionId,
    fields: fieldsJson(state),
    ...(state.subsections.length > 0 ? { subsections: state.subsections.map(stateJson) } : {}),
  };
}

/** Integers beyond 2^53 become decimal text, bytes hexadecimal text, NULL null. */
function valueJson(value: FieldValue): Json {
  switch (value.kind) {
    case "integer":
      return number(value.value);
    case "bytes":
      return hex(value.value);
    case "opaque":
      return { bytes: hex(value.value), reason: value.reason };
    case "null":
      return null;
    case "array":
      return value.elements.map(valueJson);
    case "struct":
      return stateJson(value.state);
    case "list":
      return value.elements.map(stateJson);
    case "tree":
      return value.entries.map(({ key, value: entry }) => ({
        key: typeof key === "bigint" ? number(key) : stateJson(key),
        value: stateJson(entry),
      }));
    case "record":
      return Object.fromEntries(value.members.map((member) => [member.name, valueJson(member.value)]));
  }
}

function number(value: bigint): Json {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value.toString();
}

function hex(bytes: Uint8Array): string {
  const text = new TextBytes(2 * bytes.length);
  text.hex(bytes, 0, bytes.length, false);
  return text.finish();
}

/** `inspectionJson` as text, piece by piece and a section at a time; a newline ends it. `before`: members in front. */
export function* inspectionJsonText(inspection: Inspection, before: Members = {}): Generator<string> {
  const layout = { indent: 2, quote: JSON.stringify };
  const top = { ...before, ...(inspectionJson({ ...inspection, sections: [] }) as Members) };
  yield "{";
  let comma = "";
  for (const [key, value] of Object.entries(top)) {
    yield `${comma}\n  ${JSON.stringify(key)}: `;
    comma = ",";
    if (key === "sections" && inspection.sections.length > 0) {
      for (const [i, section] of inspection.sections.entries()) {
        yield i === 0 ? "[\n    " : ",\n    ";
        yield* jsonPieces(sectionJson(section), { ...layout, level: 2 });
      }
      yield "\n  ]";
    } else yield* jsonPieces(value, { ...layout, level: 1 });
  }
  yield "\n}\n";
}

/** One line a section, and below it one a field where `fields` is set. */
export function* inspectionText(inspection: Inspection, options: { readonly fields: boolean }): Generator<string> {
  for (const line of inspectionLines(inspection, options)) yield printable(line);
}

function* inspectionLines(inspection: Inspection, options: { readonly fields: boolean }): Generator<string> {
  const { configuration, sections, commands, trailer, warnings, error } = inspection;
  if (inspection.header !== undefined) yield `      0x0  stream version ${inspection.header.version}`;
  if (configuration !== undefined) {
    const extra = [
      ...(configuration.targetPageBits === undefined ? [] : [`target-page-bits ${configuration.targetPageBits}`]),
      ...(configuration.capabilities === undefined ? [] : [`capabilities ${configuration.capabilities.join(",")}`]),
      ...(configuration.uuid === undefined ? [] : [`uuid ${configuration.uuid}`]),
    ];
    yield `${at(configuration.offset)}  machine ${configuration.machine}${extra.map((text) => `, ${text}`).join("")}`;
  }
  const marks = [
    ...folded(sections).map((run) => ({
      offset: run[0].event.offset,
      lines: () => runLines(run, { ...options, withDefinitions: inspection.withDefinitions }),
    })),
    ...commands.map((command) => ({
      offset: command.offset,
      lines: () => [`${at(command.offset)}  command ${command.name}`],
    })),
  ].sort((a, b) => a.offset - b.offset);
  for (const mark of marks) yield* mark.lines();
  if (trailer !== undefined) yield `${at(trailer.offset)}  trailer, ${trailer.size} bytes`;
  for (const warning of warnings) yield `${at(warning.offset)}  warning: ${warning.message}`;
  if (error !== undefined) {
    yield `${at(error.offset)}  error: ${error.message}${error.path === undefined ? "" : ` (${error.path})`}`;
    for (const line of error.context) yield `${" ".repeat(11)}${line}`;
  }
}

type Run = readonly [InspectedSection, ...(readonly InspectedSection[])];

interface Shown {
  readonly fields: boolean;
  readonly withDefinitions: boolean;
}

/** Sections of live state that go on one behind the other without a page of RAM or a field: a dirty bitmap has thousands. */
function folded(sections: readonly InspectedSection[]): readonly Run[] {
  const runs: [InspectedSection, ...InspectedSection[]][] = [];
  for (const section of sections) {
    const { event } = section;
    const run = runs.at(-1);
    const last = run?.at(-1)?.event;
    const goesOn =
      last?.sectionKind === "part" &&
      event.sectionKind === "part" &&
      event.ram === undefined &&
      section.byTrailer?.ok !== false &&
      last.sectionId === event.sectionId &&
      last.offset + last.size === event.offset;
    if (run !== undefined && goesOn) run.push(section);
    else runs.push([section]);
  }
  return runs;
}

function* runLines(run: Run, shown: Shown): Generator<string> {
  const [first, ...others] = run;
  yield* sectionLines(first, shown);
  const last = others.at(-1);
  if (last === undefined) return;
  if (others.length > 2) {
    const between = others.slice(0, -1);
    const bytes = between.reduce((sum, { event }) => sum + event.size, 0);
    yield `${at(between[0]?.event.offset ?? 0)} ${String(bytes).padStart(10)}  ... ${between.length} more parts of ${first.event.idstr}`;
  } else for (const each of others.slice(0, -1)) yield* sectionLines(each, shown);
  yield* sectionLines(last, shown);
}

function* sectionLines(section: InspectedSection, { fields, withDefinitions }: Shown): Generator<string> {
  const { event, level, orderProblem, byTrailer, byDefinition, differences } = section;
  const levelText = level === undefined ? "" : ` ${level.name}`;
  yield `${at(event.offset)} ${String(event.size).padStart(10)}  ${event.sectionKind.padEnd(5)} ${String(event.sectionId).padStart(3)} ` +
    `${event.idstr} ${event.instanceId} v${event.versionId}${levelText}${ramText(event.ram)}`;
  if (orderProblem !== undefined) yield `    order: ${orderProblem}`;
  if (byTrailer?.ok === false) {
    const { offset, message } = byTrailer.error;
    const how = withDefinitions ? "" : "; --tree DIR, the source that wrote it, reads the section by its definitions";
    yield `    ${at(offset)}: the stream's own JSON does not fit: ${message}${how}`;
  }
  if (byDefinition?.ok === false) yield `    ${at(byDefinition.error.offset)}: ${byDefinition.error.message}`;
  for (const difference of differences) yield `    differs: ${difference}`;
  const decoding = shown(section);
  const guessed = guesses(section);
  const some = fields ? guessed : guessed.slice(0, fewest);
  for (const guess of some) yield `    guessed: ${guess}`;
  if (some.length < guessed.length) yield `    guessed: ${guessed.length - some.length} more (--fields shows them)`;
  if (fields && decoding?.ok === true && decoding.told.length > 0)
    yield `    by the stream's own JSON: ${decoding.told.join("; ")}`;
  if (fields && decoding?.ok === true) yield* stateLines(decoding.state, "    ");
}

/** Guesses of a section that are shown where its fields are not. */
const fewest = 4;

function ramText(ram: RamSummary | undefined): string {
  if (ram === undefined) return "";
  const blocks = ram.blocks.map((block) => `${block.name}=0x${block.length.toString(16)}`).join(" ");
  const pages = ram.pages.map((each) => `${each.block}: ${each.zero} zero ${each.normal} pages`).join(", ");
  return ` ${blocks}${pages}`;
}

function* stateLines(state: DescriptionState, indent: string): Generator<string> {
  for (const { name, value, at: place } of state.fields) {
    const where = place === undefined ? "" : `0x${place.offset.toString(16)}`;
    yield* valueLines(name, value, indent, where);
  }
  for (const subsection of state.subsections) {
    yield `${indent}[${subsection.name} v${subsection.versionId}]`;
    yield* stateLines(subsection, `${indent}  `);
  }
}

function* valueLines(name: string, value: FieldValue, indent: string, where: string): Generator<string> {
  const structs = value.kind === "array" && value.elements.some((element) => element.kind === "struct");
  if (value.kind === "struct") {
    yield `${indent}${name}:`;
    yield* stateLines(value.state, `${indent}  `);
  } else if (structs) {
    const placeOf = (i: number): string => {
      const offset = value.offsets?.[i];
      return offset === undefined ? (i === 0 ? where : "") : `0x${offset.toString(16)}`;
    };
    for (const [i, element] of value.elements.entries()) {
      yield* valueLines(`${name}[${i}]`, element, indent, placeOf(i));
    }
  } else if (value.kind === "record") {
    yield `${indent}${name}:`;
    for (const member of value.members) yield* valueLines(member.name, member.value, `${indent}  `, where);
  } else {
    const text = briefValue(value);
    yield `${indent}${name} = ${text}${where === "" ? "" : `  @${where}`}`;
  }
}

/** In one line; long bytes and arrays by their first ones. */
export function briefValue(value: FieldValue): string {
  if (value.kind === "integer") return value.value < 0n ? `${value.value}` : `0x${value.value.toString(16)}`;
  if (value.kind === "bytes" || value.kind === "opaque") {
    const text = hex(value.value.subarray(0, 24));
    return value.value.length > 24 ? `${text}... (${value.value.length} bytes)` : text === "" ? "(empty)" : text;
  }
  if (value.kind === "array") {
    const first = value.elements.slice(0, 8).map(briefValue).join(" ");
    return value.elements.length > 8 ? `[${first} ...] (${value.elements.length})` : `[${first}]`;
  }
  return JSON.stringify(valueJson(value));
}

function at(offset: number): string {
  return `0x${offset.toString(16)}`.padStart(9);
}
