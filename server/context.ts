/** What every feature works with. */
import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Baselines } from "./baselines";
import type { Findings } from "./findings";
import type { Log } from "./guard";
import type { Host } from "./host";
import type { Settings } from "./protocol";
import type { Workspace } from "./workspace";

export interface ServerContext {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly workspace: Workspace;
  readonly baselines: Baselines;
  readonly findings: Findings;
  readonly host: Host;
  readonly log: Log;
  readonly client: ClientSupport;
  settings(): Settings;
  /** Calls back whenever what was answered before may have changed. */
  onChange(listener: (reason: ChangeReason) => void): void;
  changed(reason: ChangeReason): void;
  /** Runs `listener` once the client is ready for requests of ours. */
  onReady(listener: () => void): void;
}

export type ChangeReason =
  /** An editor's text. */
  | { readonly kind: "edit"; readonly uri: string }
  /** Files on disk, an index that became ready, settings. */
  | { readonly kind: "workspace" };

/** What the client said it can do, read once. */
export interface ClientSupport {
  readonly pullDiagnostics: boolean;
  readonly diagnosticRefresh: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  readonly versionedEdits: boolean;
  readonly codeActionLiterals: boolean;
  readonly configuration: boolean;
  readonly workspaceFolders: boolean;
  readonly progress: boolean;
  readonly watchedFiles: boolean;
  readonly markdownHover: boolean;
  readonly snippets: boolean;
  readonly hierarchicalSymbols: boolean;
  readonly locationLinks: boolean;
  readonly lensRefresh: boolean;
  readonly hintRefresh: boolean;
  readonly semanticRefresh: boolean;
  readonly applyEdit: boolean;
  /** Parts of an edit are shown before they are made, and each is taken or left by itself. */
  readonly editPreview: boolean;
  /** The client reads files for us, `fileMethods`. */
  readonly files: boolean;
  /** The client handles the commands that lenses carry. */
  readonly clientCommands: boolean;
}
