/** Guest memory of a simulated destination, a few bytes at a time. */
import { lookAtMemory } from "../../core/emulator";
import { answered, throwIfCancelled } from "../guard";
import { type MemoryParams, type MemoryResult, methods } from "../protocol";
import { nextTurn } from "../slices";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const memory: Feature = {
  register(context) {
    const { connection, log } = context;
    connection.onRequest(
      methods.memory,
      answered(log, methods.memory, async (params: MemoryParams, token): Promise<MemoryResult> => {
        const { project } = await treeFor(context, params.uri, token);
        await nextTurn();
        throwIfCancelled(token);
        const { machine, move, address } = params;
        const view = lookAtMemory(project, { machine, moves: move === undefined ? [] : [move] }, addressOf(address));
        if (!view.ok) throw failed(view.message);
        return view.value;
      }),
    );
  },
};

/** Below all memory for what is no address. */
function addressOf(text: string): bigint {
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : -1n;
}
