/** Numbers that come out of the stream and go into indexes and lengths that nobody holds to what is there. */
import type { CType } from "../c/ctype";
import type { Expression } from "../c/syntax";
import { callsOf } from "../c/body/calls";
import { functionsUsing, isNamed } from "../code/valueFlow";
import { bodyOf } from "../project/bodies";
import { filesIncluding } from "../project/folders";
import { isPrivate } from "../project/privateStructs";
import type { LocatedFunction, Project } from "../project/project";
import { structNamed, typeOfMember } from "../project/stateTypes";
import type { MemberReference, VMStateDescription, VMStateField } from "../vmstate/model";
import { countOf } from "./counted";
import { plainIntegers } from "./plainIntegers";
import { type Loaded, loadedRange, type Streamed, streamedBy, Watch } from "./streamed";
import { type Followed, type Use, usesOf } from "./streamedUses";
import { has } from "./tables";

export interface UnheldUse {
  readonly streamed: Streamed;
  readonly use: Use;
  /** Path of the member that says how much there is behind a pointer; undefined where the array has a length. */
  readonly room: string | undefined;
}

const others: readonly string[] = ["ARRAY", "BUFFER", "POINTER", "MUST_EXIST", "STRUCT"];

function isPlainInteger(field: VMStateField): boolean {
  return (
    plainIntegers.has(field.info?.symbol ?? "") &&
    !field.flagNames.some((flag) => others.some((each) => flag.includes(each)))
  );
}

/**
 * The first use, as an index or a length, of what the stream puts into a field, which no check holds to what is there.
 * `table`: what loads the field, whose hooks and tests may check it; without it, as if nothing did while it is loaded.
 */
export function unheldUse(
  project: Project,
  file: string,
  field: VMStateField,
  table?: VMStateDescription,
): UnheldUse | undefined {
  if (field.member === undefined || !isPlainInteger(field)) return undefined;
  const name = field.member.path.slice(field.member.path.lastIndexOf(".") + 1);
  const { path } = field.member;
  const isCount = table?.fields.some((each) => each.numMember?.path === path);
  const rooms = table === undefined ? [] : buffersBeside(table, field.member);
  const roomOf = ({ array }: Use): string | undefined =>
    array.kind === "member" ? rooms.find((each) => each.name === array.name)?.count : undefined;
  // a count of one of the table's arrays is count-unchecked's
  const isAsked = (use: Use): boolean =>
    use.length === undefined
      ? use.kind === "index" && roomOf(use) !== undefined
      : isCount !== true || use.kind === "index" || use.kind === "length";
  let raw: Watch | undefined;
  let loaded: Loaded | undefined;
  for (const fn of functionsBeside(project, file, field.member, name)) {
    const streamed = raw?.streamed ?? streamedBy(project, file, field);
    if (streamed === undefined) return undefined;
    raw ??= new Watch(project, streamed, streamed.range);
    // checks elsewhere are looked at where there is anything to check
    if (!raw.isIn(fn)) continue;
    const isOpen = rooms.length > 0;
    if (!usesOf(project, fn, followed(raw, false, isOpen)).some(isAsked)) continue;

    loaded ??= table && loadedRange(project, table, raw);
    const isEarly = loaded?.hooks.some((hook) => isHookOrFirst(project, hook, fn, name)) === true;
    const watch = loaded === undefined ? raw : new Watch(project, streamed, isEarly ? loaded.before : loaded.after);
    const use = usesOf(project, fn, followed(watch, true, isOpen)).find(isAsked);
    if (use !== undefined) return { streamed, use, room: use.length === undefined ? roomOf(use) : undefined };
  }
  return undefined;
}

/** The load hook itself, or what it calls before it, or another function that it calls, names the member. */
function isHookOrFirst(project: Project, hook: LocatedFunction, fn: LocatedFunction, name: string): boolean {
  if (hook.definition === fn.definition) return true;
  const isPossible = hook.file === fn.file && isNamed(project, hook, fn.definition.name);
  const calls = isPossible ? callsOf(bodyOf(project, hook)) : [];
  const first = calls.find((call) => call.through === undefined && call.name === fn.definition.name);
  if (first === undefined) return false;
  const before = { ...hook.definition, bodyEnd: first.nameStart };
  if (isNamed(project, { file: hook.file, definition: before }, name)) return false;
  return calls.every((call) => {
    const callee = call.nameStart < first.nameStart ? project.function(call.name, hook.file) : undefined;
    return callee === undefined || !isNamed(project, callee, name);
  });
}

/** `isOpen`: into memory behind pointers too, of what 8 bits can't hold. */
function followed(watch: Watch, looksAround: boolean, isOpen: boolean): Followed {
  const { name, range } = watch.streamed;
  return {
    name: `.${name}`,
    most: isOpen && range.max > 255 ? range.max + 1 : undefined,
    question: (fn) =>
      looksAround
        ? { seed: watch.seed(fn), learnt: watch.learnt(fn), helpers: watch.helpersIn(fn) }
        : { seed: watch.seed(fn), isQuick: true },
  };
}

interface Buffer {
  readonly name: string;
  /** Path of its count. */
  readonly count: string;
}

/** What the table loads to where pointers of the member's struct point, of which another member says how much there is. */
function buffersBeside({ fields }: VMStateDescription, { structName, path }: MemberReference): readonly Buffer[] {
  const prefix = path.slice(0, path.lastIndexOf(".") + 1);
  return fields.flatMap((field): readonly Buffer[] => {
    const { member } = field;
    const count = countOf(field);
    if (count === undefined || count.path === path || member?.structName !== structName) return [];
    if (!has(field, "POINTER") || has(field, "ALLOC") || !member.path.startsWith(prefix)) return [];
    return [{ name: member.path.slice(prefix.length), count: count.path }];
  });
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

/** The path of the array, where it is a member of the struct that has the index. */
export function arrayBeside(
  project: Project,
  file: string,
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
