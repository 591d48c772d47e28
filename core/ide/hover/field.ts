import type { LoadableProject } from "../../project";
import type { VMStateDescription, VMStateField } from "../../vmstate/model";
import { bytesText, type FieldOnWire, isReadWhole, sizeText, tableOnWire } from "../constructs/wireSize";
import { code, escaped, stillReading } from "./markdown";

/** Name, bytes on the wire, versions and conditions of one element of a table. */
export function describeField(
  project: LoadableProject,
  owner: VMStateDescription,
  field: VMStateField,
): string | undefined {
  if (field.flagNames.includes("END")) return "Ends the list of fields. Without it QEMU reads on behind the array.";
  const wire = tableOnWire(project, owner).fields[owner.fields.indexOf(field)];
  if (wire === undefined) return undefined;
  const name = field.name.known ? field.name.value : "(name not known)";
  const lines = [
    `${code(name)} in ${code(owner.symbol)}`,
    isReadWhole(project, field) ? onWire(field, wire) : `${escaped(wire.type)}. ${stillReading}`,
  ];
  const since = versions(owner, field);
  if (since !== undefined) lines.push(since);
  if (field.fieldExists)
    lines.push(`Sent only where ${code(`${field.fieldExists.name}()`)} says so; its version does not count then`);
  if (field.condition !== undefined) lines.push(`Under ${code(`#if ${field.condition}`)}`);
  if (field.vmsd) lines.push(`Nested ${code(field.vmsd.symbol)}`);
  if (field.member) {
    const offset = field.offset.known ? ` at offset ${field.offset.value}` : "";
    lines.push(`From ${code(`${field.member.structName}.${field.member.path}`)}${offset}`);
  }
  return lines.join("  \n");
}

function onWire(field: VMStateField, wire: FieldOnWire): string {
  if (field.flagNames.includes("MUST_EXIST")) {
    return `A check: ${code(`${field.fieldExists?.name ?? ""}()`)} must hold, or the stream is refused. No bytes`;
  }
  const type = escaped(wire.type);
  if (wire.count.kind === "one") return `${type}, ${escaped(sizeText(wire.size))} in the stream`;
  const element =
    wire.elementSize.kind === "fixed" ? bytesText(wire.elementSize.bytes) : escaped(sizeText(wire.elementSize));
  if (wire.count.kind === "fixed") {
    return `${wire.count.count} × ${type} of ${element}: ${escaped(sizeText(wire.size))} in the stream`;
  }
  return `${type} of ${element} each, as many as ${code(wire.count.by)} says. The count itself is not sent with it`;
}

function versions(owner: VMStateDescription, field: VMStateField): string | undefined {
  if (field.fieldExists || !field.versionId.known || field.versionId.value === 0) return undefined;
  const minimum = owner.minimumVersionId.known ? owner.minimumVersionId.value : undefined;
  const since = field.versionId.value;
  if (owner.versionId.known && since > owner.versionId.value) {
    return `**Never sent**: it needs version ${since}, the table writes ${owner.versionId.value}`;
  }
  return minimum !== undefined && since <= minimum ? undefined : `Since version ${since}; not in older streams`;
}
