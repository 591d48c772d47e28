/** Completion of a QEMU command line by what the tree has. */
import type { MachinesResult } from "../../server/protocol";

export interface Completion {
  readonly word: string;
  readonly what: "option" | "machine" | "device";
  /** The command line with the word in place and a blank behind it. */
  readonly commandLine: string;
}

const limit = 50;
const options = ["-M", "-device", "-m", "-smp", "-cpu"];

/** What may stand in place of the last word of `line`; names that start with it come before those that contain it. */
export function completeCommandLine(line: string, machines: MachinesResult): readonly Completion[] {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? "";
  const option = words.at(-2) ?? "";
  const before = line.slice(0, line.length - last.length);
  const offer = (names: readonly string[], what: Completion["what"]): readonly Completion[] =>
    ranked(names, last).map((word) => ({ word, what, commandLine: `${before}${word} ` }));
  if (option === "-M" || option === "-machine") return offer(machines.machines, "machine");
  if (option === "-device") return offer(machines.devices, "device");
  return last === "" || last.startsWith("-") ? offer(options, "option") : [];
}

function ranked(names: readonly string[], typed: string): readonly string[] {
  const other = names.filter((name) => !name.startsWith(typed) && name.includes(typed));
  return [...names.filter((name) => name.startsWith(typed) && name !== typed), ...other].slice(0, limit);
}
