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
export { ByteReader, ByteWriter, type Result, type StreamError, type UnendedSection } from "./framing/bytes";
export type * from "./framing/events";
export type { LoadHooks, SaveHooks } from "./values/hooks";
export { type ByteEdit, editedSource } from "./framing/edited";
export { type AsyncByteSource, type ByteSource, memorySource } from "./framing/input";
export { loadDescription } from "./values/load";
export { type CommandName, commands, mark, ramFlag } from "./framing/magic";
export * from "./framing/put";
export { saveDescription } from "./values/save";
export { type ArrayLengths, type VmdescStyle, VmdescWriter } from "./values/vmdesc";
export type * from "./values/schema";
export type { Scope } from "./values/scope";
export * from "./values/state";
export { readStream, readStreamAsync, type StreamOptions } from "./framing/stream";
