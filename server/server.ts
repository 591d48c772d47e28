/**
 * The language server: everything that is the same wherever it runs.
 *
 * Invariant: imports the protocol's common part only; what differs between node and a browser worker is in the host
 * and in the connection that are handed in.
 */
import { TextDocumentSyncKind, TextDocuments } from "vscode-languageserver";
import type { Connection, InitializeParams, InitializeResult, ServerCapabilities } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { createBaselines } from "./baselines";
import { readClientSupport, readOptions } from "./clientSupport";
import type { ChangeReason, ClientSupport, ServerContext } from "./context";
import { features as common } from "./features";
import type { Feature } from "./features/feature";
import { createFindings } from "./findings";
import { noted } from "./guard";
import type { Log } from "./guard";
import type { Host } from "./host";
import { indexProgress } from "./progress";
import type { Settings } from "./protocol";
import { defaultSettings, readSettings } from "./settings";
import type { TreeSession } from "./session";
import { publishStatus } from "./status";
import { createWorkspace } from "./workspace";

export interface ServerOptions {
  /** May depend on what the client offers. */
  readonly host: Host | ((client: ClientSupport) => Host);
  readonly version: string;
  /** What is offered here beside what is offered everywhere; requests alone, which a client need not be told of. */
  readonly more?: readonly Feature[];
}

/** Registers all handlers on `connection` and starts to listen. */
export function startServer(connection: Connection, options: ServerOptions): void {
  const log: Log = {
    error: (message) => connection.console.error(message),
    warn: (message) => connection.console.warn(message),
    info: (message) => connection.console.info(message),
  };
  connection.onInitialize((params) => {
    const client = readClientSupport(params);
    const started = serve(connection, options, client, log, params);
    connection.onInitialized(noted(log, "initialized", started.begin));
    return started.answer;
  });
  connection.listen();
}

/** Code units; as much as is read of a file on disk. */
const largestText = 16 << 20;

interface Started {
  readonly answer: InitializeResult;
  begin(): Promise<void>;
}

function serve(
  connection: Connection,
  options: ServerOptions,
  client: ClientSupport,
  log: Log,
  params: InitializeParams,
): Started {
  const { version } = options;
  const host = typeof options.host === "function" ? options.host(client) : options.host;
  const documents = new TextDocuments(TextDocument);
  const listeners: ((reason: ChangeReason) => void)[] = [];
  const ready: (() => void)[] = [];
  const tooLarge = new Set<string>();
  /** Problems of settings that are to be shown, and those that were. */
  const untold: string[] = [];
  const told = new Set<string>();
  let settings: Settings = takeSettings(readOptions(params).settings, defaultSettings);

  let begun = (): void => {};
  const workspace = createWorkspace({
    ready: new Promise((resolve) => {
      begun = resolve;
    }),
    host,
    log,
    settings: () => settings,
    progress: () => indexProgress(connection, client, log),
    identity: `${version} ${client.relatedInformation}`,
    onStatus: (session) => {
      if (client.clientCommands) publishStatus(connection, workspace, baselines, log);
      if (session.status().state !== "indexing") changed({ kind: "workspace" });
    },
    onOpen: layDocumentsOver,
  });
  const baselines = createBaselines({
    host,
    log,
    settings: () => settings,
    onReady: () => changed({ kind: "workspace" }),
    onOff(message) {
      if (!told.has(message)) connection.window.showWarningMessage(`VMState: ${message}`);
      told.add(message);
      if (client.clientCommands) publishStatus(connection, workspace, baselines, log);
    },
  });
  const context: ServerContext = {
    connection,
    documents,
    workspace,
    baselines,
    findings: createFindings(() => settings, baselines),
    host,
    log,
    client,
    settings: () => settings,
    onChange: (listener) => void listeners.push(listener),
    changed,
    onReady: (listener) => void ready.push(listener),
  };

  /** The text to read; none of a document that no device's source comes near. */
  function readable(document: TextDocument): string {
    const text = document.getText();
    if (text.length <= largestText) return text;
    if (!tooLarge.has(document.uri)) log.warn(`${document.uri}: larger than 16 MiB, not read`);
    tooLarge.add(document.uri);
    return "";
  }

  function changed(reason: ChangeReason): void {
    for (const listener of listeners) listener(reason);
  }

  function layDocumentsOver(session: TreeSession): void {
    for (const document of documents.all()) {
      const place = workspace.isPlaced(document.uri) ? workspace.placeNow(document.uri) : undefined;
      if (place?.session === session) session.edit(place.path, readable(document));
    }
  }

  documents.onDidChangeContent(
    noted(log, "change", async ({ document }) => {
      const place = await workspace.place(document.uri, document.getText());
      place?.session.edit(place.path, readable(document));
      changed({ kind: "edit", uri: document.uri });
    }),
  );
  documents.onDidClose(
    noted(log, "close", ({ document }) => {
      const place = workspace.placeNow(document.uri);
      place?.session.edit(place.path, undefined);
    }),
  );
  connection.onDidChangeConfiguration(
    noted(log, "configuration", async (change) => {
      await useSettings(client.configuration ? await configuration() : sectionOf(change.settings));
    }),
  );

  function takeSettings(input: unknown, before: Settings): Settings {
    const { settings: read, problems } = readSettings(input, before);
    for (const problem of problems) {
      log.warn(problem);
      if (!told.has(problem)) untold.push(problem);
      told.add(problem);
    }
    return read;
  }

  /** Each once: a setting that stays wrong is asked for again and again. */
  function showProblems(): void {
    for (const problem of untold.splice(0)) connection.window.showWarningMessage(`VMState: ${problem}`);
  }

  async function configuration(): Promise<unknown> {
    return connection.workspace.getConfiguration("vmstate");
  }

  async function useSettings(input: unknown): Promise<void> {
    const before = settings;
    settings = takeSettings(input, before);
    showProblems();
    const rebuild = (["tree", "target", "build"] as const).some((key) => before[key] !== settings[key]);
    if (rebuild || before.exclude.join("\n") !== settings.exclude.join("\n")) await workspace.reopen();
    await placeDocuments();
    changed({ kind: "workspace" });
  }

  async function placeDocuments(): Promise<void> {
    for (const document of documents.all()) {
      const place = await workspace.place(document.uri, document.getText());
      place?.session.edit(place.path, readable(document));
    }
  }

  connection.onShutdown(() => workspace.dispose());
  for (const feature of [...common, ...(options.more ?? [])]) feature.register(context);
  documents.listen(connection);

  return {
    answer: {
      serverInfo: { name: "vmstate", version },
      capabilities: announce(client),
    },
    async begin() {
      for (const listener of ready) listener();
      const folders = params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []);
      try {
        const found = client.configuration ? await configuration().catch(() => undefined) : undefined;
        if (found !== undefined && found !== null) settings = takeSettings(found, settings);
        showProblems();
        await workspace.setFolders(folders);
      } finally {
        begun();
      }
      await placeDocuments();
      if (client.clientCommands) publishStatus(connection, workspace, baselines, log);
      if (!client.workspaceFolders) return;
      let current = folders;
      connection.workspace.onDidChangeWorkspaceFolders(
        noted(log, "folders", async ({ added, removed }) => {
          const gone = new Set(removed.map((folder) => folder.uri));
          current = [...current.filter((uri) => !gone.has(uri)), ...added.map((folder) => folder.uri)];
          await workspace.setFolders(current);
          await placeDocuments();
          if (client.clientCommands) publishStatus(connection, workspace, baselines, log);
          changed({ kind: "workspace" });
        }),
      );
    },
  };
}

function announce(client: ClientSupport): ServerCapabilities {
  const base: ServerCapabilities = {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
  const all: ServerCapabilities = { ...base };
  for (const feature of common) {
    const own = feature.capabilities?.(client) ?? {};
    Object.assign(all, own, { workspace: { ...all.workspace, ...own.workspace } });
  }
  return all;
}

function sectionOf(settings: unknown): unknown {
  return typeof settings === "object" && settings !== null && "vmstate" in settings ? settings.vmstate : undefined;
}
