/** PCI configuration space in a stream, held against what the destination's device has: QEMU refuses what its guest could not have changed. */
import { type ConfigSpace, configSpaceOf } from "../../board";
import { resetTouchesConfig } from "../../code/resetConfig";
import type { Project } from "../../project/project";
import type { DescriptionState, FieldValue, StreamError } from "../../wire";
import { type Device, isPci } from "../bus";
import { setUpBoard } from "../keptBoard";
import type { Machine } from "../machine";
import type { Entry } from "../world";

const space = { description: "PCIDevice", field: "config" };

interface Held {
  readonly bytes: Uint8Array;
  readonly offset: number;
  /** Down to it. */
  readonly levels: NonNullable<StreamError["fields"]>;
}

/**
 * What QEMU finds other; undefined where it takes the bytes, or what the device has is not known. `notKnown` where the device's reset,
 * which has run before, may have made it so.
 */
export function refusedConfig(
  project: Project,
  machine: Machine,
  { idstr, instanceId, owner }: Entry,
  state: DescriptionState,
): StreamError | undefined {
  const held = configIn(state, []);
  if (held === undefined) return undefined;
  const board = setUpBoard(project, machine);
  const own = board && configSpaceOf(board, idstr, instanceId);
  const bad = own && badConfig(held.bytes, own);
  if (bad === undefined) return undefined;
  const path = held.levels.map(({ description, field }) => `${description}/${field}`).join("/");
  const offset = held.offset + bad.index;
  const error = { offset, context: [], errno: "EINVAL", path, fields: held.levels.toReversed() } as const;
  const { index, message } = bad;
  if (!isReset(project, owner.device, index)) return { ...error, message };
  return { ...error, message: `what a reset leaves in byte 0x${index.toString(16)} of ${error.path}`, notKnown: true };
}

/** By the device that has the section, and those up to the one on a bus of PCI. */
function isReset(project: Project, device: Device | undefined, byte: number): boolean {
  for (let at = device; at !== undefined; at = at.bus?.parent) {
    if (resetTouchesConfig(project, at.type, byte)) return true;
    if (at.bus !== undefined && isPci(at.bus)) return false;
  }
  return false;
}

/** Follows get_pci_config_device. */
export function badConfig(
  bytes: Uint8Array,
  own: ConfigSpace,
): { readonly index: number; readonly message: string } | undefined {
  for (const [index, read] of bytes.entries()) {
    const [device, cmask, wmask, w1cmask] = [own.config, own.cmask, own.wmask, own.w1cmask].map((each) => each[index]);
    if (device === undefined || cmask === undefined || wmask === undefined || w1cmask === undefined) continue;
    if (((read ^ device) & cmask & ~wmask & ~w1cmask) === 0) continue;
    const [i, found, has, checked, writable, cleared] = [index, read, device, cmask, wmask, w1cmask].map((each) =>
      each.toString(16),
    );
    const message =
      `get_pci_config_device: Bad config data: i=0x${i} read: ${found} device: ${has} ` +
      `cmask: ${checked} wmask: ${writable} w1cmask:${cleared}`;
    return { index, message };
  }
  return undefined;
}

function configIn({ name, fields }: DescriptionState, above: Held["levels"]): Held | undefined {
  for (const { name: field, value, at } of fields) {
    const levels = [...above, { description: name, field }];
    if (name === space.description && field === space.field && value.kind === "bytes" && at !== undefined)
      return { bytes: value.value, offset: at.offset, levels };
    const inner = insideOf(value, levels);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function insideOf(value: FieldValue, levels: Held["levels"]): Held | undefined {
  if (value.kind === "struct") return configIn(value.state, levels);
  if (value.kind !== "record") return undefined;
  for (const { value: member } of value.members) {
    const found = insideOf(member, levels);
    if (found !== undefined) return found;
  }
  return undefined;
}
