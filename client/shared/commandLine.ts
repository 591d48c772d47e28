/** Completion of a QEMU command line by what the tree has. */
import type { MachinesResult, Property } from "../../server/protocol";

export interface Completion {
  readonly word: string;
  /** A kind of word, or a property's type and default. */
  readonly what: string;
  /** The command line with the word in place, and a blank behind it where the next word may follow. */
  readonly commandLine: string;
}

const limit = 50;
const options = ["-M", "-device", "-m", "-smp", "-cpu"];
/** What a property of that type takes, where that is few words, by its number. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  bool: ["off", "on"],
  bit: ["off", "on"],
  bit64: ["off", "on"],
  on_off_auto: ["auto", "on", "off"],
};

/** What may stand in place of the last word of `line`; names that start with it come before those that contain it. */
export function completeCommandLine(
  line: string,
  machines: MachinesResult,
  properties: readonly Property[] = [],
): readonly Completion[] {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? "";
  const option = words.at(-2) ?? "";
  const before = line.slice(0, line.length - last.length);
  const offer = (names: readonly string[], what: string): readonly Completion[] =>
    ranked(names, last).map((word) => ({ word, what, commandLine: `${before}${word} ` }));
  if (option === "-M" || option === "-machine") return offer(machines.machines, "machine");
  if (option === "-device" && last.includes(",")) return behindDevice(line, properties);
  if (option === "-device") return offer(machines.devices, "device");
  return last === "" || last.startsWith("-") ? offer(options, "option") : [];
}

/** The device that the end of the line says more about: `e1000e` of `… -device e1000e,ma`. */
export function deviceAtEnd(line: string): string | undefined {
  return /(?:^|\s)-device\s+([^\s,]+),\S*$/.exec(line)?.[1];
}

function behindDevice(line: string, properties: readonly Property[]): readonly Completion[] {
  const comma = line.lastIndexOf(",") + 1;
  const [head, typed] = [line.slice(0, comma), line.slice(comma)];
  const equals = typed.indexOf("=");
  if (equals < 0) {
    const given = new Set(head.split(",").map((each) => each.split("=", 1)[0]));
    const open = properties.filter(({ name }) => !given.has(name));
    return ranked(
      open.map(({ name }) => name),
      typed,
    ).map((name) => ({ word: name, what: described(open, name), commandLine: `${head}${name}=` }));
  }
  const [name, value] = [typed.slice(0, equals), typed.slice(equals + 1)];
  const property = properties.find((each) => each.name === name);
  const values = property === undefined ? [] : (valuesOf[property.kind] ?? []);
  return ranked(values, value).map((word) => ({ word, what: name, commandLine: `${head}${name}=${word}` }));
}

function described(properties: readonly Property[], name: string): string {
  const property = properties.find((each) => each.name === name);
  if (property === undefined) return "";
  const { kind, byDefault } = property;
  const usual = byDefault === undefined ? undefined : (valuesOf[kind]?.[Number(byDefault)] ?? byDefault);
  return usual === undefined ? kind : `${kind}, ${usual}`;
}

function ranked(names: readonly string[], typed: string): readonly string[] {
  const other = names.filter((name) => !name.startsWith(typed) && name.includes(typed));
  return [...names.filter((name) => name.startsWith(typed) && name !== typed), ...other].slice(0, limit);
}
