/** What of a comparison concerns a machine type that was named: the rest is folded, and what its board holds comes first. */
import { machineOf } from "../../core/emulator";
import { descriptionKey } from "../../core/code/registered";
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

export interface MachineView {
  /** The finding with what the board says of it. */
  told(finding: TreeFinding): TreeFinding;
  split(findings: readonly TreeFinding[]): ForMachine;
}

/** `machine` has no trees that say what is built where both sides are dumps: then all is shown. */
export function forMachine(
  machine: string,
  { oldProject, newProject }: { readonly oldProject: Project | undefined; readonly newProject: Project | undefined },
): MachineView {
  const trees = [oldProject, newProject].filter((each) => each !== undefined);
  const boards = trees.map((project) => boardIn(project, machine));
  // a machine of another target says nothing of what this one's build holds
  if (trees.length === 0 || boards.some((board) => board === "elsewhere")) {
    return { told: (finding) => finding, split: (findings) => ({ shown: findings, folded: [] }) };
  }
  const isOut = (finding: TreeFinding): boolean => trees.every((project, i) => isForeign(project, boards[i], finding));
  const ofBoard = (finding: TreeFinding): boolean =>
    boards.some((board) => isBoard(board) && finding.types.some((type) => board.types.has(type)));
  const rank = (finding: TreeFinding): number =>
    (isBreak(finding) ? 0 : 8) + (ofBoard(finding) ? 0 : 4) + (finding.direction === "old->new" ? 0 : 1);
  return {
    told: (finding) => ofMachine(finding, boards),
    split(findings) {
      const folded = findings.filter(isOut);
      const shown = findings.filter((finding) => !folded.includes(finding)).sort((a, b) => rank(a) - rank(b));
      return { shown, folded };
    },
  };
}

/** What the board makes, where it is known here; elsewhere: the target's build does not hold it. */
type Board = OwnDevices | "elsewhere" | undefined;

interface OwnDevices {
  readonly types: ReadonlySet<string>;
  /** Tables whose sections it has in any case, by file and symbol. */
  readonly tables: ReadonlySet<string>;
}

function boardIn(project: Project, machine: string): Board {
  const own = machineTypes(project).includes(machine) ? project.type(`${machine}-machine`) : undefined;
  if (own !== undefined && project.compiles(own.file) === "false") return "elsewhere";
  const built = machineOf(project, `-M ${machine}`, { defaults: true });
  if (!built.ok) return undefined;
  const owners = [...built.value.handlers].map(({ owner }) => owner);
  return {
    types: new Set([...owners.map(({ type }) => type), ...built.value.devices.map(({ type }) => type)]),
    tables: new Set(
      owners.flatMap(({ description }) => (description === undefined ? [] : descriptionKey(description))),
    ),
  };
}

/**
 * A section that the other side has no table for is a matter of which devices a guest is given, unless the board always makes one
 * that sends it.
 */
function ofMachine(finding: TreeFinding, boards: readonly Board[]): TreeFinding {
  const { optional, saver, loader, verdict } = finding;
  const sends = (board: Board): boolean =>
    isBoard(board) && saver !== undefined && board.tables.has(descriptionKey(saver.description));
  if (optional !== true || verdict !== "refused" || loader !== undefined || saver === undefined) return finding;
  if (saver.description.hooks.needed !== undefined || !boards.some(sends)) return finding;
  const { optional: _, ...rest } = finding;
  return { ...rest, certain: true, message: `${finding.message} The board always makes one.` };
}

function isBoard(board: Board): board is OwnDevices {
  return board !== undefined && board !== "elsewhere";
}

/** No type that has the table can be in the machine; where no type is known, its file is not built. */
function isForeign(project: Project, board: Board, { types, saver, loader }: TreeFinding): boolean {
  const known = types.flatMap((name) => project.type(name) ?? []);
  if (known.length > 0) {
    return known.every(({ name, file }) => project.compiles(file) === "false" || isLeftOut(project, board, name));
  }
  // no table decides: the command line does
  if (saver === undefined && loader === undefined) return false;
  const files = [saver, loader].flatMap((place) => (place === undefined ? [] : [place.description.file]));
  return files.filter((file) => project.has(file)).every((file) => project.compiles(file) === "false");
}

/** On the system bus, not made by the board, and not for -device. */
function isLeftOut(project: Project, board: Board, type: string): boolean {
  if (!isBoard(board) || board.types.has(type)) return false;
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
