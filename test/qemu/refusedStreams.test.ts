/** Streams of real machines in which we changed one value: what real QEMU's own code makes of it, and what we say of that. */
import { describe, expect, it } from "vitest";
import { simulateLoad } from "../../core/emulator";
import { type DescriptionState, type FieldValue, memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { realProject } from "./project";
import { realLoad, realStream, type Release } from "./realQemu";
import { optionalRelease } from "./tree";

const line =
  "-nodefaults -M q35 -m 16 -device e1000e,addr=3 -device VGA,addr=4 -device piix3-usb-uhci,addr=5 -device isa-fdc " +
  "-device pcie-root-port,chassis=1,addr=6 -device virtio-rng-pci,addr=7 -device qemu-xhci,addr=8 -device usb-tablet";

/** Section, how a field in the stream's own description begins, and what its last bytes are instead, or its first letters. */
type Case = readonly [idstr: string, path: string, bytes: readonly number[] | string];

const refused: readonly Case[] = [
  ["0000:00:00.0/mch", "parent_obj/irq_state", [16]],
  ["0000:00:03.0/e1000e", "parent_obj[0]/irq_state", [0x80, 0, 0, 0]],
  ["0000:00:00.0/mch", "parent_obj/version_id", [3]],
  ["0000:00:05.0/uhci", "dev/version_id", [0xff, 0xff, 0xff, 0xff]],
  ["0000:00:05.0/uhci", "num_ports_vmstate", [3]],
  ["PCIBUS", "nirq", [24]],
  ["0000:00:04.0/vga", "vga/is_vbe_vmstate", [0]],
  ["fdc", "state/num_floppies", [3]],
  ["0000:00:1f.2/ich9_ahci", "ahci/dev/ncq_tfs/used", [1]],
  ["0000:00:06.0/pcie-root-port", "parent_obj.parent_obj.parent_obj.exp.aer_log/log_num", [16]],
  ["0000:00:06.0/pcie-root-port", "parent_obj.parent_obj.parent_obj.exp.aer_log/log_max", [7]],
  ["hpet", "num_timers", [0x7f]],
  ["globalstate", "runstate", "asleep"],
];

const taken: readonly Case[] = [
  ["0000:00:00.0/mch", "parent_obj/irq_state", [1]],
  ["0000:00:00.0/mch", "parent_obj/version_id", [1]],
  ["fdc", "state/fifo", [1]],
  ["i8259", "irr", [0xff]],
  ["i8254", "channels/count_latched", [2]],
  ["mc146818rtc", "cmos_index", [0xff]],
  ["pckbd", "kbd/status", [0xff]],
  ["hpet", "config", [1]],
  ["0000:00:03.0/e1000e", "core.mac", [0xff]],
  ["0000:00:08.0/xhci", "xhci/usbcmd", [0xff]],
];

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** The places of a state's fields by path, of those in arrays the last. */
function placed(state: DescriptionState, around = "", found = new Map<string, Place>()): ReadonlyMap<string, Place> {
  const within = (value: FieldValue, path: string): void => {
    if (value.kind === "struct") placed(value.state, `${path}/`, found);
    else if (value.kind === "array") for (const each of value.elements) within(each, path);
  };
  for (const { name, value, at } of state.fields) {
    if (at !== undefined) found.set(`${around}${name}`, at);
    within(value, `${around}${name}`);
  }
  return found;
}

function changed(stream: Uint8Array, [idstr, path, bytes]: Case): Uint8Array {
  const section = inspectStream(memorySource(stream)).sections.find(({ event }) => event.idstr === idstr);
  const decoding = section?.byTrailer;
  const places = decoding?.ok === true ? [...placed(decoding.state)] : [];
  const [, place] = places.find(([each]) => each.startsWith(path)) ?? [];
  if (place === undefined) throw new Error(`no ${path} in ${idstr}`);
  const { offset, size } = place;
  const made = stream.slice();
  if (typeof bytes === "string") made.set(new TextEncoder().encode(bytes), offset);
  else made.set(bytes, offset + size - bytes.length);
  return made;
}

const trees = { "7.2": "QEMU_SOURCE_7_2", "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;
const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
if (!latest.isThere) console.info(`QEMU 11.1${latest.title}`);
const releases: readonly Release[] = latest.isThere ? ["7.2", "10.0", "11.1"] : ["7.2", "10.0"];

describe.each<Release>(releases)("QEMU %s", (release) => {
  const project = realProject(trees[release]);
  const stream = realStream(release, "x86_64", line.split(" ")).then((bytes) => new Uint8Array(bytes));

  async function both(edit: Case) {
    const bytes = changed(await stream, edit);
    const { messages } = await realLoad(release, "x86_64", line.split(" "), bytes);
    const ours = simulateLoad(project, bytes, { machine: line });
    if (!ours.ok) throw new Error(ours.message);
    return { real: messages, ours: ours.value };
  }

  it.each(refused)("refuses %s %s", { timeout: 120_000 }, async (...edit) => {
    const { real, ours } = await both(edit);
    expect(real.at(-1)).toContain("load of migration failed");
    expect([ours.outcome, ours.failure?.idstr, ours.messages]).toEqual(["failed", edit[0], real]);
  });

  it.each(taken)("takes %s %s", { timeout: 120_000 }, async (...edit) => {
    const { real, ours } = await both(edit);
    expect(real).toEqual([]);
    expect([ours.outcome, ours.open]).toEqual(["completed", []]);
  });
});
