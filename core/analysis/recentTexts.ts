/** The texts used last: evaluation comes back to the same few files again and again. */
export interface RecentTexts {
  get(path: string, read: (path: string) => string | undefined): string | undefined;
  forget(path: string): void;
}

export function createRecentTexts(capacity: number): RecentTexts {
  const texts = new Map<string, string>();
  return {
    get(path, read) {
      const known = texts.get(path);
      if (known !== undefined) {
        // the map's order is the order of use
        texts.delete(path);
        texts.set(path, known);
        return known;
      }
      const text = read(path);
      if (text === undefined) return undefined;
      texts.set(path, text);
      if (texts.size > capacity) {
        const oldest = texts.keys().next();
        if (!oldest.done) texts.delete(oldest.value);
      }
      return text;
    },
    forget: (path) => void texts.delete(path),
  };
}
