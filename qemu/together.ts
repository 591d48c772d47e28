import { QemuFailure } from "./failure";
import type { QemuProgram } from "./program";

/**
 * Results of runs that go on at once. Where one fails the others are given up: all of them are gone before this rejects, with what
 * the first one failed of.
 */
export async function together<T>(
  program: QemuProgram,
  runs: readonly ((program: QemuProgram) => Promise<T>)[],
): Promise<readonly T[]> {
  const { signal } = program;
  const givingUp = new AbortController();
  const giveUp = (): void => givingUp.abort();
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener("abort", giveUp, { once: true });
  const failures: unknown[] = [];
  const guarded = runs.map(async (run) => {
    try {
      return await run({ ...program, signal: givingUp.signal });
    } catch (error) {
      failures.push(error);
      giveUp();
      throw error;
    }
  });
  try {
    const results = await Promise.allSettled(guarded);
    if (failures.length > 0) throw firstOf(failures);
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Those that were given up say nothing of why. */
function firstOf(failures: readonly unknown[]): unknown {
  const own = failures.find((error) => !(error instanceof QemuFailure && error.kind === "cancelled"));
  return own ?? failures[0];
}
