/** What of a comparison concerns a machine type that was named: the rest is folded, and what its board holds comes first. */
import { buildMachine, parseCommandLine } from "../../core/emulator";
import { machineTypes, type TreeFinding } from "../../core/compat";
import type { Project } from "../../core/project";
import { isPluggable } from "../../server/machines";
import { isBreak } from "./report";

export interface ForMachine {
  /** Breaks on devices of the board, other breaks, the rest; what breaks an upgrade before what breaks the way back. */
  readonly shown: readonly TreeFinding[];
  /** On devices that the machine cannot have. */
  readonly folded: readonly TreeFinding[];
}

/** `machine` has no trees that say what is built where both sides are dumps: then all is shown. */
export function forMachine(
  findings: readonly TreeFinding[],
  machine: string,
  { oldProject, newProject }: { readonly oldProject: Project | undefined; readonly newProject: Project | undefined },
): ForMachine {
  const trees = [oldProject, newProject].filter((each) => each !== undefined);
  const boards = trees.map((project) => boardIn(project, machine));
  // a machine of another target says nothing of what this one's build holds
  if (trees.length === 0 || boards.some((board) => board === "elsewhere")) return { shown: findings, folded: [] };
  const isOut = (finding: TreeFinding): boolean => trees.every((project, i) => isForeign(project, boards[i], finding));
  const folded = findings.filter(isOut);
  const ofBoard = (finding: TreeFinding): boolean =>
    boards.some((board) => board instanceof Set && finding.types.some((type) => board.has(type)));
  const rank = (finding: TreeFinding): number =>
    (isBreak(finding) ? 0 : 8) + (ofBoard(finding) ? 0 : 4) + (finding.direction === "old->new" ? 0 : 1);
  const shown = findings.filter((finding) => !folded.includes(finding)).sort((a, b) => rank(a) - rank(b));
  return { shown, folded };
}

/** Types that the board makes, where it is known here; elsewhere: the target's build does not hold it. */
type Board = ReadonlySet<string> | "elsewhere" | undefined;

function boardIn(project: Project, machine: string): Board {
  const own = machineTypes(project).includes(machine) ? project.type(`${machine}-machine`) : undefined;
  if (own !== undefined && project.compiles(own.file) === "false") return "elsewhere";
  const request = parseCommandLine(`-M ${machine}`, { defaults: true });
  const built = request.ok ? buildMachine(project, request.value) : request;
  if (!built.ok) return undefined;
  return new Set([
    ...[...built.value.handlers].map(({ owner }) => owner.type),
    ...built.value.devices.map(({ type }) => type),
  ]);
}

/** No type that has the table can be in the machine; where no type is known, its file is not built. */
function isForeign(project: Project, board: Board, { types, saver, loader }: TreeFinding): boolean {
  const known = types.flatMap((name) => project.type(name) ?? []);
  if (known.length > 0) {
    return known.every(({ name, file }) => project.compiles(file) === "false" || isLeftOut(project, board, name));
  }
  const files = [saver, loader].flatMap((place) => (place === undefined ? [] : [place.description.file]));
  return files.filter((file) => project.has(file)).every((file) => project.compiles(file) === "false");
}

/** On the system bus, not made by the board, and not for -device. */
function isLeftOut(project: Project, board: Board, type: string): boolean {
  if (!(board instanceof Set) || board.has(type)) return false;
  const isSystem = project.ancestry(type).some(({ name }) => name === "sys-bus-device");
  return isSystem && !isPluggable(project, type);
}

/** `31 findings on 12 devices that pc-q35-7.2 cannot have are left out: aspeed.rtc, artist, …` */
export function foldedNote(folded: readonly TreeFinding[], machine: string): string | undefined {
  const names = [...new Set(folded.map(({ section }) => section))].sort();
  if (names.length === 0) return undefined;
  const some = names.length > 6 ? `${names.slice(0, 6).join(", ")} and ${names.length - 6} more` : names.join(", ");
  const count = folded.length === 1 ? "1 finding" : `${folded.length} findings`;
  return `${count} on devices that ${machine} cannot have: ${some} (--all-devices shows them)`;
}
