/** `inspect --memory`: bytes of the guest's RAM. */
import { ramRegionsOf } from "../core/emulator";
import { jsonText } from "../core/printable";
import type { ByteSource } from "../core/wire";
import type { Inspection } from "../core/wire/inspect/inspect";
import { readRam, type RamPlace } from "../core/wire/inspect/memory";
import type { TreeDecoding } from "./inspectTree";
import { CannotRun, type Io } from "./io";

const usualLength = 256;
const longest = 16 << 20;

/** `0x1000`, an address of the guest where a tree says how its machine lays out memory, or `pc.ram:0x1000`; with `+LENGTH` behind it. */
export function printMemory(
  io: Io,
  source: ByteSource,
  inspection: Inspection,
  memory: TreeDecoding["memory"] | undefined,
  wanted: string,
  format: "human" | "json" | "analyze",
): void {
  const { place, address } = placeOf(inspection, memory, wanted);
  const sections = inspection.sections.map(({ event }) => event);
  const read = readRam(source, sections, place);
  if (!read.ok) throw new CannotRun(`--memory ${wanted}: ${read.message}`);
  const { block, offset } = place;
  if (format === "json") {
    const hex = Buffer.from(read.bytes).toString("hex");
    return io.out.write(jsonText({ block, offset, ...(address === undefined ? {} : { address }), bytes: hex }));
  }
  for (const line of dumpLines(read.bytes, address ?? offset)) io.out.write(`${line}\n`);
}

function placeOf(
  inspection: Inspection,
  memory: TreeDecoding["memory"] | undefined,
  wanted: string,
): { place: RamPlace; address: number | undefined } {
  const plus = wanted.lastIndexOf("+");
  const at = plus < 0 ? wanted : wanted.slice(0, plus);
  const length = plus < 0 ? usualLength : numberIn(wanted, wanted.slice(plus + 1));
  if (length > longest) throw new CannotRun(`--memory ${wanted}: up to ${longest} bytes are printed`);
  const colon = at.lastIndexOf(":");
  if (colon >= 0) {
    const place = { block: at.slice(0, colon), offset: numberIn(wanted, at.slice(colon + 1)), length };
    return { place, address: undefined };
  }
  const address = numberIn(wanted, at);
  const blocks = `give a block and a place in it, as pc.ram:0x1000`;
  if (memory === undefined)
    throw new CannotRun(`--memory ${wanted}: where the machine's RAM lies is read with --tree; or ${blocks}`);
  const ram = memory(inspection);
  if (!ram.ok) throw new CannotRun(`--memory ${wanted}: ${ram.message}; ${blocks}`);
  const size = inspection.sections
    .flatMap(({ event }) => event.ram?.blocks ?? [])
    .find(({ name }) => name === ram.value.name)?.length;
  if (size === undefined)
    throw new CannotRun(`--memory ${wanted}: the stream has no ${ram.value.name}, the machine's RAM; ${blocks}`);
  let start = 0;
  for (const region of ramRegionsOf(ram.value, Number(size))) {
    if (address >= region.base && address + length <= region.base + region.size)
      return { place: { block: region.name, offset: start + address - region.base, length }, address };
    start += region.size;
  }
  throw new CannotRun(`--memory ${wanted}: the guest has no RAM there`);
}

function numberIn(wanted: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new CannotRun(`--memory ${wanted}: give ADDRESS or BLOCK:OFFSET, with +LENGTH where 256 bytes are not right`);
  return value;
}

function* dumpLines(bytes: Uint8Array, address: number): Generator<string> {
  for (let i = 0; i < bytes.length; i += 16) {
    const row = bytes.subarray(i, i + 16);
    const hex = Array.from(row, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(row, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".")).join(
      "",
    );
    yield `${(address + i).toString(16).padStart(10, "0")}  ${hex.padEnd(47)}  ${text}`;
  }
}
