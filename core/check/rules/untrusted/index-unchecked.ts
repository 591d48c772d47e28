/** Indexes and lengths that come out of the stream, and that nobody holds to what is there before they are used. */
import { originOf } from "../../../c/body/carried";
import { localsOf } from "../../../c/body/locals";
import type { Expression } from "../../../c/syntax";
import type { MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import { bodyOf } from "../../../project/bodies";
import type { LocatedFunction, Project } from "../../../project/project";
import { versionNeverReached } from "../../neverSent";
import { fieldName } from "../../tables";
import type { Use } from "../../streamedUses";
import { isKeptBelow, storedBeyond } from "../../guestStores";
import { arrayBeside, type UnheldUse, unheldUse } from "../../unheldUse";
import { postLoadFix } from "../../fixes/postLoadFix";
import { type Finding, rule } from "../../rule";

export const indexUnchecked = rule({
  code: "index-unchecked",
  group: "untrusted",
  severity: "information",
  default: "review",
  byFile: true,
  title: "Index from the stream, unchecked",
  summary: "A value of the stream is used as an index or a length, and no check holds it to what is there.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const found = unheldUse(project, description.file, field, description);
        if (found === undefined || versionNeverReached(project, description, field) !== undefined) continue;
        yield finding(project, description, field, found);
      }
    }
  },
});

function finding(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  { streamed, use: { fn, node, kind, array, length }, room }: UnheldUse,
): Finding {
  const { member, isSigned: signed } = streamed;
  const range = { file: fn.file, start: node.start, end: node.end };
  const path = kind === "index" ? arrayBeside(project, description.file, member, array) : undefined;
  const isAsItIs = node.kind === "subscript" && isValueOf(project, fn, node.index, member);
  const store = isAsItIs && length !== undefined ? storedBeyond(project, streamed, length) : undefined;
  const many =
    room !== undefined
      ? `as many elements as ${room} says`
      : `${length ?? 0} ${kind === "length" ? "bytes" : "elements"}`;
  const what = `${fieldName(field)} ${goesTo[kind]} ${nameOf(array)}, which has ${many}, and no check holds what the stream puts into ${member.path} to that`;
  const used = { range, message: `${fn.definition.name} uses it as it is` };
  if (store !== undefined) {
    return {
      range: field.range,
      message: `${what}. The guest itself may set it so (${store.function}), and post_load would refuse guests that did: check it where ${fn.definition.name} uses it.`,
      related: [used, { range: store.range, message: `${store.function} sets it to whatever the guest writes` }],
    };
  }
  const isKept = isAsItIs && length !== undefined && isKeptBelow(project, streamed, length);
  const advice = isKept
    ? "Only a corrupt or hostile stream is out of range: let post_load refuse it."
    : `Let post_load refuse what is out of range; where the guest itself may set it so, check it where ${fn.definition.name} uses it.`;
  return {
    range: field.range,
    message: `${what}. ${advice}`,
    related: [used],
    fixes: path === undefined ? [] : postLoadFix(project, description, { member, array: path, signed }),
  };
}

/** The member by itself, and nothing that is made of it. */
function isValueOf(project: Project, fn: LocatedFunction, index: Expression, { path }: MemberReference): boolean {
  const origin = originOf(index, localsOf(bodyOf(project, fn)));
  return origin.kind === "member" && origin.name === path.slice(path.lastIndexOf(".") + 1);
}

const goesTo: Readonly<Record<Use["kind"], string>> = {
  index: "is an index into",
  part: "goes into an index into",
  loop: "is the end of a loop over",
  length: "is a length of",
};

function nameOf(array: Expression): string {
  return array.kind === "member" || array.kind === "identifier" ? array.name : "an array";
}
