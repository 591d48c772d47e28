/** The texts used last: evaluation comes back to the same few files again and again. */
export interface RecentTexts {
  get(path: string, read: (path: string) => string | undefined): string | undefined;
  keep(path: string, text: string): void;
  forget(path: string): void;
}

/** `capacity` in UTF-16 code units. */
export function createRecentTexts(capacity: number): RecentTexts {
  const texts = new Map<string, string>();
  let size = 0;
  const keep = (path: string, text: string): void => {
    size += text.length - (texts.get(path)?.length ?? 0);
    texts.delete(path);
    texts.set(path, text);
    for (const [oldest, kept] of texts) {
      if (size <= capacity || oldest === path) break;
      texts.delete(oldest);
      size -= kept.length;
    }
  };
  return {
    keep,
    get(path, read) {
      const known = texts.get(path);
      if (known !== undefined) {
        // the map's order is the order of use
        texts.delete(path);
        texts.set(path, known);
        return known;
      }
      const text = read(path);
      if (text !== undefined) keep(path, text);
      return text;
    },
    forget(path) {
      size -= texts.get(path)?.length ?? 0;
      texts.delete(path);
    },
  };
}
