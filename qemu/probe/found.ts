/** Which regions of a machine are probed. */
import * as v from "valibot";
import { QemuFailure } from "../failure";
import type { RealMachine } from "../machine";
import { belongsTo, objectOf, ownersIn, type Region, regionsIn } from "./regions";

/** As a machine knows the device that is probed. */
export const dutId = "vmstate-dut";

export interface ProbedMachine {
  /** `-M q35 -m 64`, as words. */
  readonly args: readonly string[];
  /** What -device takes: its registers alone are probed. Undefined: those of all devices. */
  readonly device: string | undefined;
  /** Firmware's work is done first: base addresses of PCI functions, by configuration mechanism 1. */
  readonly isPc: boolean;
  /** Of the machine's own devices, those of these types only. */
  readonly types?: ReadonlySet<string>;
}

export interface Found {
  readonly regions: readonly Region[];
  /** QOM types, by `Region.owner`. */
  readonly types: ReadonlyMap<string, string>;
  /** What QEMU prints of its memory. */
  readonly printed: string;
}

export async function mapText(qemu: RealMachine): Promise<string> {
  return String(await qemu.command("human-monitor-command", { "command-line": "info mtree -f -o" }));
}

/** Regions that belong to no object with a path, such as lists of ISA ports: only a machine without the device says whose. */
export const isNobodys = ({ owner }: Region): boolean => owner === "" || owner.startsWith("type=");

/** @param othersOf of the machine without the device: keys of its regions that are nobody's */
export async function findRegions(
  qemu: RealMachine,
  { device, isPc, types }: ProbedMachine,
  othersOf: () => Promise<ReadonlySet<string>>,
): Promise<Found> {
  const printed = await mapText(qemu);
  const all = regionsIn(printed);
  const others = device !== undefined && all.some(isNobodys) ? await othersOf() : new Set<string>();
  const own = device === undefined ? all : all.filter((each) => isOwn(each, others));
  const config = device !== undefined && isPc ? await configSpaces(qemu) : [];
  const known = new Map<string, string>();
  for (const owner of ownersIn(printed)) {
    const type = await typeOf(qemu, owner);
    if (type !== undefined) known.set(owner, type);
  }
  const regions = types === undefined ? own : own.filter(({ owner }) => types.has(known.get(owner) ?? ""));
  return { regions: [...regions, ...config], types: known, printed };
}

function isOwn(region: Region, others: ReadonlySet<string>): boolean {
  return belongsTo(region, dutId) || (isNobodys(region) && !others.has(placeKey(region)));
}

/** The same for each piece of a region that others lie upon. */
export const placeKey = ({ space, name, start, offset }: Region): string => `${space} ${name} ${start - offset}`;

async function typeOf(qemu: RealMachine, owner: string): Promise<string | undefined> {
  try {
    const type = await qemu.command("qom-get", { path: objectOf(owner), property: "type" });
    return typeof type === "string" && type !== "" ? type : undefined;
  } catch (error) {
    if (error instanceof QemuFailure && error.kind === "refused") return undefined;
    throw error;
  }
}

const pciDevice = v.object({ bus: v.number(), slot: v.number(), function: v.number(), qdev_id: v.string() });
const buses = v.array(v.object({ devices: v.array(pciDevice) }));

/** Of the functions of the device. */
async function configSpaces(qemu: RealMachine): Promise<readonly Region[]> {
  let answer: unknown;
  try {
    answer = await qemu.command("query-pci");
  } catch (error) {
    if (error instanceof QemuFailure && error.kind === "refused") return [];
    throw error;
  }
  return v.parse(buses, answer).flatMap(({ devices }) =>
    devices
      .filter((each) => each.qdev_id === dutId)
      .map(({ bus, slot, function: fn }): Region => {
        const select = 0x80000000 + bus * 0x10000 + slot * 0x800 + fn * 0x100;
        const place = { start: 0, end: 0xff, offset: 0, owner: `id=${dutId}` };
        return { space: "config", name: "config space", select, ...place };
      }),
  );
}
