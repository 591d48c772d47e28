/** A paused machine of a real QEMU. */
import * as v from "valibot";
import { QemuFailure } from "./failure";
import type { QemuProgram } from "./program";
import { openQmp, type Qmp } from "./qmp";
import { openQtest, type Qtest } from "./qtest";
import { withProcess, type Running } from "./run";

export interface RealMachine extends Qmp {
  /** Accesses of a guest; there only where it was asked for. */
  readonly guest: Qtest | undefined;
  /** What QEMU says of it, without the program's name: warnings and reasons, a line each. */
  messages(): readonly string[];
  /** Why it ended, once it has. */
  readonly end: Promise<QemuFailure>;
}

export interface MachineOptions {
  /** `-M q35 -device e1000e`, as words. */
  readonly args: readonly string[];
  readonly guest?: boolean;
  /** Waits for a stream. */
  readonly incoming?: boolean;
}

/** No display, no default devices, no guest that runs; drives are not written to. */
const always = ["-display", "none", "-nodefaults", "-S", "-snapshot"];

/** For `use`'s time the machine is there. Rejects with QemuFailure, or as `use` does. */
export function withMachine<T>(
  program: QemuProgram,
  { args, guest = false, incoming = false }: MachineOptions,
  use: (machine: RealMachine) => Promise<T>,
): Promise<T> {
  const words = [
    ...always,
    ...channel("vmstate-qmp", 3),
    "-qmp",
    "chardev:vmstate-qmp",
    // the name that 7.2 wants
    ...(guest ? [...channel("qtest", 4), "-qtest", "chardev:qtest", "-qtest-log", "none"] : []),
    ...(incoming ? ["-incoming", "defer"] : []),
    ...args,
  ];
  return withProcess(program, words, guest ? 2 : 1, async (running) => {
    try {
      const [control, accesses] = running.channels;
      if (control === undefined) throw new QemuFailure("ended", "QEMU was not started");
      const qmp = await openQmp(control);
      return await use({
        ...qmp,
        guest: accesses === undefined ? undefined : openQtest(accesses),
        messages: () => messagesIn(running.printed()),
        end: endOf(running),
      });
    } catch (error) {
      throw error instanceof QemuFailure && error.kind === "ended" ? await endOf(running) : error;
    }
  });
}

function channel(id: string, descriptor: number): readonly string[] {
  return ["-chardev", `socket,id=${id},fd=${descriptor}`];
}

/** An exit code of 1 with words is QEMU's no; all else is an end that nobody asked for. */
export async function endOf({ ended, printed }: Pick<Running, "ended" | "printed">): Promise<QemuFailure> {
  const { code } = await ended;
  const said = messagesIn(printed()).at(-1);
  if (code === 1 && said !== undefined) return new QemuFailure("refused", said);
  return new QemuFailure("ended", "QEMU ended without being asked to");
}

/** Lines of QEMU's standard error without the name that it puts before them. */
function messagesIn(printed: string): readonly string[] {
  return printed
    .split("\n")
    .map((line) => line.replace(/^[^\s:]*qemu[^\s:]*: /, "").trim())
    .filter((line) => line !== "");
}

const target = v.object({ arch: v.string() });

/** `x86_64`, as QEMU names its targets. */
export async function targetOf(machine: Qmp): Promise<string> {
  return v.parse(target, await machine.command("query-target")).arch;
}
