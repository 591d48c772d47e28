/**
 * The one place that starts QEMU.
 *
 * Invariant: only the program that the user named is started, with an argument vector and in a process group of its own; it ends within
 * bounds of time, memory and output, and when this process does; nothing but that group is ever killed.
 */
import { spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { QemuFailure } from "./failure";
import { limited, type QemuProgram } from "./program";

export interface Exit {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface Running {
  /** Connected to file descriptors 3, 4, … of the program. */
  readonly channels: readonly Duplex[];
  /** What it printed so far, standard output and error together; the first 256 KiB. */
  printed(): string;
  readonly ended: Promise<Exit>;
}

const largestPrinted = 256 << 10;
/** Milliseconds. */
const lastWords = 1000;
/** Milliseconds in which a run that was given up closes what it has open. */
const longestClosing = 10_000;
/** A source and a destination. */
const atOnce = 2;

const groups = new Set<number>();
let free = atOnce;
const waiting: (() => void)[] = [];

/** For `use`'s time the program runs; afterwards it and all of its group are gone. Rejects with QemuFailure, or as `use` does. */
export async function withProcess<T>(
  program: QemuProgram,
  args: readonly string[],
  channels: number,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  await takeSlot();
  try {
    return await started(program, args, channels, use);
  } finally {
    giveSlot();
  }
}

async function started<T>(
  program: QemuProgram,
  args: readonly string[],
  channels: number,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const { signal } = program;
  if (signal?.aborted === true) throw cancelled();
  const line = limited(program, args);
  const child = spawn(line.program, line.args, {
    cwd: program.cwd,
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe", ...Array.from({ length: channels }, () => "pipe" as const)],
  });
  const group = child.pid;
  if (group !== undefined) watchOver(group);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text.slice(0, largestPrinted - printed.length);
    });
  }
  const pipes = child.stdio.slice(3) as Duplex[];
  // what is written to a program that has ended; its end says why
  for (const pipe of pipes) pipe.on("error", () => undefined);
  const ended = new Promise<Exit>((resolve) => {
    child.once("exit", (code, by) => {
      if (group !== undefined) endGroup(group);
      const exit = { code: code ?? undefined, signal: by ?? undefined };
      // its last words are still on the way; one that left the group could hold the pipes open
      const timer = setTimeout(() => resolve(exit), lastWords);
      child.once("close", () => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
    child.once("error", () => resolve({ code: 127, signal: undefined }));
  });
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new QemuFailure("slow", `QEMU took longer than ${program.seconds} s`)),
      program.seconds * 1000,
    );
    const cancel = (): void => reject(cancelled());
    signal?.addEventListener("abort", cancel, { once: true });
    child.once("error", (error) => reject(new QemuFailure("not-found", `${program.path}: ${error.message}`)));
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    };
  });
  stopped.catch(() => undefined);
  const result = use({ channels: pipes, printed: () => printed, ended });
  try {
    return await Promise.race([result, stopped]);
  } finally {
    stop?.();
    if (group !== undefined && child.exitCode === null && child.signalCode === null) endGroup(group);
    await ended;
    for (const stream of [child.stdout, child.stderr, ...pipes]) stream?.destroy();
    // what it has open is closed by it, now that nobody answers any more
    const settled = result.then(nothing, nothing);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, longestClosing).unref())]);
  }
}

const nothing = (): void => undefined;

function cancelled(): QemuFailure {
  return new QemuFailure("cancelled", "cancelled");
}

function watchOver(group: number): void {
  if (groups.size === 0) process.on("exit", endAll);
  groups.add(group);
}

function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // nobody of it is left
  }
  groups.delete(group);
  if (groups.size === 0) process.off("exit", endAll);
}

function endAll(): void {
  for (const group of groups) endGroup(group);
}

async function takeSlot(): Promise<void> {
  if (free > 0) {
    free--;
    return;
  }
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function giveSlot(): void {
  const next = waiting.shift();
  if (next === undefined) free++;
  else next();
}
