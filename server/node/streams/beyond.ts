/** Packed data are sound, and made in a way that is not read here: `message` says how. */
export class Beyond extends Error {
  override readonly name = "Beyond";
}

/** By its name, as what unpacks may be bundled apart from who asks. */
export function isBeyond(error: unknown): error is Beyond {
  return error instanceof Error && error.name === "Beyond";
}
