/**
 * The migration stream as bytes.
 *
 * - bytes: ByteReader, ByteWriter, StreamError
 * - state: the value model; schema: descriptions ready for the wire
 * - save, load: vmstate_save_state, vmstate_load_state
 * - stream: a whole stream as events (readStream, readStreamAsync)
 * - put: writing headers, sections, RAM and the trailer; vmdesc: what stands in the trailer
 *
 * Invariant: knows no Project; C functions are answered by LoadHooks. No input makes it throw or allocate without bound.
 */
export { ByteReader, ByteWriter, type Result, type StreamError } from "./bytes";
export type * from "./events";
export type { LoadHooks, SaveHooks } from "./hooks";
export { type AsyncByteSource, type ByteSource, memorySource } from "./input";
export { loadDescription } from "./load";
export { type CommandName, commands, mark, ramFlag } from "./magic";
export * from "./put";
export { saveDescription } from "./save";
export { type NullPointers, VmdescWriter } from "./vmdesc";
export type * from "./schema";
export type { Scope } from "./scope";
export * from "./state";
export { readStream, readStreamAsync, type StreamOptions } from "./stream";
