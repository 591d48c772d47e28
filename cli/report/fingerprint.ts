import { createHash } from "node:crypto";
import { stableKeys } from "../../core/check/baseline";
import type { Diagnostic } from "../../core/check/diagnostic";

/**
 * For each finding a hexadecimal SHA-256 by which a later run's is told to be the same one, also when its line has moved.
 * `lasting` are the same findings in words that hold for later runs.
 */
export function fingerprints(lasting: readonly Diagnostic[]): readonly string[] {
  return stableKeys(lasting).map((key) => createHash("sha256").update(key).digest("hex"));
}
