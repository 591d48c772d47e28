/**
 * Files that hold a stream, by their bytes: what is around it, what was skipped, and the stream as a source.
 *
 * Invariant: nothing here unpacks by itself or writes; what unpacks comes from outside. A file is read by offset, a piece at a time.
 */
export { isStream, recognise } from "./recognise";
export {
  containerLimits,
  describedMachine,
  type Layer,
  type Packing,
  type Recognised,
  type Snapshot,
  type Tools,
} from "./layer";
export { titleOf } from "./packed";
export { type LayerJson, layersJson, layersText } from "./present";
export { type Opening, whyNone } from "./opening";
export { bytesAt } from "./source";
