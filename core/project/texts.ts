/** The texts of a tree's files: what an editor has laid over the disk goes first, and QAPI's headers come from their schemas. */
import { declareSchema, schemaOf } from "../c/qapi";
import type { SourceTree } from "../c/tree";
import { createRecentTexts, type RecentTexts } from "./recentTexts";

export interface Texts {
  get(path: string): string | undefined;
  /** For a look at each file of the tree: what evaluation comes back to stays kept meanwhile. */
  anew(path: string): string | undefined;
  /** Keeps what evaluation will come back to. */
  keep(path: string, text: string): void;
  /** From now on the file has this text; with undefined that of the tree. */
  lay(path: string, text: string | undefined): void;
  /** What was laid over the tree's own text. */
  laid(path: string): string | undefined;
}

/** Code units: the sources of all devices of a tree, so that no pass over them reads a file again. */
const capacity = 48 << 20;

/** What several projects of one tree keep of its texts; what is laid over them is each one's own. */
export interface SharedTexts {
  readonly recent: RecentTexts;
  /** Made of schemas, by path. */
  readonly headers: Map<string, { readonly schema: string; readonly text: string }>;
}

export function createSharedTexts(): SharedTexts {
  return { recent: createRecentTexts(capacity), headers: new Map() };
}

export function createTexts(tree: SourceTree, { recent, headers }: SharedTexts = createSharedTexts()): Texts {
  const overlays = new Map<string, string>();

  /** "" is asked for by who sees names from no file in particular: there is nothing to read, and it is the tree's own folder. */
  const written = (path: string): string | undefined =>
    path === "" ? undefined : (overlays.get(path) ?? recent.get(path, tree.read));

  const get = (path: string): string | undefined => {
    const schemaPath = schemaOf(path);
    const schema = schemaPath === undefined ? undefined : written(schemaPath);
    if (schema === undefined) return written(path);
    let header = headers.get(path);
    if (header?.schema !== schema) {
      header = { schema, text: declareSchema(schema) };
      headers.set(path, header);
    }
    return header.text;
  };

  return {
    get,
    anew: (path) => overlays.get(path) ?? (schemaOf(path) === undefined ? tree.read(path) : get(path)),
    keep(path, text) {
      if (!overlays.has(path)) recent.keep(path, text);
    },
    lay(path, text) {
      recent.forget(path);
      if (text === undefined) overlays.delete(path);
      else overlays.set(path, text);
    },
    laid: (path) => overlays.get(path),
  };
}
