/** Long work in short slices, so that the server answers while it goes on. */
import { LSPErrorCodes, Message } from "vscode-languageserver";
import type { CancellationToken, ConnectionOptions } from "vscode-languageserver";
import { throwIfCancelled } from "./guard";

/** Longest time in milliseconds that work holds the event loop, as far as its steps allow. */
export const sliceLength = 10;

/**
 * Turns of the event loop without a message after which nobody waits. One brings it in, the next hands it out; what is
 * answered takes some to be written, one answer after the other.
 */
const quietTurns = 8;

let messagesHandled = 0;

/**
 * For every connection: tells long work that somebody waits, and answers a request that was cancelled before its turn at once.
 * A connection hands out one message in a turn of the event loop, so work that took a slice in each would let them pile up.
 */
export const messageOptions: ConnectionOptions = {
  messageStrategy: {
    handleMessage(message, next) {
      messagesHandled++;
      return next(message);
    },
  },
  connectionStrategy: {
    cancelUndispatched: (message) => ({
      jsonrpc: "2.0",
      id: Message.isRequest(message) ? message.id : null,
      error: { code: LSPErrorCodes.RequestCancelled, message: "cancelled" },
    }),
  },
};

/** Lets all waiting messages be handled. Not a microtask: input only arrives between turns of the event loop. */
export async function nextTurn(): Promise<void> {
  for (let quiet = 0; quiet < quietTurns; quiet++) {
    const before = messagesHandled;
    await new Promise<void>((resume) => {
      if (typeof setImmediate === "function") setImmediate(resume);
      else setTimeout(resume, 0);
    });
    if (messagesHandled !== before) quiet = -1;
  }
}

/** To be awaited between steps: gives way once a slice is over. */
export function slicePause(): () => Promise<void> {
  let end = performance.now() + sliceLength;
  return async () => {
    if (performance.now() < end) return;
    await nextTurn();
    end = performance.now() + sliceLength;
  };
}

/** What steps come to; gives way every slice. Throws Cancelled when the token says so. */
export async function endOfSlices<T>(steps: Generator<unknown, T>, token: CancellationToken): Promise<T> {
  const pause = slicePause();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
    throwIfCancelled(token);
  }
}

/** Runs a step for each item; gives way every slice. Throws Cancelled when the token says so. */
export async function inSlices<T>(
  items: Iterable<T>,
  token: CancellationToken,
  step: (item: T, index: number) => void,
  afterSlice?: (done: number) => void,
): Promise<void> {
  let end = performance.now() + sliceLength;
  let index = 0;
  for (const item of items) {
    step(item, index++);
    if (performance.now() < end) continue;
    afterSlice?.(index);
    await nextTurn();
    throwIfCancelled(token);
    end = performance.now() + sliceLength;
  }
}
