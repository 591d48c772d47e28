/**
 * The migration stream as bytes.
 *
 * - bytes: ByteReader, ByteWriter, StreamError
 * - state: the value model; schema: descriptions ready for the wire
 * - save, load: vmstate_save_state, vmstate_load_state
 * - put: writing headers, sections, RAM and the trailer
 *
 * Invariant: knows no Project; C functions are answered by LoadHooks. No input makes it throw or allocate without bound.
 */
export { ByteReader, ByteWriter, type Result, type StreamError } from "./bytes";
export type { LoadHooks, SaveHooks } from "./hooks";
export { loadDescription } from "./load";
export { type CommandName, commands, mark, ramFlag } from "./magic";
export * from "./put";
export { saveDescription } from "./save";
export type * from "./schema";
export type { Scope } from "./scope";
export * from "./state";
