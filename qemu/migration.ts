/** Streams of real machines, through a private socket: what QEMU's own `migrate unix:` does. */
import { setTimeout } from "node:timers/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import * as v from "valibot";
import { QemuFailure } from "./failure";
import { socketIn, withFolder } from "./folder";
import type { RealMachine } from "./machine";

/** Bytes of a stream that are held. */
const largest = 1 << 30;
/** Milliseconds that a destination has for its end. */
const patience = 2000;

const status = v.object({ status: v.string() });
const outcome = v.object({ status: v.optional(v.string()), "error-desc": v.optional(v.string()) });

/** The stream that the machine saves; it can be saved again. Rejects with QemuFailure. */
export function saveStream(machine: RealMachine): Promise<Uint8Array> {
  return withFolder(async (folder) => {
    const path = socketIn(folder);
    const { server, received } = await listen(path);
    try {
      await tellSteps(machine);
      await machine.command("migrate", { uri: `unix:${path}` });
      if (!(await succeeds(machine))) throw new QemuFailure("refused", await reasonOf(machine));
      return await received;
    } finally {
      received.catch(() => undefined);
      server.close();
    }
  });
}

/**
 * Gives a stream to a machine that waits for one. Undefined where it is loaded; where it is not, what QEMU says, line by line:
 * then QEMU may have ended. Rejects with QemuFailure where it ended in another way.
 */
export async function loadStream(machine: RealMachine, stream: Uint8Array): Promise<readonly string[] | undefined> {
  return withFolder(async (folder) => {
    const path = socketIn(folder);
    await tellSteps(machine);
    await machine.command("migrate-incoming", { uri: `unix:${path}` });
    const socket = connect(path);
    // a destination that refuses the stream reads no further
    socket.on("error", () => undefined);
    socket.end(stream);
    try {
      if (await succeeds(machine)) return undefined;
      // most releases end then, and have more to say
      await Promise.race([machine.end, setTimeout(patience)]);
      return machine.messages();
    } catch (error) {
      const end = error instanceof QemuFailure && error.kind === "ended" ? await machine.end : undefined;
      if (end?.kind !== "refused") throw error;
      return machine.messages();
    } finally {
      socket.destroy();
    }
  });
}

async function tellSteps(machine: RealMachine): Promise<void> {
  await machine.command("migrate-set-capabilities", { capabilities: [{ capability: "events", state: true }] });
}

async function succeeds(machine: RealMachine): Promise<boolean> {
  const { data } = await machine.event(({ event, data: said }) => {
    const step = v.safeParse(status, said);
    return event === "MIGRATION" && step.success && /^(?:completed|failed|cancelled)$/.test(step.output.status);
  });
  return v.parse(status, data).status === "completed";
}

async function reasonOf(machine: RealMachine): Promise<string> {
  const said = v.safeParse(outcome, await machine.command("query-migrate"));
  const own = said.success ? said.output["error-desc"] : undefined;
  return own ?? machine.messages().at(-1) ?? "the migration failed";
}

async function listen(path: string): Promise<{ server: Server; received: Promise<Uint8Array> }> {
  const server = createServer();
  const received = new Promise<Uint8Array>((resolve, reject) => {
    server.once("connection", (socket: Socket) => {
      server.close();
      const parts: Buffer[] = [];
      let size = 0;
      socket.on("data", (part: Buffer) => {
        size += part.length;
        parts.push(part);
        if (size <= largest) return;
        socket.destroy();
        reject(new QemuFailure("too-much", "the stream is larger than 1 GiB; give the machine less memory"));
      });
      socket.once("end", () => resolve(new Uint8Array(Buffer.concat(parts))));
      socket.once("error", () => reject(new QemuFailure("ended", "QEMU ended")));
    });
  });
  received.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(path, resolve);
  });
  return { server, received };
}
