/** Test functions that take the object for another struct: what they read there moves with every change of the object's struct. */
import type { CType, CTypes, RecordType } from "../c/ctype";
import { placeOf, sizeOf } from "../c/layout";
import { membersRead, opaqueStruct } from "../code/opaqueStruct";
import type { Project } from "../project/project";
import { taggedOrNamed, unrelated } from "../project/stateTypes";
import type { WireDescription, WireField } from "../wire/values/schema";
import type { Finding, Side } from "./model";

/**
 * What the field's test function reads of an object that it takes for another struct: `f reads index of a Hotplug where a Pm is, byte
 * 0x220: pm.timer`. undefined: it takes the object for what it is, or that is not seen.
 */
export function otherObjectRead(project: Project, field: WireField, { file }: WireDescription): string | undefined {
  const { exists, member } = field;
  const fn = exists === undefined ? undefined : project.function(exists, field.source?.file ?? file);
  const taken = fn && opaqueStruct(project, fn);
  if (fn === undefined || taken === undefined || member === undefined || taken.name === member.structName)
    return undefined;
  const state = taggedOrNamed(project, member.structName, file);
  const other = taggedOrNamed(project, taken.name, fn.file);
  if (!unrelated(project, state, other)) return undefined;
  const types = project.ctypes();
  const reads = membersRead(project, fn, taken).map((path) => {
    const steps = path.split(".").map((name) => ({ kind: "member", name }) as const);
    const place = placeOf(types, other, steps);
    const offset = place.known && place.value.offset.known ? place.value.offset.value : undefined;
    const hit = offset === undefined ? undefined : memberAt(types, state, offset);
    return `${path} of a ${taken.name} where a ${member.structName} is${offset === undefined ? "" : `, byte 0x${offset.toString(16)}: ${hit ?? "not known what stands there"}`}`;
  });
  return reads.length === 0 ? undefined : `${exists} reads ${reads.join(" and ")}`;
}

/** Designator of the innermost member that holds the byte; undefined where padding does, or that cannot be told. */
function memberAt(types: CTypes, type: CType, offset: number): string | undefined {
  if (type.kind === "array") {
    const size = sizeOf(types, type.element);
    if (!size.known || size.value === 0) return undefined;
    const rest = memberAt(types, type.element, offset % size.value);
    return rest === undefined ? undefined : `[${Math.floor(offset / size.value)}]${rest}`;
  }
  return type.kind === "record" ? insideRecord(types, type, offset) : "";
}

function insideRecord(types: CTypes, record: RecordType, offset: number): string | undefined {
  const members = types.members(record);
  if (!members.known) return undefined;
  const { offsets } = types.layout(record);
  for (const [i, member] of members.value.list.entries()) {
    const start = offsets[i];
    const type = member.type();
    const size = sizeOf(types, type);
    if (start?.known !== true || !size.known) continue;
    if (offset < start.value || offset >= start.value + size.value) continue;
    const rest = memberAt(types, type, offset - start.value);
    if (rest === undefined) return undefined;
    const name = member.name ?? "";
    return rest === "" || rest.startsWith("[") || name === "" ? `${name}${rest}` : `${name}.${rest}`;
  }
  return undefined;
}

/** Fields of one name whose test function reads the wrong struct on a side, and not the same of it on the other. */
export function* otherObjects(
  saver: WireDescription,
  loader: WireDescription,
  from: Side,
  to: Side,
): Iterable<Finding> {
  for (const field of loader.fields) {
    const same = saver.fields.find(({ name }) => name === field.name);
    if (same === undefined) continue;
    const [a, b] = [from.otherObject?.(same, saver), to.otherObject?.(field, loader)];
    if (a === b) continue;
    const sides = [
      ...(a === undefined ? [] : [`${a} in ${from.label}`]),
      ...(b === undefined ? [] : [`${b} in ${to.label}`]),
    ];
    yield {
      verdict: "refused",
      certain: false,
      declared: false,
      message: `whether ${loader.name}/${field.name} is sent and expected hangs on the wrong memory: ${sides.join("; ")}. One side may have it where the other has not.`,
      offset: undefined,
      saver: { description: saver, field: same },
      loader: { description: loader, field },
      difference: undefined,
    };
  }
}
