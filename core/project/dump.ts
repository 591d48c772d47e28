/** The tables as `qemu-system-* -dump-vmstate` prints them. Follows dump_vmstate_json_to_file in migration/savevm.c. */
import type { Value } from "../c/value";
import type { QomType } from "../qom/model";
import type { DescriptionReference, VMStateDescription, VMStateField } from "../vmstate/model";
import type { Project } from "./project";

export interface DumpOptions {
  /** QOM types to print; all device types without it. */
  readonly types?: readonly string[];
  /** Printed as vmschkmachine.Name; has no influence on the rest. */
  readonly machine?: string;
  /** Adds `unknown` beside what could not be read: member -> reason. */
  readonly explain?: boolean;
}

export type DumpUnknowns = Readonly<Record<string, string>>;

export interface DumpField {
  readonly field: string | null;
  readonly version_id: number | null;
  readonly field_exists: boolean;
  /** Arrays only, and only where the tree's own dump prints it (8.2 and later). */
  readonly num?: number | null;
  readonly size: number | null;
  readonly Description?: DumpDescription;
  readonly condition?: string;
  readonly unknown?: DumpUnknowns;
}

export interface DumpDescription {
  readonly name: string | null;
  readonly version_id: number | null;
  readonly minimum_version_id: number | null;
  readonly Fields?: readonly DumpField[];
  readonly Subsections?: readonly DumpDescription[];
  readonly condition?: string;
  readonly unknown?: DumpUnknowns;
}

export interface DumpType {
  readonly Name: string;
  readonly version_id: number | null;
  readonly minimum_version_id: number | null;
  readonly Description: DumpDescription;
  readonly condition?: string;
}

export interface VmstateDump {
  readonly vmschkmachine: { readonly Name: string };
  readonly [type: string]: DumpType | { readonly Name: string };
}

/** Types in order of their names (QEMU's own order is that of a hash table). What is unknown is null. */
export function dumpVmstate(project: Project, options: DumpOptions = {}): VmstateDump {
  const wanted = options.types === undefined ? undefined : new Set(options.types);
  const dump: Record<string, DumpType | { readonly Name: string }> = {};
  const dumper = createDumper(project, options.explain === true);
  const types = [...project.types()].filter((type) => wanted?.has(type.name) ?? true);
  types.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const type of types) {
    const reference = deviceDescription(project, type.name);
    const description = reference && project.resolve(reference);
    if (description === undefined) continue;
    const body = dumper.description(description);
    dump[type.name] = {
      Name: type.name,
      version_id: body.version_id,
      minimum_version_id: body.minimum_version_id,
      Description: body,
      ...(options.explain === true || project.compiles(type.file) !== "true" ? conditionOf(project, type) : {}),
    };
  }
  return { vmschkmachine: { Name: options.machine ?? "none" }, ...dump };
}

/** Under which `#if` and in which builds the type exists. */
function conditionOf(project: Project, type: QomType): { readonly condition?: string } {
  const parts = [type.condition, project.buildCondition(type.file)].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { condition: parts.join(" && ") };
}

/** What `dc->vmsd` points to once the class is initialised: set by the type or inherited from the nearest ancestor. */
export function deviceDescription(project: Project, typeName: string): DescriptionReference | undefined {
  for (const type of project.ancestry(typeName)) {
    const own = ownDeviceDescription(type);
    if (own !== undefined) return own;
  }
  return undefined;
}

function ownDeviceDescription(type: QomType): DescriptionReference | undefined {
  const slots = type.descriptions.filter((each) => each.slot === "vmsd" && each.classStruct === "DeviceClass");
  return slots.at(-1)?.reference;
}

interface Dumper {
  description(description: VMStateDescription): DumpDescription;
}

function createDumper(project: Project, explain: boolean): Dumper {
  const printsNum = dumpPrintsNum(project);
  const open = new Set<VMStateDescription>();

  function describe(description: VMStateDescription): DumpDescription {
    const reading = reader(explain);
    const head = {
      // what printf makes of the NULL of a table without a name
      name: description.members.some((m) => m.name === "name") ? reading.take("name", description.name) : "(null)",
      version_id: reading.take("version_id", description.versionId),
      minimum_version_id: reading.take("minimum_version_id", description.minimumVersionId),
    };
    if (open.has(description)) return { ...head, ...reading.unknowns() };
    open.add(description);
    const listed = description.fieldsTerminated !== undefined || description.fields.length > 0;
    const fields = description.fields
      .filter((each) => !each.flagNames.includes("MUST_EXIST") && !each.flagNames.includes("END"))
      .map(field);
    const sections = description.subsectionsTerminated !== undefined || description.subsections.length > 0;
    const subsections = description.subsections.map(subsection);
    open.delete(description);
    for (const each of description.unknowns) reading.add(each.what, each.reason);
    return {
      ...head,
      ...(listed ? { Fields: fields } : {}),
      ...(sections ? { Subsections: subsections } : {}),
      ...(explain && description.condition !== undefined ? { condition: description.condition } : {}),
      ...reading.unknowns(),
    };
  }

  function subsection(reference: DescriptionReference): DumpDescription {
    const description = project.resolve(reference);
    if (description !== undefined) return describe(description);
    return missing(reference.symbol);
  }

  function missing(symbol: string): DumpDescription {
    const unknown = explain ? { unknown: { description: `${symbol} is not defined in the tree` } } : {};
    return { name: null, version_id: null, minimum_version_id: null, ...unknown };
  }

  function field(each: VMStateField): DumpField {
    const reading = reader(explain);
    const nested = each.vmsd === undefined ? undefined : project.resolve(each.vmsd);
    return {
      field: reading.take("field", each.name),
      version_id: reading.take("version_id", each.versionId),
      field_exists: each.fieldExists !== undefined,
      ...(printsNum && each.flagNames.includes("ARRAY") ? { num: reading.take("num", each.num) } : {}),
      size: reading.take("size", each.size),
      ...(each.vmsd === undefined ? {} : { Description: nested ? describe(nested) : missing(each.vmsd.symbol) }),
      ...(explain && each.condition !== undefined ? { condition: each.condition } : {}),
      ...reading.unknowns(),
    };
  }

  return { description: describe };
}

interface Reading {
  take<T>(what: string, value: Value<T>): T | null;
  add(what: string, reason: string): void;
  unknowns(): { readonly unknown?: DumpUnknowns };
}

function reader(explain: boolean): Reading {
  const reasons: Record<string, string> = {};
  return {
    take(what, value) {
      if (value.known) return value.value;
      reasons[what] = value.reason;
      return null;
    },
    add(what, reason) {
      reasons[what] = reason;
    },
    unknowns: () => (explain && Object.keys(reasons).length > 0 ? { unknown: reasons } : {}),
  };
}

/** Whether the tree's own dump prints array lengths: read from the function that prints a field. */
function dumpPrintsNum(project: Project): boolean {
  for (const path of ["migration/savevm.c", "savevm.c"]) {
    const body = project
      .facts(path)
      ?.declarations.find((declaration) => declaration.kind === "function" && declaration.name === "dump_vmstate_vmsf");
    if (body?.kind === "function") {
      return (project.text(path) ?? "").slice(body.bodyStart, body.bodyEnd).includes('\\"num\\"');
    }
  }
  return true;
}
