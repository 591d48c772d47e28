/** Diagnostics of the whole tree, for who wants them: setting `vmstate.diagnostics` is `workspace`. */
import { DocumentDiagnosticReportKind } from "vscode-languageserver";
import type {
  CancellationToken,
  Diagnostic,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import type { ServerContext } from "../context";
import { adjust, toDiagnostic, withPage } from "../convert";
import { digest } from "../digest";
import { describe, guarded } from "../guard";
import type { TreeSession } from "../session";
import { inSlices } from "../slices";
import { uriOf } from "../uris";
import { waitFor } from "../wait";
import type { Feature } from "./feature";

const nothing: WorkspaceDiagnosticReport = { items: [] };

export const workspaceDiagnostics: Feature = {
  register(context) {
    if (context.client.pullDiagnostics) registerPull(context);
    else registerPush(context);
  },
};

function registerPull(context: ServerContext): void {
  const { connection, log, settings, workspace, documents } = context;
  /** Open files answer for themselves; what the client still holds of others goes. */
  const closed = (uris: readonly string[]): WorkspaceDocumentDiagnosticReport[] =>
    uris
      .filter((uri) => documents.get(uri) === undefined)
      .map((uri) => ({ kind: DocumentDiagnosticReportKind.Full, uri, version: null, items: [] }));
  connection.languages.diagnostics.onWorkspace((params, token, _progress, partial) =>
    guarded(log, "workspaceDiagnostic", nothing, async () => {
      await waitFor(workspace.ready, token);
      const before = new Map(params.previousResultIds.map(({ uri, value }) => [uri, value]));
      if (settings().diagnostics !== "workspace") return { items: closed([...before.keys()]) };
      const all: WorkspaceDocumentDiagnosticReport[] = [];
      await everyFile(context, token, (uri, version, items) => {
        const resultId = digest(JSON.stringify(items));
        const previous = before.get(uri);
        if (items.length === 0 && previous === undefined) return;
        const report: WorkspaceDocumentDiagnosticReport =
          previous === resultId
            ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId }
            : { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId, items: [...items] };
        if (partial === undefined) all.push(report);
        else partial.report({ items: [report] });
      });
      return { items: all };
    })(params, token),
  );
}

/** Open files are published as they change; the others here, each time the tree as such has changed. */
function registerPush(context: ServerContext): void {
  const { connection, log, settings, documents } = context;
  const published = new Set<string>();
  let round = 0;

  async function publishAll(own: number): Promise<void> {
    const token: CancellationToken = {
      get isCancellationRequested() {
        return own !== round;
      },
      onCancellationRequested: () => ({ dispose: () => {} }),
    };
    const wanted = settings().diagnostics === "workspace";
    if (!wanted && published.size === 0) return;
    const open = new Set(documents.keys());
    const send = (uri: string, diagnostics: readonly Diagnostic[]): void => {
      if (open.has(uri) || (diagnostics.length === 0 && !published.has(uri))) return;
      if (diagnostics.length === 0) published.delete(uri);
      else published.add(uri);
      connection
        .sendDiagnostics({ uri, diagnostics: [...diagnostics] })
        .catch((error: unknown) => log.warn(describe(error)));
    };
    if (wanted) await everyFile(context, token, (uri, _version, items) => send(uri, items));
    else for (const uri of [...published]) send(uri, []);
  }

  context.onChange((reason) => {
    if (reason.kind !== "workspace") return;
    const own = ++round;
    void guarded(log, "workspaceDiagnostics", undefined, () => publishAll(own))(undefined);
  });
}

async function everyFile(
  context: ServerContext,
  token: CancellationToken,
  report: (uri: string, version: number | null, items: readonly Diagnostic[]) => void,
): Promise<void> {
  for (const session of context.workspace.sessions()) {
    if (session.kind !== "tree") continue;
    const project = await waitFor(session.indexed(), token);
    const files = new Set<string>();
    for (const description of project.descriptions()) files.add(description.file);
    const versions = openVersions(context, session);
    await inSlices([...files].sort(), token, (path) => {
      const open = versions.get(path);
      report(open?.uri ?? uriOf(session.root, path), open?.version ?? null, itemsOf(context, session, project, path));
    });
  }
}

function itemsOf(
  context: ServerContext,
  session: TreeSession,
  project: LoadableProject,
  path: string,
): readonly Diagnostic[] {
  const { findings, client, host, settings } = context;
  const found = findings
    .unadjusted(session, project, path)
    .map((finding) => toDiagnostic(finding, { session, project, related: client.relatedInformation }));
  return adjust(found, settings().rules).map((each) => withPage(each, host.rulePage));
}

function openVersions(
  context: ServerContext,
  session: TreeSession,
): ReadonlyMap<string, { readonly uri: string; readonly version: number }> {
  const found = new Map<string, { readonly uri: string; readonly version: number }>();
  for (const { uri, version } of context.documents.all()) {
    const place = context.workspace.placeNow(uri);
    if (place?.session === session) found.set(place.path, { uri, version });
  }
  return found;
}
