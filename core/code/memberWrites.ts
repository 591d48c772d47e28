/** Who sets members of a struct. */
import { accessesIn } from "../c/body/accesses";
import { callsOf } from "../c/body/calls";
import { mayChange } from "../c/body/mayChange";
import type { Body } from "../c/body/parse";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { bareName } from "../project/stateTypes";
import { assignedPlaces } from "./macroWrites";
import { addressGivers, nameOf, type Place, placesOf, placesThrough } from "./memberPlaces";
import { settingUp } from "./settingUp";
import { joined, pathsOf, structsAlong } from "./spellings";
import { storedArgument } from "./stores";

export interface MemberWrite {
  /** Name of the function that writes. */
  readonly function: string;
  readonly range: SourceRange;
}

export type MemberWrites = [MemberWrite, ...MemberWrite[]];

/** Members of a struct; what lies in a struct inside it as `regs.ctl`. */
export interface MembersOf {
  readonly structName: string;
  readonly members: readonly string[];
}

/** Paths that the functions write of the members named, and of what lies in them: `conf.macaddr.a` for `conf`. */
export function writesWithin(
  project: Project,
  file: string,
  { structName, members }: MembersOf,
  isWanted: (functionName: string) => boolean,
): ReadonlyMap<string, Readonly<MemberWrites>> {
  const found = new Map<string, MemberWrites>();
  const bare = bareName(structName);
  for (const fn of functionTexts(project, file)) {
    if (!isWanted(fn.name) || !members.some((member) => fn.body.includes(member.split(".", 1)[0] ?? ""))) continue;
    for (const { typeName, member, range } of placesIn(project, file, fn).writes) {
      if (typeName !== bare || !members.some((each) => `${member}.`.startsWith(`${each}.`))) continue;
      const write = { function: fn.name, range };
      const list = found.get(member);
      if (list) list.push(write);
      else found.set(member, [write]);
    }
  }
  return found;
}

/** An address that goes through more functions than this is not followed. */
const depthLimit = 4;

/**
 * By name of the member, what the functions that `isWanted` names set of it, in textual order: themselves, or by giving
 * its address to another function of the file that is wanted as well. `all`: more than the first of a function.
 */
export function memberWrites(
  project: Project,
  file: string,
  { structName, members }: MembersOf,
  isWanted: (functionName: string) => boolean,
  all = false,
): ReadonlyMap<string, Readonly<MemberWrites>> {
  const found = new Map<string, MemberWrites>();
  const structs = structsAlong(project, file, structName, members);
  const words = new Set(members.flatMap((member) => member.split(".")));
  const functions = functionTexts(project, file).filter(({ name }) => isWanted(name));
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const setting = [...macrosNaming(project, file, words), ...addressGivers(project, file, words)];
  const seen = new Set<string>();
  const note = (name: string, write: MemberWrite): void => {
    for (const member of members) {
      const key = `${write.function} ${all ? write.range.start : ""} ${member}`;
      if ((member !== name && !member.startsWith(`${name}.`)) || seen.has(key)) continue;
      seen.add(key);
      const list = found.get(member);
      if (list) list.push(write);
      else found.set(member, [write]);
    }
  };
  for (const fn of functions) {
    const mayWrite = (): boolean =>
      [...words].some((word) => mayChange(fn.body, word)) || setting.some((each) => fn.body.includes(each));
    if (!known.has(fn) && !mayWrite()) continue;
    const { writes, given } = placesIn(project, file, fn);
    for (const { range, ...place } of writes) {
      for (const path of pathsOf(place, structs)) note(path, { function: fn.name, range });
    }
    let level = given.flatMap((each) => pathsOf(each, structs).map((member) => ({ ...each, member })));
    for (let depth = 0; depth < depthLimit && level.length > 0; depth++) {
      level = level.flatMap(({ callee, index, member }) => {
        const helper = byName.get(callee);
        if (helper === undefined || !words.has(member.split(".", 1)[0] ?? "")) return [];
        const inside = placesIn(project, file, helper);
        for (const each of inside.writes) {
          if (each.parameter === index) note(joined(member, each.member), { function: callee, range: each.range });
        }
        return inside.given
          .filter(({ parameter }) => parameter === index)
          .map((each) => ({ ...each, member: joined(member, each.member) }));
      });
    }
  }
  return found;
}

/** Macros of the file that name one of the words: `#define SET_MODE(s, m) ((s)->mode = (m))`. */
function macrosNaming(project: Project, file: string, words: ReadonlySet<string>): readonly string[] {
  const text = project.text(file) ?? "";
  return (project.facts(file)?.macros ?? []).flatMap(({ name, parameters, bodyStart, bodyEnd }) => {
    if (parameters === undefined) return [];
    const body = text.slice(bodyStart, bodyEnd);
    return body.includes("=") && [...words].some((word) => mayChange(body, word)) ? [name] : [];
  });
}

interface WrittenPlace extends Place {
  readonly range: SourceRange;
}

/** `&s->regs` or an array as an argument. */
interface GivenPlace extends Place {
  readonly callee: string;
  readonly index: number;
}

interface Places {
  readonly writes: readonly WrittenPlace[];
  readonly given: readonly GivenPlace[];
}

const known = new WeakMap<FunctionText, Places>();

/** What the function sets, and which addresses it gives away. */
function placesIn(project: Project, file: string, fn: FunctionText): Places {
  const before = known.get(fn);
  if (before !== undefined) return before;
  // a name that a macro makes, or that another file's function has, says nothing of who calls it
  const body =
    project.function(fn.name, file)?.file === file ? bodyOf(project, { file, definition: fn.definition }) : undefined;
  const places = body === undefined ? nowhere : readPlaces(project, file, body);
  known.set(fn, places);
  return places;
}

const nowhere: Places = { writes: [], given: [] };

function readPlaces(project: Project, file: string, body: Body): Places {
  const writes: WrittenPlace[] = [];
  for (const { place, kind, isPart } of accessesIn(body.block)) {
    if (isPart || kind === "read" || kind === "address") continue;
    if (place.kind === "identifier") continue;
    for (const found of placesThrough(project, place, body))
      writes.push({ ...found, range: { file, ...nameOf(place) } });
  }
  const given: GivenPlace[] = [];
  for (const call of callsOf(body)) {
    if (call.through !== undefined) continue;
    const before = given.length;
    const stored = storedArgument(call.name);
    for (const [index, argument] of call.node.arguments.entries()) {
      for (const place of argument.kind === "binary" ? elementsOf(project, argument, body) : placesOf(argument, body)) {
        given.push({ ...place, callee: call.name, index });
        if (index === stored) writes.push({ ...place, range: { file, ...nameOf(argument) } });
      }
    }
    if (given.length === before) continue;
    for (const { place } of assignedPlaces(project, file, call)) {
      for (const each of placesOf(place, body)) writes.push({ ...each, range: { file, ...nameOf(place) } });
    }
  }
  return { writes, given };
}

/** `s->buf` of `s->buf + n`. */
function elementsOf(project: Project, sum: Expression, body: Body): readonly Place[] {
  const { start, end } = sum;
  return placesThrough(project, { kind: "unary", operator: "*", operand: sum, start, end }, body);
}

export interface Writers {
  /** In functions that set the device up or tear it down, and those that only they call. */
  readonly setUp: readonly SourceRange[];
  readonly running: readonly SourceRange[];
}

/** By member, where a file sets it; a member that nothing there sets is not in it. What reset sets, the guest may change. */
export function allWrites(project: Project, file: string, of: MembersOf): ReadonlyMap<string, Writers> {
  const setUp = settingUp(project, file, []);
  const found = new Map<string, Writers>();
  for (const [name, writes] of memberWrites(project, file, of, () => true)) {
    const [early, running] = [true, false].map((wanted) =>
      writes
        .filter((each) => (setUp.has(each.function) && !each.function.includes("reset")) === wanted)
        .map(({ range }) => range),
    );
    found.set(name, { setUp: early ?? [], running: running ?? [] });
  }
  return found;
}
