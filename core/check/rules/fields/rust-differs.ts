import { movedBy } from "../../../project/fieldMacros";
import type { SourceRange } from "../../../c/range";
import type { QomType } from "../../../qom/model";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { infoWidth } from "../../../code/infoWidth";
import { classDescription } from "../../../code/registered";
import { fieldName, has, nameOf, nestedOf } from "../../tables";
import { type Finding, rule, wants } from "../../rule";

/** A device that exists in C and in Rust has one name on the wire: either must load what the other saves. */
export const rustDiffers = rule({
  code: "rust-differs",
  group: "fields",
  severity: "warning",
  default: "on",
  title: "Other bytes in Rust",
  summary: "A device in Rust puts other bytes on the wire than the C device of the same name.",
  *check(context) {
    const { project } = context;
    for (const [rust, c] of project.rewritten()) {
      if (!wants(context, rust.file)) continue;
      const own = tableOf(project, rust);
      const reference = tableOf(project, c);
      if (own === undefined || reference === undefined) continue;
      const finding = compared(project, own, reference);
      if (finding !== undefined) yield finding;
    }
  },
});

function tableOf(project: Project, type: QomType): VMStateDescription | undefined {
  const own = type.descriptions.findLast(({ classStruct, slot }) => classStruct === "DeviceClass" && slot === "vmsd");
  return own && classDescription(project, type, own);
}

/** What stands at one place of the stream. */
interface Part {
  readonly what: string;
  /** As a message says it. */
  readonly shown: string;
  readonly range: SourceRange;
}

function compared(project: Project, rust: VMStateDescription, c: VMStateDescription): Finding | undefined {
  const own = partsOf(project, rust, new Set());
  const expected = partsOf(project, c, new Set());
  if (own === undefined || expected === undefined) return undefined;
  const at = expected.findIndex((part, k) => part.what !== own[k]?.what);
  const index = at === -1 && own.length > expected.length ? expected.length : at;
  if (index === -1) return undefined;
  const here = own[index];
  const there = expected[index];
  return {
    range: here?.range ?? rust.nameRange,
    message: `${nameOf(rust)} has ${here?.shown ?? "nothing more"} where the C device of the same name has ${there?.shown ?? "nothing more"}: neither loads what the other saves.`,
    related: [{ range: there?.range ?? c.nameRange, message: `${there?.shown ?? "the end"} in C` }],
  };
}

/** undefined where something is not known. */
function partsOf(project: Project, description: VMStateDescription, open: Set<VMStateDescription>): Part[] | undefined {
  if (open.has(description) || description.unknowns.length > 0) return undefined;
  open.add(description);
  const parts: Part[] = [];
  for (const field of description.fields) {
    const more = partsOfField(project, field, open);
    if (more === undefined) return undefined;
    parts.push(...more);
  }
  for (const reference of description.subsections) {
    const subsection = project.resolve(reference);
    const inner = subsection && partsOf(project, subsection, open);
    if (subsection?.name.known !== true || inner === undefined) return undefined;
    const { value } = subsection.name;
    const range = subsection.nameRange;
    parts.push({ what: `subsection ${value}`, shown: `subsection ${value}`, range }, ...inner);
    parts.push({ what: "end", shown: `the end of ${value}`, range });
  }
  open.delete(description);
  return parts;
}

function partsOfField(project: Project, field: VMStateField, open: Set<VMStateDescription>): Part[] | undefined {
  if (has(field, "MUST_EXIST")) return [];
  const { range, num, size } = field;
  const counted = field.flagNames.some((flag) => flag.startsWith("VARRAY"));
  if (!field.flags.known || (has(field, "ARRAY") && !num.known)) return undefined;
  const count = counted ? "n" : has(field, "ARRAY") && num.known ? String(num.value) : "1";
  const name = fieldName(field);
  if (has(field, "STRUCT")) {
    const nested = nestedOf(project, field);
    const inner = nested && partsOf(project, nested, open);
    if (inner === undefined || count === "1") return inner;
    const shown = `${count} elements of ${name}`;
    return [{ what: `${count} x`, shown, range }, ...inner, { what: "end", shown: `the end of ${name}`, range }];
  }
  if (field.info === undefined) return undefined;
  const { symbol } = field.info;
  const width = infoWidth(project, project.info(symbol, field.info.range.file));
  const moved = width ?? plainWidth(symbol);
  const bits = moved === undefined ? undefined : String(8 * moved);
  const bytes = has(field, "BUFFER") ? (size.known ? `${size.value} bytes` : undefined) : "";
  if (bytes === undefined) return undefined;
  // the sign is a matter of who reads
  const kind = bits === undefined ? `${symbol} ${bytes}` : `integer ${bits}`;
  const shown = bits === undefined ? name : `${name} in ${bits} bits`;
  return [{ what: `${count} x ${kind}`, shown: count === "1" ? shown : `${count} x ${shown}`, range }];
}

/** Bytes of an integer that is moved as it is. */
function plainWidth(symbol: string): number | undefined {
  if (symbol.endsWith("_equal") || symbol.endsWith("_le")) return undefined;
  const moved = movedBy(symbol);
  return typeof moved === "object" ? moved.bytes : undefined;
}
