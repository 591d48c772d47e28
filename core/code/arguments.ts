/** What a call hands over: whose memory, which part of the device, a constant. */
import type { BodyCall } from "../c/body/calls";
import { withoutAddress } from "../c/body/carried";
import type { Local, Locals } from "../c/body/locals";
import { namedPath, type Path, pathOf } from "../c/body/paths";
import { nodesIn } from "../c/body/walk";
import type { Expression } from "../c/syntax";

/** Where an access' AddressSpace comes from. */
export type SpaceSource =
  | { readonly from: "device" | "system" | "none" }
  | { readonly from: "parameter"; readonly index: number }
  | { readonly from: "member"; readonly member: string };

export interface Argument {
  readonly space: SpaceSource;
  /** Of a constant, whether it is other than 0. */
  readonly truth: boolean | undefined;
}

const system: SpaceSource = { from: "system" };
const device: SpaceSource = { from: "device" };
export const noSpace: SpaceSource = { from: "none" };
const plain: Argument = { space: device, truth: undefined };

export function argumentOf(expression: Expression, locals: Locals): Argument {
  const truth = truthOf(expression);
  if (truth !== undefined) return { space: device, truth };
  const space = spaceOf(expression, locals);
  return space === device ? plain : { space, truth };
}

function truthOf(expression: Expression): boolean | undefined {
  if (expression.kind === "cast") return truthOf(expression.operand);
  if (expression.kind === "integer") return expression.value !== 0n;
  if (expression.kind !== "identifier") return undefined;
  if (expression.name === "true") return true;
  return expression.name === "false" || expression.name === "NULL" ? false : undefined;
}

/** QEMU's address spaces that no IOMMU stands before, and what gives the memory in them. */
export const systemNames: readonly string[] = ["address_space_memory", "address_space_io", "get_system_memory"];

export function namesSystem(expression: Expression): boolean {
  for (const node of nodesIn(expression))
    if (node.kind === "identifier" && systemNames.includes(node.name)) return true;
  return false;
}

const deepest = 4;

/** A local stands for what is put into it, where that is the same everywhere. */
export function spaceOf(expression: Expression, locals: Locals, depth = 0): SpaceSource {
  if (namesSystem(expression)) return system;
  const named = withoutAddress(expression);
  if (named.kind === "member") return { from: "member", member: named.name };
  const local = named.kind === "identifier" ? locals.at(named.name, named.start) : undefined;
  if (local === undefined) return device;
  if (local.isParameter) return { from: "parameter", index: indexOf(local, locals) };
  const values = local.values.filter((value) => value !== undefined && truthOf(value) === undefined);
  const [first = device, ...others] =
    depth < deepest ? values.map((each) => (each ? spaceOf(each, locals, depth + 1) : device)) : [];
  return others.every((each) => isSame(each, first)) ? first : device;
}

function indexOf(parameter: Local, { all }: Locals): number {
  return all.filter(({ isParameter }) => isParameter).indexOf(parameter);
}

function isSame(a: SpaceSource, b: SpaceSource): boolean {
  if (a.from === "parameter") return b.from === "parameter" && a.index === b.index;
  return a.from === "member" ? b.from === "member" && a.member === b.member : a.from === b.from;
}

/**
 * The region, or the timer, among the arguments: the member as the function names it, `smb.io` of `&s->smb.io`, `bus->io` behind a
 * pointer; a variable's name where that is all.
 */
export function partOf({ name, node }: BodyCall, locals: Locals): string | undefined {
  const at = name.startsWith("memory_region_add_subregion") ? 2 : name === "memory_region_del_subregion" ? 1 : 0;
  const argument = node.arguments[at];
  const path = argument && namedPath(argument, locals);
  if (argument === undefined || path === undefined) return undefined;
  return membersOf(path) || membersOf(pathOf(argument, locals) ?? path) || path.root;
}

function membersOf({ steps }: Path): string {
  let members = "";
  let joint = "";
  for (const step of steps) {
    if (step === "*") joint = "->";
    else if (step.startsWith(".")) {
      members += members === "" ? step.slice(1) : `${joint}${step.slice(1)}`;
      joint = ".";
    }
  }
  return members;
}
