/** A section that code reads: its load_state, run on what the board's set-up has left. */
import type { Board } from "./board";
import { numberOf } from "./library/arguments";
import { SectionBytes, streamOf } from "./library/streams";
import { programOf } from "./run/program";
import { Stop, Undecided } from "./run/runner";
import { Fn } from "./run/values";

/**
 * undefined where the handler's code takes all of the payload and returns 0; else why that is not known. Follows vmstate_load
 * (migration/savevm.c). The board is another one afterwards.
 */
export function notLoadedByCode(
  { registry, runner }: Board,
  { idstr, instanceId }: { readonly idstr: string; readonly instanceId: number },
  version: number,
  payload: Uint8Array,
): string | undefined {
  const owner = registry.handlers.find(idstr, instanceId)?.owner;
  const load = owner?.live?.table.get("SaveVMHandlers.load_state");
  if (owner === undefined || !(load instanceof Fn)) return "it has no load code";
  if (owner.live?.version !== version) return `it is of version ${version}`;
  const bytes = new SectionBytes(payload);
  try {
    const result = programOf(runner.project).reading(() =>
      runner.afterwards(() => runner.call(load, [streamOf(bytes), owner.opaque, version])),
    );
    const number = numberOf(result);
    if (number === undefined) return `what ${load.name}() returns is not known`;
    if (number !== 0) return `${load.name}() returns ${number}`;
    return bytes.left === 0 ? undefined : `${load.name}() leaves ${bytes.left} bytes`;
  } catch (error) {
    if (error instanceof Undecided || error instanceof Stop) return `${load.name}(): ${error.message}`;
    throw error;
  }
}
