/** The JSON of -dump-vmstate as a side of a comparison: names, versions and sizes, no types. */
import type { WireDescription, WireElement, WireField } from "../wire/values/schema";
import type { Entry, EntrySide } from "./entries";
import { sizedLeaf } from "./layout";

export interface DumpRead {
  readonly machine: string | undefined;
  readonly side: EntrySide;
}

const deepest = 60;

/** Undefined where the JSON is no dump. Members that are missing or of another kind count as absent. */
export function dumpSide(json: unknown, label: string): DumpRead | undefined {
  const top = record(json);
  if (top === undefined) return undefined;
  const entries: Entry[] = [];
  for (const [type, value] of Object.entries(top)) {
    const entry = type === "vmschkmachine" ? undefined : record(value);
    if (entry === undefined || !("version_id" in entry)) continue;
    const version = integer(entry["version_id"]);
    const inner = record(entry["Description"]);
    const description = describe(inner ?? { name: type, version_id: version }, label, 0);
    entries.push({
      types: [type],
      kind: "section",
      unmigratable: false,
      ...(version === undefined ? {} : { versionId: version }),
      description,
    });
  }
  if (entries.length === 0 && !("vmschkmachine" in top)) return undefined;
  const types = new Set(entries.flatMap((entry) => entry.types));
  return {
    machine: text(record(top["vmschkmachine"])?.["Name"]),
    side: {
      label,
      entries,
      complete: false,
      thorough: true,
      hasType: (name) => types.has(name),
      exists: (field) => (field.exists === undefined ? true : { key: "field_exists" }),
      needed: () => ({ key: "needed" }),
    },
  };
}

function describe(json: Record<string, unknown>, file: string, depth: number): WireDescription {
  const name = text(json["name"]) ?? "";
  const list = (key: "Fields" | "Subsections"): readonly Record<string, unknown>[] => {
    const values: unknown = json[key];
    if (depth >= deepest || !Array.isArray(values)) return [];
    return values.map(record).filter((each) => each !== undefined);
  };
  return {
    symbol: name,
    file,
    name,
    versionId: integer(json["version_id"]) ?? 0,
    minimumVersionId: integer(json["minimum_version_id"]) ?? 0,
    fields: list("Fields").map((each, index) => describeField(each, index, file, depth)),
    subsections: list("Subsections").map((each) => describe(each, file, depth + 1)),
    hooks: { needed: "needed" },
  };
}

function describeField(json: Record<string, unknown>, index: number, file: string, depth: number): WireField {
  const nested = record(json["Description"]);
  const size = integer(json["size"]);
  const num = integer(json["num"]);
  const element: WireElement =
    nested === undefined
      ? { kind: "opaque", reason: "a dump has no types" }
      : { kind: "struct", description: describe(nested, file, depth + 1), versionId: undefined };
  return {
    index,
    name: text(json["field"]) ?? `field ${index}`,
    versionId: integer(json["version_id"]) ?? 0,
    exists: json["field_exists"] === true ? "field_exists" : undefined,
    member: undefined,
    count: num === undefined ? { kind: "one" } : { kind: "fixed", count: num },
    size: size === undefined ? { kind: "unknown", reason: "not in the dump" } : { kind: "fixed", size },
    element,
    pointers: false,
    marked: false,
    mustExist: false,
    errHint: undefined,
    type: nested === undefined ? sizedLeaf : "struct",
    source: undefined,
  };
}

/** Dumps of QEMU before 8.2 have no array lengths: then those of the other side say nothing. */
export function withoutCounts(side: EntrySide): EntrySide {
  const strip = (description: WireDescription): WireDescription => ({
    ...description,
    fields: description.fields.map((field) => ({
      ...field,
      count: { kind: "one" },
      element:
        field.element.kind === "struct"
          ? { ...field.element, description: strip(field.element.description) }
          : field.element,
    })),
    subsections: description.subsections.map(strip),
  });
  return {
    ...side,
    counted: false,
    entries: side.entries.map((entry) => ({ ...entry, description: strip(entry.description) })),
  };
}

export function hasCounts(side: EntrySide): boolean {
  const counts = ({ fields, subsections }: WireDescription): boolean =>
    fields.some((f) => f.count.kind === "fixed" || (f.element.kind === "struct" && counts(f.element.description))) ||
    subsections.some(counts);
  return side.entries.some((entry) => counts(entry.description));
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function integer(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
