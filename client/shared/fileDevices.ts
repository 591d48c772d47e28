/** The devices whose tables stand in one file, as a command line. */
import type { MachinesResult, OrderResult } from "../../server/protocol";

/** Whether the tree has every device that the command line names. */
export function hasDevicesOf(line: string, { devices }: MachinesResult): boolean {
  const words = line.split(/\s+/);
  return words.every((word, index) => words[index - 1] !== "-device" || devices.includes(word.replace(/,.*$/, "")));
}

/** `base` with a `-device` for each device type of `file` (relative to the tree) that it lacks; undefined without any. */
export function withFileDevices(
  base: string,
  file: string,
  { entries }: OrderResult,
  { devices }: MachinesResult,
): string | undefined {
  const known = new Set(devices);
  const there = new Set(base.split(/\s+/).map((word) => word.replace(/,.*$/, "")));
  const types = [...new Set(entries.filter((entry) => entry.file === file).map((entry) => entry.type))];
  const added = types.filter((name) => known.has(name) && !there.has(name));
  return added.length === 0 ? undefined : [base, ...added.map((name) => `-device ${name}`)].join(" ");
}
