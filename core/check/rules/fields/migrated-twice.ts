import { firstName } from "../../../c/words";
import { callsOf } from "../../../c/body/calls";
import { originOf } from "../../../c/body/carried";
import { localsOf } from "../../../c/body/locals";
import type { Expression } from "../../../c/syntax";
import { bodyOf } from "../../../project/bodies";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { structNamed, typeOfMember } from "../../../project/stateTypes";
import { fieldName, has } from "../../tables";
import { rule } from "../../rule";
import { instanceOwner } from "../../instanceOwner";

/** The same state twice in the stream: once in the section of its own device, once in that of the device around it. */
export const migratedTwice = rule({
  code: "migrated-twice",
  group: "fields",
  severity: "information",
  default: "on",
  byFile: true,
  title: "State migrated twice",
  summary: "A device's description is registered and nested in another device's too.",
  *check({ project, descriptions }) {
    const roles = descriptionRoles(project);
    for (const parent of descriptions) {
      if ((roles.registered.get(descriptionKey(parent))?.types ?? []).length === 0) continue;
      for (const field of parent.fields) {
        const nested = field.vmsd === undefined ? undefined : project.resolve(field.vmsd);
        const types = nested === undefined ? undefined : roles.registered.get(descriptionKey(nested))?.types;
        if (nested === undefined || types === undefined) continue;
        const type = field.member === undefined ? undefined : ownDevice(project, parent, field, types);
        if (type === undefined) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is saved twice: as a ${type} it is a device with a section of its own, by the same table (${nested.symbol}).`,
          related: [{ range: nested.nameRange, message: `${nested.symbol} is registered for ${type}` }],
        };
      }
    }
  },
});

const parents: ReadonlySet<string> = new Set(["parent", "parent_obj"]);

/** The object whose base, or whose base's base, the path names. */
function withoutParents(path: string): string {
  let whole = path;
  while (whole.endsWith(".parent_obj")) whole = whole.slice(0, -".parent_obj".length);
  return whole;
}

/** The registered type whose instance the field's member is, where it is a part and not the base of its parent. */
function ownDevice(
  project: Project,
  parent: VMStateDescription,
  field: VMStateField,
  types: readonly string[],
): string | undefined {
  const { member } = field;
  if (member === undefined || parents.has(firstName(member.path))) return undefined;
  if (has(field, "POINTER", "ARRAY_OF_POINTER")) return undefined;
  if (!field.offset.known || field.offset.value === 0) return undefined;
  const whole = { ...member, path: withoutParents(member.path) };
  const type = typeOfMember(project, whole, parent.file);
  if (type.kind !== "record") return undefined;
  if (!isMadeADevice(project, parent.file, whole.path)) return undefined;
  return types.find((name) => {
    const owner = project.type(name)?.abstract === false ? instanceOwner(project, name) : undefined;
    if (owner?.instanceStruct === undefined) return false;
    const instance = structNamed(project, owner.instanceStruct, owner.file);
    return instance.kind === "record" && instance.identity === type.identity;
  });
}

/**
 * Whether the file makes an object of the member: a call is given its address and the name of a type. A struct that is only filled in
 * has no section of its own.
 */
function isMadeADevice(project: Project, file: string, path: string): boolean {
  const name = path.split(".").at(-1)?.split("[")[0] ?? "";
  return (project.facts(file)?.declarations ?? []).some((definition) => {
    if (definition.kind !== "function") return false;
    const text = (project.text(file) ?? "").slice(definition.bodyStart, definition.bodyEnd);
    if (!text.includes(name)) return false;
    const body = bodyOf(project, { file, definition });
    const locals = localsOf(body);
    return callsOf(body).some(
      ({ node }) =>
        node.arguments.some((each) => isAddressOf(originOf(each, locals), name)) &&
        node.arguments.some((each) =>
          isTypeName(project, file, text.slice(each.start - definition.bodyStart, each.end - definition.bodyStart)),
        ),
    );
  });
}

function isAddressOf(node: Expression, name: string): boolean {
  let place = node.kind === "unary" && node.operator === "&" ? node.operand : undefined;
  while (place?.kind === "subscript") place = place.object;
  return place?.kind === "member" && place.name === name;
}

function isTypeName(project: Project, file: string, expression: string): boolean {
  const value = project.string(expression, file);
  return value.known && project.type(value.value) !== undefined;
}
