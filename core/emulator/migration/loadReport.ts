/** What the report on a given stream says of its sections, its RAM and the lengths that were taken from it. */
import { levelName } from "../../priority";
import type { SectionEvent } from "../../wire";
import type { Machine } from "../machine";
import { deviceMemory, isDeviceMemory } from "../deviceMemory";
import { isFromFile } from "../ramBlocks";
import type { Entry } from "../world";
import { type Link, millisecondsOf } from "./link";
import type { ReportSection, SimulationReport } from "./report";
import type { Run } from "./loadRun";

/** What is as long as an installation's files say, or as code makes it that was not followed: another length is refused. */
export function lengthNotes({ project, machine, given, inferred }: Run): readonly string[] {
  const blocks = given.sections.flatMap(({ ram }) => ram?.blocks ?? []);
  const note = (what: string, found: typeof blocks): readonly string[] => {
    const names = found.map(({ name, length }) => `${name} (0x${length.toString(16)})`);
    return names.length === 0 ? [] : [`${what} as long as in the stream: ${names.join(", ")}`];
  };
  const memory = blocks.filter(
    ({ name }) => !inferred && isDeviceMemory(name) && deviceMemory(machine, name) === undefined,
  );
  return [
    ...note(
      "the destination's ROM files are",
      blocks.filter(({ name }) => isFromFile(project, machine, name)),
    ),
    ...note("this memory of the destination's devices is", memory),
  ];
}

/** What says nothing of a device's state. */
const ofBackends: ReadonlySet<string> = new Set(["id", "bus", "chardev"]);

/** Sections of one name, told apart by the order of their devices alone, where the command line says what each of these is. */
export function orderNotes({ machine, given, inferred }: Run): readonly string[] {
  if (inferred) return [];
  const byName = new Map<string, string[]>();
  for (const { sectionKind, idstr, instanceId } of given.sections) {
    if (sectionKind !== "full" || idstr.includes("/")) continue;
    const device = machine.handlers.find(idstr, instanceId)?.owner.device;
    if (device === undefined) continue;
    const own = [...device.properties].filter(([name]) => !ofBackends.has(name));
    const list = byName.get(idstr) ?? [];
    list.push(own.map(([name, value]) => `${name}=${value}`).join(","));
    byName.set(idstr, list);
  }
  return [...byName].flatMap(([idstr, devices]) =>
    devices.length < 2 || new Set(devices).size === 1
      ? []
      : [
          `the source had the devices of ${idstr} in this order: ${devices.map((each) => each || "(no property)").join("; ")}`,
        ],
  );
}

export function sectionReport(
  machine: Machine,
  section: SectionEvent,
  entry: Entry | undefined,
  result: ReportSection["result"],
  link: Link,
): ReportSection {
  const { offset, size, sectionKind: kind, idstr, instanceId } = section;
  const level = entry === undefined ? "" : levelName(entry.level, machine.scheme);
  return { offset, size, kind, idstr, instanceId, level, result, milliseconds: millisecondsOf(link, size) };
}

export function ramOf(sections: readonly SectionEvent[], link: Link): SimulationReport["ram"] {
  const rounds = sections.flatMap(({ ram, size, sectionKind }) => {
    if (ram === undefined || sectionKind === "start") return [];
    const zero = ram.pages.reduce((sum, each) => sum + each.zero, 0);
    const pages = ram.pages.reduce((sum, each) => sum + each.normal, 0);
    return [{ pages, zero, bytes: size, milliseconds: millisecondsOf(link, size) }];
  });
  return { bytes: rounds.reduce((sum, round) => sum + round.bytes, 0), rounds };
}
