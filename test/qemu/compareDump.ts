/** A real dump beside ours, counted: what is there, what is equal, what differs and why. */
import { type DumpedDescription, type DumpedField, typesIn } from "../../qemu/dump";

/** The same shape as printed by us: what is unknown is null. */
export interface OurDescription {
  readonly name: string | null;
  readonly version_id: number | null;
  readonly minimum_version_id: number | null;
  readonly Fields?: readonly OurField[];
  readonly Subsections?: readonly OurDescription[];
}

interface OurField {
  readonly field: string | null;
  readonly version_id: number | null;
  readonly field_exists: boolean;
  readonly num?: number | null;
  readonly size: number | null;
  readonly Description?: OurDescription;
  readonly unknown?: Readonly<Record<string, string>>;
}

export interface Comparison {
  /** Types of the real dump, and those of them that we print. */
  types: number;
  typesFound: number;
  /** Descriptions, fields and their equal parts; every occurrence counts. */
  descriptions: number;
  descriptionsEqual: number;
  fields: number;
  /** Name, version_id, field_exists, num and nesting equal. */
  fieldsEqual: number;
  sizesEqual: number;
  sizesUnknown: number;
  /** Names of the tables in which anything but sizes differs, the parts of an absent one not counted. */
  readonly tables: Set<string>;
  readonly differences: string[];
}

export function compareDumps(real: unknown, ours: Readonly<Record<string, unknown>>): Comparison {
  const result: Comparison = {
    types: 0,
    typesFound: 0,
    descriptions: 0,
    descriptionsEqual: 0,
    fields: 0,
    fieldsEqual: 0,
    sizesEqual: 0,
    sizesUnknown: 0,
    tables: new Set(),
    differences: [],
  };
  for (const [name, description] of typesIn(real)) {
    result.types++;
    const own = ours[name];
    if (own === undefined) result.differences.push(`${name}: no such type`);
    else result.typesFound++;
    compareDescription(description, descriptionOf(own), name, result);
  }
  return result;
}

function descriptionOf(type: unknown): OurDescription | undefined {
  return typeof type === "object" && type !== null && "Description" in type
    ? (type.Description as OurDescription)
    : undefined;
}

function compareDescription(
  real: DumpedDescription,
  ours: OurDescription | undefined,
  at: string,
  result: Comparison,
): void {
  const fields = real.Fields ?? [];
  const subsections = real.Subsections ?? [];
  const different: string[] = [];
  for (const key of ["name", "version_id", "minimum_version_id"] as const) {
    if (real[key] !== ours?.[key]) different.push(`${key} ${real[key]}, ours ${ours?.[key]}`);
  }
  if ((ours?.Fields ?? []).length !== fields.length) {
    different.push(
      `fields ${fields.map((f) => f.field).join()}, ours ${(ours?.Fields ?? []).map((f) => f.field).join()}`,
    );
  }
  if ((ours?.Subsections ?? []).length !== subsections.length) {
    different.push(`subsections ${subsections.map((s) => s.name).join()}`);
  }
  result.descriptions++;
  if (different.length === 0) result.descriptionsEqual++;
  else {
    result.tables.add(real.name);
    result.differences.push(...different.map((d) => `${at}: ${d}`));
  }
  fields.forEach((each, k) => {
    compareField(real.name, each, ours?.Fields?.[k], `${at}.${each.field}`, result);
  });
  subsections.forEach((each, k) => {
    const own = ours?.Subsections?.[k];
    if (own !== undefined) compareDescription(each, own, `${at}/${each.name}`, result);
  });
}

function compareField(
  table: string,
  real: DumpedField,
  ours: OurField | undefined,
  at: string,
  result: Comparison,
): void {
  result.fields++;
  const equal =
    ours !== undefined &&
    real.field === ours.field &&
    real.version_id === ours.version_id &&
    real.field_exists === ours.field_exists &&
    real.num === (ours.num ?? undefined) &&
    (real.Description === undefined) === (ours.Description === undefined);
  if (equal) result.fieldsEqual++;
  else {
    result.tables.add(table);
    result.differences.push(`${at}: ${short(real)}, ours ${short(ours)}`);
  }
  if (real.size === ours?.size) result.sizesEqual++;
  else {
    const reason = ours?.size === null ? `unknown: ${ours.unknown?.size ?? "no reason"}` : String(ours?.size);
    if (ours?.size === null) result.sizesUnknown++;
    result.differences.push(`${at}: size ${real.size}, ours ${reason}`);
  }
  if (real.Description !== undefined && ours?.Description !== undefined) {
    compareDescription(real.Description, ours.Description, at, result);
  }
}

function short(field: DumpedField | OurField | undefined): string {
  if (field === undefined) return "none";
  const { field: name, version_id, field_exists, num } = field;
  return JSON.stringify({ name, version_id, field_exists, num, nested: field.Description !== undefined });
}

export function figures(result: Comparison): string {
  const share = (part: number, whole: number): string => `${part}/${whole} (${((100 * part) / whole).toFixed(2)} %)`;
  return [
    `types ${share(result.typesFound, result.types)}`,
    `descriptions ${share(result.descriptionsEqual, result.descriptions)}`,
    `fields ${share(result.fieldsEqual, result.fields)}`,
    `sizes ${share(result.sizesEqual, result.fields)}, ${result.sizesUnknown} unknown`,
  ].join("; ");
}
