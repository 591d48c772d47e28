/**
 * Where a payload of unknown shape ends: at its own footer with something behind it that can follow a section.
 * Without footers, at the next thing that can follow a section.
 */
import { commands, mark } from "./magic";

export interface Bytes {
  readonly buffer: Uint8Array;
  readonly view: DataView;
  /** Index behind the last byte. */
  readonly end: number;
  /** True where the stream ends at `end`. */
  readonly final: boolean;
}

/** maybe: the bytes end before it can be told. */
export type Plausible = "yes" | "no" | "maybe";

/** Whether a section, a command or the end of the stream can start at `at`; `brokenOff`: also the beginning of one. */
function follows(bytes: Bytes, at: number, known: ReadonlySet<number>, brokenOff = false): Plausible {
  const left = bytes.end - at;
  if (left <= 0) return bytes.final ? "yes" : "maybe";
  const undecided: Plausible = bytes.final ? (brokenOff ? "yes" : "no") : "maybe";
  switch (bytes.buffer[at]) {
    case mark.eof:
      if (left >= 2) return bytes.buffer[at + 1] === mark.description ? "yes" : "no";
      return bytes.final ? "yes" : "maybe";
    case mark.start:
    case mark.full: {
      if (left < 6) return undecided;
      const length = bytes.buffer[at + 5] ?? 0;
      if (length === 0) return "no";
      if (left < 6 + length + 8) return undecided;
      for (let i = 0; i < length; i++) {
        const octet = bytes.buffer[at + 6 + i] ?? 0;
        if (octet < 0x20 || octet > 0x7e) return "no";
      }
      return bytes.view.getInt32(at + 6 + length + 4) >= 0 ? "yes" : "no";
    }
    case mark.part:
    case mark.end:
      if (left < 5) return undecided;
      return known.has(bytes.view.getUint32(at + 1)) ? "yes" : "no";
    case mark.command: {
      if (left < 5) return undecided;
      const command = commands[bytes.view.getUint16(at + 1)];
      if (command === undefined || command.name === "INVALID") return "no";
      return command.length === -1 || command.length === bytes.view.getUint16(at + 3) ? "yes" : "no";
    }
    default:
      return "no";
  }
}

/**
 * `last`: nothing better was found. Then an end of the stream with anything behind it counts too, and what breaks off.
 * First index >= `from` of a footer of `sectionId` that something can follow; -1: none; -2: more bytes needed.
 */
export function findFooter(
  bytes: Bytes,
  from: number,
  sectionId: number,
  known: ReadonlySet<number>,
  last = false,
): number {
  for (let at = bytes.buffer.indexOf(mark.footer, from); at >= 0; at = bytes.buffer.indexOf(mark.footer, at + 1)) {
    if (at + 5 > bytes.end) break;
    if (bytes.view.getUint32(at + 1) !== sectionId) continue;
    const next = follows(bytes, at + 5, known, last);
    if (next === "yes" || (last && bytes.buffer[at + 5] === mark.eof)) return at;
    if (next === "maybe") return -2;
  }
  return bytes.final ? -1 : -2;
}

/** First index >= `from` where something can follow; -1: none; -2: more bytes needed. */
export function findNext(bytes: Bytes, from: number, known: ReadonlySet<number>): number {
  for (let at = from; at <= bytes.end; at++) {
    const next = follows(bytes, at, known);
    if (next === "yes") return at;
    if (next === "maybe") return -2;
  }
  return bytes.final ? -1 : -2;
}
