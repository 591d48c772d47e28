import type { CancellationToken } from "vscode-languageserver";
import { Cancelled, throwIfCancelled } from "./guard";

/** Waits for `promise`, but not longer than somebody wants the answer. */
export async function waitFor<T>(promise: Promise<T>, token: CancellationToken): Promise<T> {
  throwIfCancelled(token);
  let stop: { dispose(): void } | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stop = token.onCancellationRequested(() => reject(new Cancelled("cancelled")));
  });
  try {
    return await Promise.race([promise, cancelled]);
  } finally {
    stop?.dispose();
  }
}
