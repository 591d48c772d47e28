/** Diagnostics of open files: answered where the client asks, published where it cannot ask. */
import {
  DiagnosticRefreshRequest,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
} from "vscode-languageserver";
import type { CancellationToken, Diagnostic, DocumentDiagnosticReport } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ServerContext } from "../context";
import { digest } from "../digest";
import { adjust, toDiagnostic, withPage } from "../convert";
import { Cancelled, describe, guarded } from "../guard";
import { nextTurn, slicePause } from "../slices";
import { waitFor } from "../wait";
import type { Feature } from "./feature";

/** A burst of typing is diagnosed once; no longer than the last diagnosis took, so that it never falls behind. */
const shortestDelay = 5;
const longestDelay = 200;

export const diagnostics: Feature = {
  capabilities: (client) =>
    client.pullDiagnostics
      ? { diagnosticProvider: { identifier: "vmstate", interFileDependencies: true, workspaceDiagnostics: true } }
      : {},
  register(context) {
    if (context.client.pullDiagnostics) registerPull(context);
    else registerPush(context);
  },
};

/** Diagnostics of one document; undefined where it belongs to no tree or was changed meanwhile. */
async function diagnose(
  context: ServerContext,
  document: TextDocument,
  token: CancellationToken | undefined,
): Promise<readonly Diagnostic[] | undefined> {
  const { workspace, findings, client, host } = context;
  const version = document.version;
  const shown = (found: readonly Diagnostic[]) =>
    adjust(found, context.settings().rules).map((each) => withPage(each, host.rulePage));
  const place = await workspace.place(document.uri, document.getText());
  if (place === undefined) return undefined;
  const { session, path } = place;
  const waited = <T>(work: Promise<T>): Promise<T> => (token === undefined ? work : waitFor(work, token));
  const early = session.status().state === "indexing" ? await waited(session.remembered(path)) : undefined;
  if (early !== undefined && session.status().state === "indexing" && document.version === version) {
    return shown(early);
  }
  const project = await waited(session.indexed());
  const pause = slicePause();
  const giveWay = async (): Promise<void> => {
    await pause();
    if (token?.isCancellationRequested === true || document.version !== version) throw new Cancelled("outdated");
  };
  await nextTurn();
  await giveWay();
  const found = (await findings.inSlices(session, project, path, giveWay)).map((finding) =>
    toDiagnostic(finding, { session, project, related: client.relatedInformation }),
  );
  session.remember(path, found);
  return shown(found);
}

function registerPull(context: ServerContext): void {
  const { connection, documents, log } = context;
  const empty: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };
  connection.languages.diagnostics.on(
    guarded(log, "diagnostic", empty, async (params, token): Promise<DocumentDiagnosticReport> => {
      const document = documents.get(params.textDocument.uri);
      if (!document) return empty;
      try {
        const items = (await diagnose(context, document, token)) ?? [];
        const resultId = digest(JSON.stringify(items));
        if (resultId === params.previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
        return { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...items] };
      } catch (error) {
        if (!(error instanceof Cancelled) || token.isCancellationRequested) throw error;
        throw new ResponseError(LSPErrorCodes.ServerCancelled, "the file or its tree changed", {
          retriggerRequest: true,
        });
      }
    }),
  );
  context.onChange((reason) => {
    if (reason.kind === "edit" || !context.client.diagnosticRefresh) return;
    connection.sendRequest(DiagnosticRefreshRequest.type).catch((error: unknown) => log.warn(describe(error)));
  });
}

function registerPush(context: ServerContext): void {
  const { connection, documents, log } = context;
  const published = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastDuration = 0;
  let round = 0;

  function schedule(first: string | undefined): void {
    clearTimeout(timer);
    const delay = Math.min(longestDelay, Math.max(shortestDelay, lastDuration));
    timer = setTimeout(() => void publishAll(first, ++round), delay);
  }

  /** The edited document first, since its user waits; then the others that the edit may have changed. */
  async function publishAll(first: string | undefined, ownRound: number): Promise<void> {
    const open = documents.all();
    open.sort((a, b) => Number(b.uri === first) - Number(a.uri === first));
    for (const document of open) {
      if (ownRound !== round) return;
      const started = performance.now();
      await publish(document);
      if (document.uri === first) lastDuration = performance.now() - started;
    }
  }

  async function publish(document: TextDocument): Promise<void> {
    try {
      const found = await diagnose(context, document, undefined);
      if (found === undefined && !published.has(document.uri)) return;
      const items = [...(found ?? [])];
      const key = `${document.version} ${JSON.stringify(items)}`;
      if (published.get(document.uri) === key) return;
      published.set(document.uri, key);
      await connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: items });
    } catch (error) {
      if (!(error instanceof Cancelled)) log.error(`diagnostics of ${document.uri}: ${describe(error)}`);
    }
  }

  documents.onDidClose(({ document }) => {
    if (!published.delete(document.uri)) return;
    connection
      .sendDiagnostics({ uri: document.uri, diagnostics: [] })
      .catch((error: unknown) => log.warn(describe(error)));
  });
  context.onChange((reason) => schedule(reason.kind === "edit" ? reason.uri : undefined));
}
