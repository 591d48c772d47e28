/** Long work in short slices, so that the server answers while it goes on. */
import type { CancellationToken } from "vscode-languageserver";
import { throwIfCancelled } from "./guard";

/** Longest time in milliseconds that work holds the event loop, as far as its steps allow. */
export const sliceLength = 10;

/** Lets waiting messages be handled. Not a microtask: input only arrives between turns of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resume) => {
    if (typeof setImmediate === "function") setImmediate(resume);
    else setTimeout(resume, 0);
  });
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
