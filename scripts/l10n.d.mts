export function extract(folder?: string): {
  readonly texts: readonly string[];
  readonly opaque: readonly string[];
  readonly untranslated: readonly string[];
};
