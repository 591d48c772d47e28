/** An editor for tests: a real protocol connection to the server over two streams in memory. */
import { PassThrough } from "node:stream";
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  InitializeResult,
  ProtocolConnection,
  PublishDiagnosticsParams,
  Range,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Host } from "../../server/host";
import { onDisk } from "../../server/features/onDisk";
import { startServer } from "../../server/server";
import { messageOptions } from "../../server/slices";

export interface TestClient {
  readonly connection: ProtocolConnection;
  readonly answer: InitializeResult;
  /** Everything the server logged at level error. */
  readonly errors: readonly string[];
  /** The same at level warning. */
  readonly warnings: readonly string[];
  readonly statuses: readonly unknown[];
  /** Settles when the trees of the folders are read: what is asked before that is answered from the open file alone. */
  indexed(): Promise<void>;
  open(uri: string, text: string): TextDocument;
  /** Replaces the first occurrence of `from` in the open document, as an incremental change. */
  edit(uri: string, from: string, to: string): TextDocument;
  /** Replaces text by offsets, as an incremental change. */
  replace(uri: string, start: number, end: number, text: string): TextDocument;
  close(uri: string): void;
  document(uri: string): TextDocument;
  /** Diagnostics by pull. */
  pull(uri: string): Promise<Diagnostic[]>;
  /** The next diagnostics published for the file, or those already there if `accept` takes them. */
  published(uri: string, accept: (found: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams>;
  codeActions(uri: string, range: Range): Promise<CodeAction[]>;
  rangeOf(uri: string, text: string): Range;
}

export interface ClientOptions {
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  /** Section `vmstate`, or what makes it whenever the server asks. */
  readonly configuration?: unknown;
  readonly folders: readonly string[];
}

export const pullingClient: ClientCapabilities = {
  textDocument: {
    diagnostic: { relatedInformation: true, codeDescriptionSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } } },
    hover: { contentFormat: ["markdown", "plaintext"] },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    completion: { completionItem: { snippetSupport: true } },
  },
  workspace: { workspaceEdit: { documentChanges: true }, workspaceFolders: true, configuration: true },
};

export async function connectClient(host: Host, options: ClientOptions): Promise<TestClient> {
  const up = new PassThrough();
  const down = new PassThrough();
  startServer(createConnection(up, down, messageOptions), { host, version: "test", more: onDisk });
  const connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  const documents = new Map<string, TextDocument>();
  const errors: string[] = [];
  const warnings: string[] = [];
  const statuses: unknown[] = [];
  const latest = new Map<string, PublishDiagnosticsParams>();
  const waiting = new Set<(found: PublishDiagnosticsParams) => void>();
  connection.onNotification("window/logMessage", ({ type, message }: { type: number; message: string }) => {
    if (type === 1) errors.push(message);
    if (type === 2) warnings.push(message);
  });
  connection.onNotification("vmstate/status", (status: unknown) => void statuses.push(status));
  connection.onNotification("textDocument/publishDiagnostics", (found: PublishDiagnosticsParams) => {
    latest.set(found.uri, found);
    for (const check of [...waiting]) check(found);
  });
  connection.onRequest("workspace/configuration", () => {
    const { configuration } = options;
    const settings: unknown = typeof configuration === "function" ? configuration() : configuration;
    return [settings ?? null];
  });
  connection.onRequest("workspace/diagnostic/refresh", () => null);
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.listen();
  const answer: InitializeResult = await connection.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    workspaceFolders: options.folders.map((uri) => ({ uri, name: uri })),
    capabilities: options.capabilities ?? pullingClient,
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification("initialized", {});

  function document(uri: string): TextDocument {
    const found = documents.get(uri);
    if (!found) throw new Error(`${uri} is not open`);
    return found;
  }

  function rangeOf(uri: string, text: string): Range {
    const current = document(uri);
    const start = current.getText().indexOf(text);
    if (start === -1) throw new Error(`${uri} does not hold ${JSON.stringify(text)}`);
    return { start: current.positionAt(start), end: current.positionAt(start + text.length) };
  }

  function change(uri: string, range: Range, text: string): TextDocument {
    const before = document(uri);
    const after = TextDocument.update(before, [{ range, text }], before.version + 1);
    void connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: after.version },
      contentChanges: [{ range, text }],
    });
    return after;
  }

  return {
    connection,
    answer,
    errors,
    warnings,
    statuses,
    document,
    rangeOf,
    async indexed() {
      await connection.sendRequest("workspace/symbol", { query: "" });
    },
    open(uri, text) {
      const opened = TextDocument.create(uri, "c", 1, text);
      documents.set(uri, opened);
      void connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "c", version: 1, text },
      });
      return opened;
    },
    edit(uri, from, to) {
      return change(uri, rangeOf(uri, from), to);
    },
    replace(uri, start, end, text) {
      const before = document(uri);
      return change(uri, { start: before.positionAt(start), end: before.positionAt(end) }, text);
    },
    close(uri) {
      documents.delete(uri);
      void connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
    },
    async pull(uri) {
      const report: { kind: string; items?: Diagnostic[] } = await connection.sendRequest("textDocument/diagnostic", {
        textDocument: { uri },
      });
      return report.items ?? [];
    },
    published(uri, accept) {
      const now = latest.get(uri);
      if (now && accept(now)) return Promise.resolve(now);
      return new Promise((resolve) => {
        const check = (found: PublishDiagnosticsParams) => {
          if (found.uri !== uri || !accept(found)) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
      });
    },
    async codeActions(uri, range) {
      const found: CodeAction[] | null = await connection.sendRequest("textDocument/codeAction", {
        textDocument: { uri },
        range,
        context: { diagnostics: [] },
      });
      return found ?? [];
    },
  };
}
