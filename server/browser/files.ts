/** Files that the client reads for a server that has none: two requests of the server, answered by the editor. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { Connection } from "vscode-languageserver";
import { fileMethods } from "../protocol";
import type { ListFilesParams, ListFilesResult, ReadFilesParams, ReadFilesResult } from "../protocol";

export interface ClientFiles {
  /** Source files at and below a folder, relative to it. Empty where the folder cannot be read. */
  list(folder: string, shallow: boolean): Promise<readonly string[]>;
  /** Text by URI, in the order asked for; undefined for what cannot be read. */
  read(uris: readonly string[]): Promise<readonly (string | undefined)[]>;
}

/** Files in one request: a QEMU tree takes some 300 of them. */
const batch = 64;

export function clientFiles(connection: Connection): ClientFiles {
  return {
    async list(folder, shallow) {
      const params: ListFilesParams = { folder, shallow };
      const answer: unknown = await connection.sendRequest<ListFilesResult>(fileMethods.list, params);
      return strings(member(answer, "paths"));
    },
    async read(uris) {
      const texts: (string | undefined)[] = [];
      for (let start = 0; start < uris.length; start += batch) {
        const params: ReadFilesParams = { uris: uris.slice(start, start + batch) };
        const answer: unknown = await connection.sendRequest<ReadFilesResult>(fileMethods.read, params);
        const found: unknown = member(answer, "texts");
        if (!Array.isArray(found) || found.length !== params.uris.length) {
          throw new ResponseError(LSPErrorCodes.RequestFailed, "the client did not answer every file it was asked for");
        }
        texts.push(...found.map((text: unknown) => (typeof text === "string" ? text : undefined)));
      }
      return texts;
    },
  };
}

function member(answer: unknown, name: string): unknown {
  return typeof answer === "object" && answer !== null ? Reflect.get(answer, name) : undefined;
}

function strings(input: unknown): readonly string[] {
  return Array.isArray(input) ? input.filter((each: unknown) => typeof each === "string") : [];
}
