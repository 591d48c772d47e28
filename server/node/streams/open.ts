/**
 * The one door to a migration stream, whatever file it is in: through all that is around it, one layer after the other.
 * Command line and editor open streams here.
 */
import type { ByteSource } from "../../../core/wire";
import { containerLimits, isStream, type Layer, type Opening, recognise } from "../../../core/wire/containers";
import { closeSync, readSync } from "../disk";
import { openRegular } from "../readFile";
import { unpack, type UnpackOptions, Unwanted } from "./unpack";

export interface OpenOptions {
  /** Name or ID of a snapshot, where the file has several. */
  readonly snapshot?: string;
  readonly unpack: UnpackOptions;
}

/** Throws what the file system says, and an Error with `notRegular`. */
export async function openStreamFile(path: string, options: OpenOptions): Promise<Opening> {
  const { descriptor, size } = openRegular(path);
  const read = (offset: number, target: Uint8Array) => readSync(descriptor, target, 0, target.length, offset);
  return openStreamIn({ size, read }, () => closeSync(descriptor), options);
}

/** The same of a source; it is closed with what is opened, or at once where there is no stream in it. */
export async function openStreamIn(file: ByteSource, closeFile: () => void, options: OpenOptions): Promise<Opening> {
  const closing = [closeFile];
  const close = (): void => {
    for (const each of closing.splice(0)) each();
  };
  try {
    const opening = await layersOf(file, options, closing);
    if (opening.kind !== "stream") close();
    return opening.kind === "stream" ? { ...opening, close } : opening;
  } catch (error) {
    close();
    throw error;
  }
}

async function layersOf(file: ByteSource, options: OpenOptions, closing: (() => void)[]): Promise<Opening> {
  const layers: Layer[] = [];
  let source = file;
  const none = (message: string): Opening => ({ kind: "none", message, layers });
  if (isStream(file)) return { kind: "stream", source, layers, close: () => undefined };
  // loaded for what is no stream by itself
  const { clusterTools } = await import("./unpackers");
  while (layers.length <= containerLimits.depth) {
    const { snapshot } = options;
    const found = recognise(source, { tools: clusterTools, ...(snapshot === undefined ? {} : { snapshot }) });
    switch (found.kind) {
      case "stream":
        return { kind: "stream", source, layers, close: () => undefined };
      case "inside":
        layers.push(found.layer);
        source = found.source;
        break;
      case "packed": {
        layers.push(found.layer);
        try {
          const unpacked = await unpack(source, found, options.unpack);
          closing.push(() => unpacked.close());
          source = unpacked.source;
        } catch (error) {
          if (!(error instanceof Unwanted)) throw error;
          return none(error.message);
        }
        break;
      }
      case "several":
        return { kind: "listed", layers: [...layers, found.layer], choose: found.choose };
      case "listed":
        return { kind: "listed", layers: [...layers, found.layer], choose: undefined };
      case "none": {
        const problem = source.problem?.();
        return none(problem === undefined ? found.message : `${problem}; ${found.message}`);
      }
    }
  }
  return none(`more than ${containerLimits.depth} formats around one another`);
}
