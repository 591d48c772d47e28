/** Members by which an access goes as an earlier one has left them: the state of a transfer, a line's level, a flag. */
import { nodesIn } from "../c/body/walk";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { conditionsAt } from "../c/body/conditions";
import type { Body } from "../c/body/parse";
import { bodyOf, typesIn } from "../project/bodies";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { type AccessHandlers, accessHandlers } from "./accessHandlers";
import { accessReach } from "./accessReach";
import type { UnsavedMember } from "./coverage";
import { isSpelled, placeStart } from "./memberPlaces";
import { memberUse } from "./memberUse";
import { type MemberWrite, memberWrites } from "./memberWrites";
import { settingUpIn } from "./settingUp";
import { type MemberOf, spellingsOf } from "./spellings";
import { storedArgument } from "./stores";

export interface KeptState {
  /** What runs while the guest does, and sets it. */
  readonly set: MemberWrite;
  /** What goes by it. */
  readonly function: string;
  readonly range: SourceRange;
}

const bytes = ["uint8_t", "int8_t", "char"];

/** Longer chains run through the machinery of many devices. */
const depthLimit = 5;

/** Where a handler, or what it calls in the file, goes by the member and nothing on the way there sets it first. */
export function keptState(project: Project, structName: string, member: UnsavedMember): KeptState | undefined {
  // what bytes are filled into is a buffer of one run as a rule
  if (bytes.some((each) => member.typeName.startsWith(`${each}[`))) return undefined;
  const of = { structName, member: member.name };
  for (const file of new Set(member.writes.map(({ range }) => range.file))) {
    const { guest } = accessReach(project, file);
    const setUp = settingUpIn(project, file);
    const set = member.writes.find(
      ({ function: name, range }) =>
        range.file === file && !setUp.has(name) && guest.has(name) && !isPutBack(project, file, name, of),
    );
    if (set === undefined) continue;
    const setting = new Set(
      memberWrites(project, file, { structName, members: [member.name] }, () => true)
        .get(member.name)
        ?.map(({ function: name }) => name),
    );
    const use = firstUse(project, file, of, setting);
    if (use !== undefined) return { set, ...use };
  }
  return undefined;
}

/** The function's last word is a constant: whatever it sets before is for itself and those that it calls. */
function isPutBack(project: Project, file: string, name: string, of: MemberOf): boolean {
  const fn = project.function(name, file);
  if (fn?.file !== file) return false;
  const body = bodyOf(project, fn);
  const spellings = spellingsOf(project, file, of);
  const sets = [...accessesIn(body.block)].filter(
    ({ place, kind, isPart }) => kind === "write" && !isPart && isSpelled(place, body, spellings),
  );
  const last = sets.at(-1);
  if (last?.value === undefined || !typesIn(project, fn).integer(last.value).known) return false;
  const statement = body.block.statements.find(({ start, end }) => start <= last.place.start && last.place.end <= end);
  return statement?.kind === "expression";
}

type Place = Omit<KeptState, "set">;

function firstUse(project: Project, file: string, of: MemberOf, setting: ReadonlySet<string>): Place | undefined {
  const handlers = accessHandlers(project, file);
  const setUp = settingUpIn(project, file);
  const functions = new Map(functionTexts(project, file).map((fn) => [fn.name, fn]));
  const spellings = spellingsOf(project, file, of);
  const seen = new Set<string>();
  let level = roots(handlers);
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    const next: string[] = [];
    for (const name of level) {
      const fn = seen.has(name) || setUp.has(name) ? undefined : functions.get(name);
      seen.add(name);
      if (fn === undefined || project.function(name, file)?.file !== file) continue;
      const at = memberUse(project, file, fn, of);
      const body = bodyOf(project, { file, definition: fn.definition });
      const places = new PlacesBefore(body, settingPlaces(body, spellings, setting));
      const isFirst = (offset: number): boolean => !places.comeBefore(offset);
      if (
        at !== undefined &&
        isFirst(at) &&
        (isAsked(body, spellings) || isRegister(project, fn.name, body, spellings))
      ) {
        const end = at + of.member.length - (of.member.lastIndexOf(".") + 1);
        return { function: name, range: { file, start: at, end } };
      }
      next.push(...calledBefore(project, file, fn, functions, isFirst));
    }
    level = next;
  }
  return undefined;
}

function roots({ writes, inputs, outside, reads, timed }: AccessHandlers): readonly string[] {
  return [...writes.keys(), ...inputs.keys(), ...reads, ...timed].filter((name) => !outside.has(name));
}

function calledBefore(
  project: Project,
  file: string,
  fn: FunctionText,
  functions: ReadonlyMap<string, FunctionText>,
  isFirst: (offset: number) => boolean,
): readonly string[] {
  return project
    .calls({ file, definition: fn.definition })
    .filter(({ callee, through, start }) => through === undefined && functions.has(callee) && isFirst(start))
    .map(({ callee }) => callee);
}

/** In what an `if`, a loop, a `switch`, a `?:` or a subscript goes by. */
export function isAsked(body: Body, spellings: ReadonlySet<string>): boolean {
  const isIn = (root: Expression | undefined): boolean => {
    for (const { place, kind } of root === undefined ? [] : accessesIn(root)) {
      if (kind === "read" && isSpelled(place, body, spellings)) return true;
    }
    return false;
  };
  for (const node of nodesIn(body.block)) {
    const found =
      node.kind === "if" || node.kind === "while" || node.kind === "for"
        ? isIn(node.condition)
        : node.kind === "switch"
          ? isIn(node.subject)
          : node.kind === "conditional"
            ? isIn(node.test)
            : node.kind === "subscript" && isIn(node.index);
    if (found) return true;
  }
  return false;
}

/** An element of an array of more than bytes, which are a buffer's. */
function isRegister(project: Project, name: string, body: Body, spellings: ReadonlySet<string>): boolean {
  const fn = project.function(name, body.file);
  if (fn === undefined) return false;
  const types = typesIn(project, fn);
  for (const { place, kind } of accessesIn(body.block)) {
    if (kind !== "read" || place.kind !== "subscript" || !isSpelled(place, body, spellings)) continue;
    const type = types.typeOf(place);
    if (type.kind === "scalar" && type.size > 1) return true;
  }
  return false;
}

/** Where the function sets the member, a part of it or what it is in, hands its address on, or calls what sets it. */
function settingPlaces(body: Body, spellings: ReadonlySet<string>, setting: ReadonlySet<string>): readonly number[] {
  const wanted = new Set([...spellings].flatMap(withOuter));
  const found: number[] = [];
  for (const { place, kind } of accessesIn(body.block)) {
    if (kind === "read" || kind === "update" || !isSpelled(place, body, wanted)) continue;
    found.push(placeStart(place));
  }
  for (const { name, through, nameStart, node } of callsOf(body)) {
    const stored = node.arguments[storedArgument(name) ?? -1];
    const isStored = stored !== undefined && isSpelled(stored, body, wanted);
    if (isStored || (through === undefined && setting.has(name))) found.push(nameStart);
  }
  return found;
}

/** `T a`, `T a.b` and `T a.b.c` of `T a.b.c`. */
function withOuter(spelling: string): readonly string[] {
  const steps = spelling.split(".");
  return steps.map((_, k) => steps.slice(0, k + 1).join("."));
}

/** Places, as far as whoever comes to an offset has come there: they stand in front of it, and nothing more is asked there, but for loops. */
class PlacesBefore {
  /** By what is asked last there, which says what is asked before: the first place. "": nothing is asked. */
  private readonly first = new Map<string, { readonly place: number; readonly asked: readonly string[] }>();

  constructor(
    private readonly body: Body,
    places: readonly number[],
  ) {
    for (const place of places) {
      const asked = askedAt(body, place);
      const last = asked.at(-1) ?? "";
      if (place < (this.first.get(last)?.place ?? Number.POSITIVE_INFINITY)) this.first.set(last, { place, asked });
    }
  }

  comeBefore(offset: number): boolean {
    if (this.first.size === 0) return false;
    if ((this.first.get("")?.place ?? offset) < offset) return true;
    const known = new Set(askedAt(this.body, offset));
    return [...known].some((last) => {
      const found = this.first.get(last);
      return found !== undefined && found.place < offset && found.asked.every((each) => known.has(each));
    });
  }
}

function askedAt(body: Body, offset: number): readonly string[] {
  return conditionsAt(body, offset).flatMap(({ kind, start, holds }) => (kind === "loop" ? [] : [`${start} ${holds}`]));
}
