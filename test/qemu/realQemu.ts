/** Runs a real emulator and talks QMP to it. QEMU_BINARY is a program that takes a release (7.2, 10.0, 11.1), a target and QEMU's arguments. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { type Guest, guestOptions, openGuest } from "./guest";

export type Release = "7.2" | "10.0" | "11.1";

function qemuBinary(): string {
  const path = process.env.QEMU_BINARY;
  if (path === undefined || !existsSync(path)) {
    throw new Error("set QEMU_BINARY to a program that runs `PROGRAM RELEASE TARGET ARGUMENTS…`");
  }
  return path;
}

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export interface RunningQemu {
  command(name: string, options?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** What it printed so far. */
  output(): string;
  /** Exit code; undefined while it runs. */
  exited(): number | undefined;
  /** It has gone by itself. Waits at most half a minute: some releases stay. */
  ended(): Promise<void>;
  stop(): Promise<void>;
}

const common = ["-S", "-display", "none", "-serial", "none", "-monitor", "none"];

/** Starts a paused machine. The caller stops it. */
export async function startQemu(release: Release, target: string, options: readonly string[]): Promise<RunningQemu> {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-qemu-"));
  const path = join(folder, "qmp");
  const child: ChildProcess = spawn(qemuBinary(), [
    release,
    target,
    ...common,
    "-qmp",
    `unix:${path},server=on,wait=off`,
    ...options,
  ]);
  let printed = "";
  let code: number | undefined;
  child.stderr?.on("data", (data: Buffer) => (printed += data.toString()));
  child.stdout?.on("data", (data: Buffer) => (printed += data.toString()));
  // an exit may be told before the last lines that it printed
  const ended = once(child, "close").then(([value]: unknown[]) => {
    code = typeof value === "number" ? value : 1;
  });
  const socket = await connected(
    path,
    () => code,
    () => printed,
  );
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  await lines.next();

  async function command(name: string, given: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    socket.write(`${JSON.stringify({ execute: name, arguments: given })}\n`);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) throw new Error(`QEMU ended: ${printed}`);
      const answer = JSON.parse(line.value) as Answer;
      if (answer.error !== undefined) throw new Error(answer.error.desc);
      if ("return" in answer) return answer.return;
    }
  }

  await command("qmp_capabilities");
  return {
    command,
    output: () => printed,
    exited: () => code,
    ended: () => Promise.race([ended, delay(30_000)]),
    async stop() {
      if (code === undefined) await command("quit").catch(() => undefined);
      socket.destroy();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connected(path: string, code: () => number | undefined, printed: () => string): Promise<Socket> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (code() !== undefined) throw new Error(`QEMU ended: ${printed()}`);
    if (existsSync(path)) {
      const socket = connect(path);
      const [outcome] = await Promise.race([
        once(socket, "connect").then(
          () => ["ok"],
          () => ["no"],
        ),
        once(socket, "error").then(() => ["no"]),
      ]);
      if (outcome === "ok") return socket;
    }
    await delay(100);
  }
  throw new Error(`QEMU does not answer: ${printed()}`);
}

interface MigrationStatus {
  readonly status?: string;
}

/** Waits until query-migrate says completed or failed, or QEMU has gone. */
export async function migrationEnd(qemu: RunningQemu): Promise<string> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const { status } = (await qemu.command("query-migrate").catch(() => ({ status: "gone" }))) as MigrationStatus;
    if (status === "completed" || status === "failed" || status === "gone") return status;
    await delay(50);
  }
  return "timeout";
}

/** The stream that a paused machine of these arguments writes, when `prepare` has been its guest. */
export async function realStream(
  release: Release,
  target: string,
  options: readonly string[],
  prepare?: (guest: Guest) => Promise<void>,
): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-stream-"));
  const file = join(folder, "stream");
  const control = join(folder, "qtest");
  const qemu = await startQemu(release, target, [...options, ...(prepare === undefined ? [] : guestOptions(control))]);
  try {
    if (prepare !== undefined) {
      const guest = await openGuest(control);
      await prepare(guest);
      guest.close();
    }
    await qemu.command("migrate", { uri: `exec:cat > ${file}` });
    const end = await migrationEnd(qemu);
    if (end !== "completed") throw new Error(`migration ${end}: ${qemu.output()}`);
    return new Uint8Array(readFileSync(file));
  } finally {
    await qemu.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface RealLoad {
  readonly status: string;
  /** What QEMU printed, line by line. */
  readonly messages: readonly string[];
  /** What it saves again, where it loaded. */
  readonly saved: Uint8Array | undefined;
}

/** Loads a stream into a real machine. */
export async function realLoad(
  release: Release,
  target: string,
  options: readonly string[],
  stream: Uint8Array,
): Promise<RealLoad> {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-load-"));
  const qemu = await startQemu(release, target, [...options, "-incoming", "defer"]);
  try {
    writeFileSync(join(folder, "in"), stream);
    await qemu.command("migrate-incoming", { uri: `exec:cat ${join(folder, "in")}` });
    const status = await migrationEnd(qemu);
    let saved: Uint8Array | undefined;
    if (status === "completed") {
      await qemu.command("migrate", { uri: `exec:cat > ${join(folder, "out")}` });
      if ((await migrationEnd(qemu)) === "completed") saved = new Uint8Array(readFileSync(join(folder, "out")));
    } else await qemu.ended();
    const lines = qemu.output().split("\n");
    const messages = lines
      .map((line) => line.replace(/^qemu-system-\w+: (?:warning: )?/, "").trim())
      .filter((line) => line !== "" && !line.endsWith("has no peer"));
    return { status: saved === undefined && status === "completed" ? "not saved" : status, messages, saved };
  } finally {
    await qemu.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
