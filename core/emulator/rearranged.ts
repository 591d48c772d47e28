/** What would load a section where a person put it: another priority of its table, or another order of -device. */
import { positionAt } from "../c/range";
import { levelName } from "../priority";
import type { Project } from "../project/project";
import { toTheEnd } from "../steps";
import { buildMachine, machineOf } from "./board";
import { commandLineWords, type MachineRequest, type Outcome, parseCommandLine, success } from "./commandLine";
import type { Machine } from "./machine";
import { type Move, reordered, sectionNamed } from "./migration/reorder";
import type { Entry } from "./world";

interface SameByPriority {
  readonly level: string;
  readonly symbol: string;
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
}

/** A level and a command line that put the section on the same side of each section that it was moved across. */
export interface Rearranged {
  /** The handler list's name of what was moved. */
  readonly section: string;
  readonly priority?: SameByPriority;
  readonly commandLine?: string;
}

/** A longer line is not tried in all its orders. */
const mostDevices = 8;

/** undefined where the move changes nothing. */
export function rearrangedBy(project: Project, line: string, move: Move): Outcome<Rearranged | undefined> {
  return toTheEnd(rearrangedInSteps(project, line, move));
}

/** The same, a machine at a time. An edit of the tree between two steps makes the result worthless. */
export function* rearrangedInSteps(
  project: Project,
  line: string,
  move: Move,
): Generator<void, Outcome<Rearranged | undefined>> {
  const request = parseCommandLine(line);
  if (!request.ok) return request;
  const machine = buildMachine(project, request.value);
  if (!machine.ok) return machine;
  const entries = [...machine.value.handlers];
  const moved = sectionNamed(entries, move.section);
  if (!moved.ok) return moved;
  const wanted = reordered(entries, [move]);
  if (!wanted.ok) return wanted;
  const crossed = crossedBy(moved.value, entries, wanted.value);
  if (crossed.length === 0) return success(undefined);
  const priority = byPriority(project, machine.value, moved.value, crossed);
  const commandLine = yield* byDeviceOrder(project, line, request.value, moved.value, crossed);
  return success({
    section: moved.value.idstr,
    ...(priority === undefined ? {} : { priority }),
    ...(commandLine === undefined ? {} : { commandLine }),
  });
}

interface Crossed {
  readonly entry: Entry;
  /** The moved section is to load before it. */
  readonly isBehind: boolean;
}

function crossedBy(moved: Entry, before: readonly Entry[], after: readonly Entry[]): readonly Crossed[] {
  const [old, now] = [before.indexOf(moved), after.indexOf(moved)];
  return now < old
    ? before.slice(now, old).map((entry) => ({ entry, isBehind: true }))
    : before.slice(old + 1, now + 1).map((entry) => ({ entry, isBehind: false }));
}

/** Of the levels that do, the one that changes least. */
function byPriority(
  project: Project,
  { scheme }: Machine,
  moved: Entry,
  crossed: readonly Crossed[],
): SameByPriority | undefined {
  const { description } = moved.owner;
  if (description === undefined) return undefined;
  const table = description.symbol;
  const isOfTable = ({ owner }: Entry): boolean => owner.description === description;
  const fitting = scheme.levels.filter(({ value, name }) => {
    if (value === moved.level || name !== levelName(value, scheme)) return false;
    const levelOf = (entry: Entry): number => (isOfTable(entry) ? value : entry.level);
    return crossed.every(({ entry, isBehind }) => {
      const isFirst = levelOf(entry) === value ? moved.sectionId < entry.sectionId : value > levelOf(entry);
      return isFirst === isBehind;
    });
  });
  const [nearest] = fitting.sort((a, b) => Math.abs(a.value - moved.level) - Math.abs(b.value - moved.level));
  if (nearest === undefined) return undefined;
  const { line } = positionAt(project.lines(description.file), description.nameRange.start);
  return { level: nearest.name, symbol: table, file: description.file, line };
}

/** Names hold PCI addresses, which another order changes: sections are known again by their type and table. */
function* byDeviceOrder(
  project: Project,
  line: string,
  request: MachineRequest,
  moved: Entry,
  crossed: readonly Crossed[],
): Generator<void, string | undefined> {
  const words = commandLineWords(line);
  if (!words.ok) return undefined;
  const options = words.value.flatMap((word, index) => (isDevice(word) ? [index] : []));
  if (options.length < 2 || options.length > mostDevices || request.devices.length !== options.length) return undefined;
  const values = options.map((index) => words.value[index + 1] ?? "");
  const withDevices = (devices: readonly string[]): string => {
    const taken = [...devices];
    return words.value
      .flatMap((word, index) => {
        if (options.includes(index - 1)) return [];
        if (!options.includes(index)) return [quoted(word)];
        const next = taken.shift();
        return next === undefined ? [] : [word, quoted(next)];
      })
      .join(" ");
  };
  const placesOf = (text: string): ReadonlyMap<string, readonly number[]> | undefined => {
    const machine = machineOf(project, text);
    if (!machine.ok) return undefined;
    const places = new Map<string, number[]>();
    [...machine.value.handlers].forEach((entry, place) => {
      const known = places.get(keyOf(entry));
      if (known === undefined) places.set(keyOf(entry), [place]);
      else known.push(place);
    });
    return places;
  };
  const key = keyOf(moved);
  yield;
  if (placesOf(withDevices(values))?.get(key)?.length !== 1) return undefined;
  // what the board makes by itself is there before all of them, whatever their order
  yield;
  const board = placesOf(withDevices([]));
  if (board === undefined || crossed.some(({ entry }) => board.has(keyOf(entry)))) return undefined;
  const isLikely = (index: number): boolean => (values[index] ?? "").split(",")[0] === moved.owner.type;
  const likelyFirst = values.map((_, index) => index).sort((a, b) => Number(isLikely(b)) - Number(isLikely(a)));
  let own: number | undefined;
  for (const index of likelyFirst) {
    yield;
    if (placesOf(withDevices(values.toSpliced(index, 1)))?.has(key) !== false) continue;
    own = index;
    break;
  }
  if (own === undefined) return undefined;
  const from = own;
  const rest = values.toSpliced(own, 1);
  const lines = rest
    .map((_, index) => index)
    .concat(rest.length)
    .filter((index) => index !== from)
    .sort((a, b) => Math.abs(a - from) - Math.abs(b - from))
    .map((index) => withDevices(rest.toSpliced(index, 0, values[from] ?? "")));
  for (const text of lines) {
    yield;
    const places = placesOf(text);
    const [place, another] = places?.get(key) ?? [];
    if (places === undefined || place === undefined || another !== undefined) continue;
    const isSame = crossed.every(({ entry, isBehind }) => {
      const others = places.get(keyOf(entry)) ?? [];
      return others.length > 0 && others.every((other) => place < other === isBehind);
    });
    if (isSame) return text;
  }
  return undefined;
}

function keyOf({ owner, idstr }: Entry): string {
  return owner.description === undefined ? idstr : `${owner.type} ${owner.description.symbol}`;
}

function isDevice(word: string): boolean {
  return word === "-device" || word === "--device";
}

const inNeedOfQuotes = [" ", "\t", "\n", '"', "'", "\\"];

function quoted(word: string): string {
  const isPlain = word !== "" && !inNeedOfQuotes.some((each) => word.includes(each));
  return isPlain ? word : `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
