/** Indexes and lengths that come out of the stream, and that nobody holds to what is there before they are used. */
import type { CType } from "../../../c/ctype";
import type { Expression } from "../../../c/syntax";
import type { MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { LocatedFunction, Project } from "../../../project/project";
import { filesIncluding } from "../../../project/folders";
import { structNamed, typeOfMember } from "../../../project/stateTypes";
import { functionsUsing } from "../../../code/valueFlow";
import { versionNeverReached } from "../../neverSent";
import { fieldName } from "../../tables";
import { type Loaded, loadedRange, type Streamed, streamedBy, Watch } from "../../streamed";
import { type Followed, type Use, usesOf } from "../../streamedUses";
import { plainIntegers } from "../../plainIntegers";
import { postLoadFix } from "../../fixes/postLoadFix";
import { isPrivate } from "../../../project/privateStructs";
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
        const finding = isPlainInteger(field) ? unchecked(project, description, field) : undefined;
        if (finding !== undefined && versionNeverReached(project, description, field) === undefined) yield finding;
      }
    }
  },
});

const others: readonly string[] = ["ARRAY", "BUFFER", "POINTER", "MUST_EXIST", "STRUCT"];

function isPlainInteger(field: VMStateField): boolean {
  return (
    plainIntegers.has(field.info?.symbol ?? "") &&
    !field.flagNames.some((flag) => others.some((each) => flag.includes(each)))
  );
}

function unchecked(project: Project, description: VMStateDescription, field: VMStateField): Finding | undefined {
  if (field.member === undefined) return undefined;
  const name = field.member.path.slice(field.member.path.lastIndexOf(".") + 1);
  const { path } = field.member;
  const isCount = description.fields.some((each) => each.numMember?.path === path);
  // a count of one of the table's arrays is count-unchecked's
  const isAsked = ({ kind }: Use): boolean => !isCount || kind === "index" || kind === "length";
  let raw: Watch | undefined;
  let loaded: Loaded | undefined;
  for (const fn of functionsBeside(project, description.file, field.member, name)) {
    const streamed = raw?.streamed ?? streamedBy(project, description.file, field);
    if (streamed === undefined) return undefined;
    raw ??= new Watch(project, streamed, streamed.range);
    // checks elsewhere are looked at where there is anything to check
    if (!raw.isIn(fn)) continue;
    if (!usesOf(project, fn, followed(raw, false)).some(isAsked)) continue;

    loaded ??= loadedRange(project, description, raw);
    const isHook = loaded.hooks.some(({ definition }) => definition === fn.definition);
    const watch = new Watch(project, streamed, isHook ? loaded.before : loaded.after);
    const use = usesOf(project, fn, followed(watch, true)).find(isAsked);
    if (use !== undefined) return finding(project, description, field, streamed, use);
  }
  return undefined;
}

function followed(watch: Watch, looksAround: boolean): Followed {
  return {
    name: `.${watch.streamed.name}`,
    question: (fn) =>
      looksAround
        ? { seed: watch.seed(fn), learnt: watch.learnt(fn), helpers: watch.helpersIn(fn) }
        : { seed: watch.seed(fn), isQuick: true },
  };
}

/** Of the table's file, and of the others in its folder that can see the struct. */
function* functionsBeside(
  project: Project,
  file: string,
  member: MemberReference,
  name: string,
): Iterable<LocatedFunction> {
  yield* functionsUsing(project, file, name, false);
  const header = isPrivate(project, file, member.structName) ? undefined : headerOf(project, file, member);
  if (header === undefined) return;
  for (const each of filesIncluding(project, file, header)) {
    if (each !== file) yield* functionsUsing(project, each, name, true);
  }
}

/** Where the struct that has the member is defined. */
function headerOf(project: Project, file: string, { structName, path }: MemberReference): string | undefined {
  const dot = path.lastIndexOf(".");
  const type =
    dot === -1
      ? structNamed(project, structName, file)
      : typeOfMember(project, { structName, path: path.slice(0, dot) }, file);
  return type.kind === "record" ? type.body?.().context.scope.file : undefined;
}

function finding(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  { member, isSigned: signed }: Streamed,
  { fn, node, kind, array, length }: Use,
): Finding {
  const range = { file: fn.file, start: node.start, end: node.end };
  const path = kind === "index" ? arrayBeside(project, description, member, array) : undefined;
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

/** The path of the array, where it is a member of the struct that has the index. */
function arrayBeside(
  project: Project,
  { file }: VMStateDescription,
  { structName, path }: MemberReference,
  array: Expression,
): string | undefined {
  if (array.kind !== "member") return undefined;
  const prefix = path.slice(0, path.lastIndexOf(".") + 1);
  return [`${prefix}${array.name}`, array.name].find((candidate) => {
    const type: CType = typeOfMember(project, { structName, path: candidate }, file);
    return type.kind === "array" && type.length?.known === true;
  });
}
