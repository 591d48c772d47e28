import type { Duplex } from "node:stream";
import { QemuFailure } from "./failure";

/** Bytes. */
const longestLine = 16 << 20;

export interface Lines {
  /** Rejects with QemuFailure once the other side has ended, or sends a line beyond 16 MiB. */
  next(): Promise<string>;
  send(text: string): void;
}

/** What both sides of a channel say, line by line. */
export function linesOf(channel: Duplex): Lines {
  const ready: string[] = [];
  const asked: { resolve(line: string): void; reject(why: QemuFailure): void }[] = [];
  let parts: string[] = [];
  let length = 0;
  let failure: QemuFailure | undefined;

  function fail(why: QemuFailure): void {
    failure ??= why;
    for (const each of asked.splice(0)) each.reject(failure);
  }

  channel.setEncoding("utf8");
  channel.on("data", (text: string) => {
    const pieces = text.split("\n");
    for (const [index, piece] of pieces.entries()) {
      parts.push(piece);
      length += piece.length;
      if (length > longestLine) {
        channel.destroy();
        return fail(new QemuFailure("too-much", "QEMU sent a line of more than 16 MiB"));
      }
      if (index === pieces.length - 1) break;
      const line = parts.join("").replace(/\r$/, "");
      parts = [];
      length = 0;
      const first = asked.shift();
      if (first === undefined) ready.push(line);
      else first.resolve(line);
    }
  });
  const closed = (): void => fail(new QemuFailure("ended", "QEMU ended"));
  channel.once("end", closed).once("close", closed);
  return {
    next() {
      const line = ready.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => asked.push({ resolve, reject }));
    },
    send: (text) => void channel.write(text),
  };
}
