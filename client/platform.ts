/** What differs between an editor with processes and a disk, and one in a browser's page. */
import type * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import type { Answer } from "./requests";

export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A tag or a branch. */
export interface Ref {
  readonly name: string;
  /** `2026-01-31` */
  readonly date: string;
  readonly tag: boolean;
}

export interface Platform {
  /** Newest first; none where the folder is no repository or there is no git. */
  refs(folder: string): Promise<readonly Ref[]>;
  /** A file of a git revision; undefined where there is none. */
  textAt(folder: string, revision: string, file: string): Promise<string | undefined>;
  /** The client of a server that is not started yet. Its code is loaded by the first call, which activation need not wait for. */
  createClient(extension: vscode.ExtensionContext, options: LanguageClientOptions): Promise<BaseLanguageClient>;
  /** Runs `vmstate ARGUMENTS` in `folder`; shows `title`, and ends the process when it is cancelled. Never rejects. */
  runCli(
    extension: vscode.ExtensionContext,
    folder: string,
    argv: readonly string[],
    title: string,
  ): Promise<Answer<Run>>;
}
