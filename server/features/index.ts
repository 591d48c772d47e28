import { diagnostics } from "./diagnostics";
import type { Feature } from "./feature";
import { fileEvents } from "./fileEvents";
import { quickFixes } from "./quickFixes";

/** Everything the server offers. */
export const features: readonly Feature[] = [diagnostics, quickFixes, fileEvents];
