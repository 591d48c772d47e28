/** QEMU's machine protocol: docs/interop/qmp-spec of QEMU's tree. */
import type { Duplex } from "node:stream";
import * as v from "valibot";
import { QemuFailure } from "./failure";
import { linesOf } from "./lines";

const greeting = v.object({
  QMP: v.object({
    version: v.object({
      qemu: v.object({ major: v.number(), minor: v.number(), micro: v.number() }),
      package: v.string(),
    }),
  }),
});

const event = v.object({ event: v.string(), data: v.optional(v.unknown()) });
const answer = v.object({ return: v.unknown(), id: v.optional(v.number()) });
const refusal = v.object({ error: v.object({ desc: v.string() }), id: v.optional(v.number()) });
const message = v.union([event, answer, refusal]);

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
  /** `Debian 1:10.0.2+ds-2`; often empty. */
  readonly package: string;
}

export interface QmpEvent {
  readonly event: string;
  readonly data?: unknown;
}

export interface Qmp {
  readonly version: QemuVersion;
  /** What the command returns. Rejects with QemuFailure where QEMU refuses it. */
  command(name: string, options?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The next event that `wanted` says yes to, of those that came since the last call. */
  event(wanted: (event: QmpEvent) => boolean): Promise<QmpEvent>;
}

/** Resolves once QEMU takes commands. */
export async function openQmp(channel: Duplex): Promise<Qmp> {
  const lines = linesOf(channel);
  const events: QmpEvent[] = [];
  let last = 0;
  const { QMP } = parsed(greeting, await lines.next());

  async function read(): Promise<v.InferOutput<typeof message>> {
    return parsed(message, await lines.next());
  }

  async function command(name: string, options?: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = ++last;
    lines.send(`${JSON.stringify({ execute: name, id, ...(options === undefined ? {} : { arguments: options }) })}\n`);
    for (;;) {
      const said = await read();
      if ("event" in said) events.push(said);
      else if (said.id !== undefined && said.id !== id) continue;
      else if ("error" in said) throw new QemuFailure("refused", said.error.desc);
      else return said.return;
    }
  }

  await command("qmp_capabilities");
  const { major, minor, micro } = QMP.version.qemu;
  return {
    version: { major, minor, micro, package: QMP.version.package.trim() },
    command,
    async event(wanted) {
      for (;;) {
        for (let next = events.shift(); next !== undefined; next = events.shift()) if (wanted(next)) return next;
        const said = await read();
        if ("event" in said) events.push(said);
      }
    },
  };
}

function parsed<T extends v.GenericSchema>(schema: T, line: string): v.InferOutput<T> {
  try {
    return v.parse(schema, JSON.parse(line));
  } catch {
    throw new QemuFailure("refused", `what is no QMP came from the program: ${line.slice(0, 80)}`);
  }
}
