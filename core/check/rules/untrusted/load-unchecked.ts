/** Load functions that take a length or an index out of the stream and use it as it comes. */
import { converted, type Interval, ofType } from "../../../c/body/interval";
import { callsOf } from "../../../c/body/calls";
import { originOf } from "../../../c/body/carried";
import { localsOf } from "../../../c/body/locals";
import { type Node, nodesIn } from "../../../c/body/walk";
import { isTest } from "../../../c/paths";
import type { Call } from "../../../c/syntax";
import { integerTypeOf } from "../../../c/typing";
import { copies } from "../../../code/copies";
import { givenByStream, streamReads, type StreamRead } from "../../../code/streamReads";
import { feedsUse, functionsNaming, functionsUsing, isNamed, parametersOf } from "../../../code/valueFlow";
import { cachedByRevision } from "../../../project/cache";
import { bodyOf, typesIn } from "../../../project/bodies";
import { filesBeside } from "../../../project/folders";
import type { LocatedFunction, Project } from "../../../project/project";
import { type Found, recalled } from "../../../project/uses";
import type { VMStateDescription } from "../../../vmstate/model";
import { hookedRange, type Streamed, streamedPlace, Watch } from "../../streamed";
import { type Followed, type Use, usesOf } from "../../streamedUses";
import { type Finding, rule } from "../../rule";

export const loadUnchecked = rule({
  code: "load-unchecked",
  group: "untrusted",
  severity: "warning",
  default: "on",
  byFile: loaders,
  title: "Length from the stream, unchecked",
  summary: "A load function uses a length or an index of the stream without a check.",
  *check({ project, path, descriptions }) {
    if (path?.endsWith(".c") !== true || isTest(path) || path.startsWith("migration/")) return;
    const text = project.text(path);
    if (text?.includes("qemu_get_") !== true) return;
    for (const definition of project.facts(path)?.declarations ?? []) {
      if (definition.kind !== "function") continue;
      const { parametersStart, parametersEnd, bodyStart, bodyEnd } = definition;
      if (!text.slice(parametersStart, parametersEnd).includes("QEMUFile")) continue;
      if (text.slice(bodyStart, bodyEnd).includes("qemu_get_"))
        yield* inFunction(project, { file: path, definition }, descriptions);
    }
  },
});

function loaders(project: Project): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { file } of project.descriptions()) files.add(file);
  for (const { range } of project.registrations()) files.add(range.file);
  for (const { classSlots, file } of project.types()) if (classSlots.length > 0) files.add(file);
  return files;
}

/** A number that the function reads, and the member of the device that it goes into. */
interface Value {
  readonly read: StreamRead;
  readonly range: Interval;
  readonly member: Streamed | undefined;
}

function* inFunction(
  project: Project,
  fn: LocatedFunction,
  descriptions: Iterable<VMStateDescription>,
): Iterable<Finding> {
  const text = project.text(fn.file) ?? "";
  const values = streamReads(bodyOf(project, fn)).map((read): Value => {
    const member = read.place && streamedPlace(project, fn, read.place, read.range);
    return { read, range: member?.range ?? rangeOf(project, fn, read), member };
  });
  let elsewhere: ((value: Value) => Use | undefined) | undefined;
  const seen = new Set<string>();
  for (const value of values) {
    const { call, place } = value.read;
    const name = place === undefined ? text.slice(call.start, call.end) : text.slice(place.start, place.end);
    if (seen.has(name)) continue;
    elsewhere ??= usesElsewhere(project, fn, values, descriptions);
    const use = useIn(project, fn, value) ?? elsewhere(value);
    if (use === undefined) continue;
    seen.add(name);
    const where = use.fn.definition === fn.definition ? "" : ` in ${use.fn.definition.name}`;
    const start = place === undefined ? call.start : Math.min(place.start, call.start);
    yield {
      range: { file: fn.file, start, end: Math.max(call.end, place?.end ?? 0) },
      message: `${name} comes from the stream and is used as ${usedAs[use.kind]}${where} without a check: a corrupt or hostile stream, and only that, reads or writes beyond what is there. Refuse it here.`,
      related: [
        {
          range: { file: use.fn.file, start: use.node.start, end: use.node.end },
          message: `used as ${usedAs[use.kind]}${where}`,
        },
      ],
    };
  }
}

const usedAs: Readonly<Record<Use["kind"], string>> = {
  index: "an index",
  part: "a part of an index",
  loop: "the length of a loop that fills an array",
  length: "a length",
};

/** As the place takes it. */
function rangeOf(project: Project, fn: LocatedFunction, { place, range }: StreamRead): Interval {
  const type = place && integerTypeOf(project.ctypes(), typesIn(project, fn).typeOf(place));
  return type === undefined ? range : converted(range, ofType(type.bits, type.signed));
}

function nameOf(place: Node | undefined): string {
  return place?.kind === "identifier" ? place.name : place?.kind === "member" ? `.${place.name}` : "";
}

/** An array may well have an element for each number of 8 bits. */
const smallest = 255;

function mostOf({ max }: Interval): number | undefined {
  return max > smallest ? max : undefined;
}

/** Behind the read, in the function itself or in what it calls. */
function useIn(project: Project, fn: LocatedFunction, { read, range, member }: Value): Use | undefined {
  const name = nameOf(read.place);
  // what says no needs no walk
  if (name !== "" && !feedsUse(project, fn, name)) return undefined;
  const { callee } = read.call;
  const watch = member && new Watch(project, member, range, givenByStream);
  const helpers = callee.kind === "identifier" ? [callee.name] : [];
  const uses = usesOf(project, fn, {
    name,
    source: read.call,
    most: mostOf(range),
    question: (at) => ({
      seed: () => undefined,
      given: givenByStream,
      isSent: true,
      ...(watch === undefined
        ? { helpers }
        : { learnt: watch.learnt(at), helpers: [...helpers, ...watch.helpersIn(at)] }),
    }),
  });
  const behind = uses.filter(({ fn: at, node }) => at.definition !== fn.definition || node.end > read.call.start);
  return behind.find(({ length }) => length !== undefined || !isHandedOut(project, fn, name, true));
}

/** Members that are loaded, where the other functions of the file and of its folder go by them. */
function usesElsewhere(
  project: Project,
  fn: LocatedFunction,
  values: readonly Value[],
  descriptions: Iterable<VMStateDescription>,
): (value: Value) => Use | undefined {
  const raw = membersOf(values).map((member) => new Watch(project, member, member.range, givenByStream));
  const users = raw.map((watch) =>
    [...functionsAround(project, fn, watch.streamed.name)].filter(
      (each) => watch.isIn(each) && usesOf(project, each, followedIn(raw, watch, true)).length > 0,
    ),
  );
  // what the load and the tables' hooks leave matters to users alone
  const around = [...descriptions].filter(({ file }) => file === fn.file);
  const held = users.every((each) => each.length === 0)
    ? raw
    : raw.map((watch) => {
        const left = watch.leavesOf(fn);
        const range = hookedRange(project, around, watch, left?.whenFalse ?? left?.any ?? watch.range);
        return new Watch(project, watch.streamed, range);
      });
  return ({ member }) => {
    const index = held.findIndex(({ streamed }) => streamed.member.path === member?.member.path);
    const watch = held[index];
    if (member === undefined || watch === undefined) return undefined;
    for (const each of users[index] ?? []) {
      const uses = usesOf(project, each, followedIn(held, watch, false));
      const use = uses.find(({ kind, length }) => length !== undefined || (kind === "index" && !isMadeForIt()));
      if (use !== undefined) return use;
    }
    return undefined;

    function isMadeForIt(): boolean {
      const name = `.${member?.name ?? ""}`;
      const naming = functionsNaming(project, fn.file, name.slice(1));
      return naming.some((each) => isHandedOut(project, each, name, each.definition === fn.definition));
    }
  };
}

function membersOf(values: readonly Value[]): readonly Streamed[] {
  const found = new Map<string, Streamed>();
  for (const { member } of values) if (member !== undefined) found.set(member.member.path, member);
  return [...found.values()];
}

/** A member, among others of the stream: what is compared with one of them is held by nothing. */
function followedIn(watches: readonly Watch[], watch: Watch, isQuick: boolean): Followed {
  const { name, range } = watch.streamed;
  const isOpen = !watch.range.vagueMax && watch.range.max >= range.max;
  return {
    name: `.${name}`,
    most: isOpen ? mostOf(range) : undefined,
    question: (at) => {
      const seeds = watches.map((each) => each.seed(at));
      const seed: ReturnType<Watch["seed"]> = (place, types) => {
        for (const each of seeds) {
          const found = each(place, types);
          if (found !== undefined) return found;
        }
        return undefined;
      };
      return isQuick ? { seed, isQuick } : { seed, learnt: watch.learnt(at), helpers: watch.helpersIn(at) };
    },
  };
}

function* functionsAround(project: Project, fn: LocatedFunction, name: string): Iterable<LocatedFunction> {
  for (const each of functionsUsing(project, fn.file, name, false)) if (each.definition !== fn.definition) yield each;
  const given = takersIn(project, fn.file);
  for (const file of given.length === 0 ? [] : filesBeside(project, fn.file)) {
    if (file === fn.file || project.text(file)?.includes(`->${name}`) !== true) continue;
    for (const each of functionsNaming(project, file, name)) {
      if (given.some((taker) => isNamed(project, each, taker))) yield each;
    }
  }
}

const takers = cachedByRevision(() => new Map<string, Found<readonly string[]>>(), "own");

/** Functions of the file that others can call, and that go by what they are given. */
function takersIn(project: Project, file: string): readonly string[] {
  return recalled(takers(project), file, () => readTakers(project, file));
}

function readTakers(project: Project, file: string): readonly string[] {
  return (project.facts(file)?.declarations ?? []).flatMap((definition) => {
    if (definition.kind !== "function" || definition.isStatic) return [];
    const fn = { file, definition };
    const isTaker = parametersOf(project, fn).some((name) => name !== "" && feedsUse(project, fn, name));
    return isTaker ? definition.name : [];
  });
}

/** Whether something is made for as much, in a way that is not followed: by a function that is handed the value. `inTree`: or by one of the tree. */
function isHandedOut(project: Project, fn: LocatedFunction, name: string, inTree: boolean): boolean {
  const locals = localsOf(bodyOf(project, fn));
  const isValue = (node: Node): boolean =>
    (node.kind === "identifier" || node.kind === "member") && nameOf(originOf(node, locals)) === name;
  const isGiven = (call: Call): boolean =>
    call.arguments.some((argument) => {
      for (const node of nodesIn(argument, ({ kind }) => kind === "call"))
        if (isValue(node) || nameOf(node) === name) return true;
      return false;
    });
  return callsOf(bodyOf(project, fn)).some((call) => {
    if (isHarmless(call.name) || !isGiven(call.node)) return false;
    const target = project.function(call.name, fn.file);
    return target === undefined ? true : inTree && !isVariadic(project, target);
  });
}

/** Reads, copies, traces and messages make nothing. */
function isHarmless(name: string): boolean {
  return copies.has(name) || name.startsWith("qemu_get_") || name.startsWith("qemu_put_") || name.startsWith("trace_");
}

function isVariadic(project: Project, { file, definition }: LocatedFunction): boolean {
  const { parametersStart, parametersEnd } = definition;
  return project.text(file)?.slice(parametersStart, parametersEnd).includes("...") === true;
}
