import { printable } from "../core/printable";

/** What a command reads and writes besides files: a test hands in its own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly err: Output;
  /** Where progress is shown, where that is not `err`. */
  readonly progress?: Output;
  /** What stands before each text of the progress. */
  readonly progressHead?: string;
  /** Asks to stop, where there is a way to. */
  readonly cancel?: AbortSignal;
  /** This program's script, for running parts of the work beside each other; absent where there is none to run. */
  readonly self?: string;
}

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** A reason why a command could not run, in one line for its user. Exit code 2. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}

export const exitCodes = { clean: 0, findings: 1, cannotRun: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    out: processOutput(process.stdout),
    err: processOutput(process.stderr),
    get cancel() {
      return signalled();
    },
    ...(process.argv[1] === undefined ? {} : { self: process.argv[1] }),
  };
}

let cancelling: AbortController | undefined;

/** From the first call on, the first SIGINT, SIGTERM or SIGHUP cancels; a second one ends the process. */
function signalled(): AbortSignal {
  if (cancelling === undefined) {
    const controller = new AbortController();
    cancelling = controller;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => controller.abort());
  }
  return cancelling.signal;
}

function processOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

/** The same but for some of it. A spread would ask for `cancel`: then the first Ctrl-C ends nothing that does not look at it. */
export function ioWith(io: Io, changes: Partial<Io>): Io {
  const all = { ...Object.getOwnPropertyDescriptors(io), ...Object.getOwnPropertyDescriptors(changes) };
  return Object.defineProperties({}, all) as Io;
}

/** A line on stderr that is overwritten and leaves nothing behind; silent where stderr is no terminal, or one that knows no controls. */
export interface Progress {
  report(text: string): void;
  done(): void;
}

export function progressOn(io: Io): Progress {
  const shown = io.progress ?? io.err;
  const head = io.progressHead ?? "";
  if (!shown.isTerminal || io.env.TERM === "dumb") return { report: () => {}, done: () => {} };
  let last = 0;
  return {
    report(text) {
      const now = Date.now();
      if (now - last < 50) return;
      last = now;
      shown.write(`\r\x1b[K${printable(head + text).slice(0, Math.max(10, shown.columns - 1))}`);
    },
    done: () => shown.write("\r\x1b[K"),
  };
}
