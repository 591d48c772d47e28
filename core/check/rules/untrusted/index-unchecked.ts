/** Indexes and lengths that come out of the stream, and that nobody holds to what is there before they are used. */
import type { Expression } from "../../../c/syntax";
import type { VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { versionNeverReached } from "../../neverSent";
import { fieldName } from "../../tables";
import type { Use } from "../../streamedUses";
import { arrayBeside, type UnheldUse, unheldUse } from "../../unheldUse";
import { postLoadFix } from "../../fixes/postLoadFix";
import { type Finding, rule } from "../../rule";

export const indexUnchecked = rule({
  code: "index-unchecked",
  group: "untrusted",
  severity: "information",
  default: "review",
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
  { streamed: { member, isSigned: signed }, use: { fn, node, kind, array, length } }: UnheldUse,
): Finding {
  const range = { file: fn.file, start: node.start, end: node.end };
  const path = kind === "index" ? arrayBeside(project, description.file, member, array) : undefined;
  return {
    range: field.range,
    message: `${fieldName(field)} ${goesTo[kind]} ${nameOf(array)}, which has ${length ?? 0} ${kind === "length" ? "bytes" : "elements"}, and no check holds what the stream puts into ${member.path} to that: let post_load refuse what is out of range.`,
    related: [{ range, message: `${fn.definition.name} uses it as it is` }],
    fixes: path === undefined ? [] : postLoadFix(project, description, { member, array: path, signed }),
  };
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
