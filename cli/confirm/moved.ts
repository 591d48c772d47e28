/** A section before the one that it needs: what the real QEMU does with that stream, beside one in which it comes behind. */
import { readGiven, simulateLoad, type SimulationReport } from "../../core/emulator";
import type { Project } from "../../core/project";
import { memorySource } from "../../core/wire";
import { type Edits, rewriteStream } from "../../core/wire/inspect/edit";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { QemuFailure } from "../../qemu/failure";
import { startBehindVtd, type WorkingDevice } from "../../qemu/guest/device";
import { withMachine } from "../../qemu/machine";
import { loadStream, saveStream } from "../../qemu/migration";
import type { QemuProgram } from "../../qemu/program";

export interface Move {
  /** Section names, as streams have them or without the device's path. */
  readonly section: string;
  readonly before: string;
}

export type MoveVerdict =
  /** QEMU refuses the stream. */
  | { readonly kind: "refused"; readonly messages: readonly string[] }
  /** It loads without a word, and what the device writes goes elsewhere. */
  | { readonly kind: "wrong memory" }
  | { readonly kind: "not seen" }
  | { readonly kind: "cannot be shown"; readonly reason: string };

export interface MoveReport {
  readonly section: string;
  readonly before: string;
  readonly verdict: MoveVerdict;
  /** What the tree's definitions say of the same stream; undefined where there is no such stream. */
  readonly read: SimulationReport["outcome"] | undefined;
}

/** Rejects with QemuFailure where the machine does not start or save. */
export async function runMove(
  program: QemuProgram,
  project: Project,
  line: string,
  args: readonly string[],
  move: Move,
): Promise<MoveReport> {
  // one run tells the section's full name, and with it the device's place
  const named = names(await savedOrReason(program, args), move);
  if ("reason" in named) return { ...move, verdict: { kind: "cannot be shown", ...named }, read: undefined };
  const path = named.section.includes("/") ? named.section.slice(0, named.section.lastIndexOf("/")) : "";
  const source = await withMachine(program, { args, guest: true }, async (machine) => {
    if (machine.guest === undefined) throw new QemuFailure("ended", "QEMU has no qtest");
    try {
      const device = await startBehindVtd(machine.guest, path);
      return { device, stream: await saveStream(machine) };
    } catch (error) {
      if (error instanceof QemuFailure && error.kind === "refused") return { reason: error.message };
      throw error;
    }
  });
  if ("reason" in source) {
    return { ...named, verdict: { kind: "cannot be shown", reason: source.reason }, read: undefined };
  }
  const inOrder = edited(source.stream, { move: [{ section: named.before, before: named.section }] });
  const moved = edited(source.stream, { move: [{ section: named.section, before: named.before }] });
  const read = simulateLoad(project, moved, { machine: line });
  const verdict = await verdictOf(program, args, source.device, inOrder, moved);
  return { ...named, verdict, read: read.ok ? read.value.outcome : undefined };
}

async function verdictOf(
  program: QemuProgram,
  args: readonly string[],
  device: WorkingDevice,
  inOrder: Uint8Array,
  moved: Uint8Array,
): Promise<MoveVerdict> {
  const outcome = (stream: Uint8Array) =>
    withMachine(program, { args, guest: true, incoming: true }, async (machine) => {
      const messages = await loadStream(machine, stream);
      if (messages !== undefined) return { messages };
      return { arrives: machine.guest !== undefined && (await device.arrives(machine.guest)) };
    });
  const fine = await outcome(inOrder);
  if (!("arrives" in fine) || !fine.arrives) {
    const why = "messages" in fine ? `: ${fine.messages.at(-1)}` : "";
    return { kind: "cannot be shown", reason: `the device does not work after a load in the right order either${why}` };
  }
  const wrong = await outcome(moved);
  if ("messages" in wrong) return { kind: "refused", messages: wrong.messages };
  return { kind: wrong.arrives ? "not seen" : "wrong memory" };
}

/** A machine that QEMU does not make shows nothing. */
async function savedOrReason(program: QemuProgram, args: readonly string[]): Promise<Uint8Array | string> {
  try {
    return await withMachine(program, { args }, saveStream);
  } catch (error) {
    if (error instanceof QemuFailure && error.kind === "refused") return error.message;
    throw error;
  }
}

function names(stream: Uint8Array | string, { section, before }: Move): Move | { readonly reason: string } {
  if (typeof stream === "string") return { reason: stream };
  const all = readGiven(stream).sections.map(({ idstr }) => idstr);
  const full = (name: string) => all.find((idstr) => idstr === name) ?? all.find((idstr) => idstr.endsWith(`/${name}`));
  const [one, other] = [full(section), full(before)];
  if (one === undefined || other === undefined) {
    return { reason: `the machine sends no section ${one === undefined ? section : before}` };
  }
  return { section: one, before: other };
}

function edited(stream: Uint8Array, edits: Edits): Uint8Array {
  const rewritten = rewriteStream(inspectStream(memorySource(stream)), edits);
  if (!rewritten.ok) throw new QemuFailure("refused", `the machine's stream: ${rewritten.error.message}`);
  const parts = rewritten.value.pieces.map((piece) =>
    piece.kind === "bytes" ? piece.bytes : stream.subarray(piece.offset, piece.offset + piece.size),
  );
  return new Uint8Array(Buffer.concat(parts));
}
