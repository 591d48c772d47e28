/** What a board is, as plain data: its tree of objects, its sections in order, and what could not be followed. */
import { positionAt } from "../c/range";
import type { Project } from "../project/project";
import type { Board, MachineTypes } from "./board";
import { objectData } from "./library/qom/data";
import type { Open } from "./run/notes";
import type { Rec } from "./run/values";

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface BoardObject {
  readonly name: string;
  /** QOM type. */
  readonly type: string;
  readonly isDevice: boolean;
  readonly children: readonly BoardObject[];
}

export interface BoardSection {
  readonly idstr: string;
  readonly instanceId: number;
  /** Counted as QEMU counts registrations. */
  readonly sectionId: number;
  /** Symbol of the table; undefined for a live handler. */
  readonly description: string | undefined;
  readonly type: string | undefined;
  /** Path of the object that registers it. */
  readonly object: string | undefined;
  /** The call that registers it. */
  readonly at: Place | undefined;
}

export interface OpenPlace extends Place {
  readonly text: string;
  readonly reason: string;
  readonly through: readonly string[];
}

export interface BoardReport {
  readonly machine: string;
  readonly type: string;
  readonly target: string;
  readonly objects: BoardObject;
  /** In the order in which they are registered. */
  readonly sections: readonly BoardSection[];
  readonly ramBlocks: readonly string[];
  readonly open: readonly OpenPlace[];
  /** Where QEMU would end instead, or what was not understood makes it seem so. */
  readonly refused: string | undefined;
}

export interface MachinesReport {
  readonly machines: readonly MachineReport[];
  /** Where reading them met a bound: some may be missing. */
  readonly open: readonly OpenPlace[];
}

export interface MachineReport extends Place {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string | undefined;
}

function placeOf(project: Project, file: string, start: number): Place {
  return { file, line: file === "" ? 0 : positionAt(project.lines(file), start).line + 1 };
}

export function boardReport(project: Project, board: Board): BoardReport {
  const { model, registry } = board;
  const sections = [...registry.handlers].sort((a, b) => a.sectionId - b.sectionId);
  return {
    machine: board.name,
    type: board.type,
    target: project.configuration.target.name,
    objects: objectOf(board, "", board.root, 0),
    sections: sections.map(({ idstr, instanceId, sectionId, description, owner }) => ({
      ...{ idstr, instanceId, sectionId, description },
      type: owner.type === "" ? undefined : owner.type,
      object: owner.object === undefined ? undefined : model.pathOf(owner.object),
      at: owner.file === "" ? undefined : placeOf(project, owner.file, owner.start),
    })),
    ramBlocks: registry.blocks.map(({ name }) => name),
    open: openPlaces(project, board.opens),
    refused: board.refused,
  };
}

const deepest = 64;

function objectOf(board: Board, name: string, object: Rec, depth: number): BoardObject {
  const data = objectData(object);
  const children = depth > deepest ? [] : [...(data?.children ?? [])];
  return {
    name,
    type: data?.type.name ?? "",
    isDevice: data !== undefined && board.model.types.isA(data.type, "device"),
    children: children
      .filter(([, child]) => !isRegion(board, child))
      .map(([each, child]) => objectOf(board, each, child, depth + 1)),
  };
}

/** Memory regions, pins and clocks are many, and no devices. */
function isRegion(board: Board, object: Rec): boolean {
  const type = objectData(object)?.type;
  return type !== undefined && ["memory-region", "irq", "clock"].some((each) => board.model.types.isA(type, each));
}

export function machinesReport(project: Project, { types, opens }: MachineTypes): MachinesReport {
  return {
    machines: types.map(({ name, aliases, description, file, start }) => ({
      ...{ name, aliases, description },
      ...placeOf(project, file, start),
    })),
    open: openPlaces(project, opens),
  };
}

function openPlaces(project: Project, opens: readonly Open[]): readonly OpenPlace[] {
  return opens.map(({ file, start, text, reason, through }) => ({
    ...placeOf(project, file, start),
    ...{ text, reason, through },
  }));
}
