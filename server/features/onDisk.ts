import type { Feature } from "./feature";
import { load } from "./load";
import { stream } from "./stream";

/** What needs a disk: streams, and loads for a debugger. */
export const onDisk: readonly Feature[] = [load, stream];
