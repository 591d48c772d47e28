/** What each file of Rust says by itself; read again only when its text has changed. */
import { readRustFile, type RustFile } from "./items";

export interface RustSource {
  /** All `.rs` files of the tree. */
  paths(): Iterable<string>;
  text(path: string): string | undefined;
}

export interface RustTexts {
  paths(): Iterable<string>;
  file(path: string): RustFile | undefined;
  /** Whether the file has a part in migration. */
  migrates(path: string): boolean;
  /** Names of types and constants that the text declares somewhere. */
  declares(path: string): readonly string[];
}

interface Entry {
  readonly text: string;
  file?: RustFile;
  migrates?: boolean;
  declares?: readonly string[];
}

const declared = /\b(?:struct|union|enum|type|const|static)\s+(?:mut\s+)?([A-Za-z_]\w*)/g;

export function createRustTexts(source: RustSource): RustTexts {
  const entries = new Map<string, Entry>();
  const entry = (path: string): Entry | undefined => {
    const text = source.text(path);
    if (text === undefined) {
      entries.delete(path);
      return undefined;
    }
    let known = entries.get(path);
    if (known?.text !== text) {
      known = { text };
      entries.set(path, known);
    }
    return known;
  };
  return {
    paths: source.paths,
    file(path) {
      const known = entry(path);
      if (known !== undefined) known.file ??= readRustFile(path, known.text);
      return known?.file;
    },
    migrates(path) {
      const known = entry(path);
      if (known !== undefined) known.migrates ??= mentionsMigration(known.text);
      return known?.migrates === true;
    },
    declares(path) {
      const known = entry(path);
      if (known === undefined) return [];
      known.declares ??= [...new Set([...known.text.matchAll(declared)].map((match) => match[1] ?? ""))];
      return known.declares;
    },
  };
}

function mentionsMigration(text: string): boolean {
  return text.includes("VMState") || text.includes("vmstate_") || text.includes("MigrationState");
}
