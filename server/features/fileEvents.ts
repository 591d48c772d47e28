/** Keeps the index in step with files that come, change and go outside the editor. */
import { DidChangeWatchedFilesNotification, FileChangeType } from "vscode-languageserver";
import type { FileOperationRegistrationOptions } from "vscode-languageserver";
import { workspaceFileName } from "../../core/code";
import type { ServerContext } from "../context";
import { describe, noted } from "../guard";
import type { TreeSession } from "../session";
import { pathIn } from "../uris";
import type { Feature } from "./feature";

const sources = "**/*.{c,h,inc,hx,def,rs}";
/** QAPI's schemas stand in for generated headers; the workspace file and the tree's build change what the index means. */
const others = [
  "**/qapi/*.json",
  "**/{Kconfig*,meson.build,meson_options.txt,Makefile.objs,Makefile.target}",
  "**/{configs,default-configs}/**/*.mak",
  `**/${workspaceFileName}`,
  // of a build folder
  "**/{config-host.h,config-host.mak,*config-target.h,*config-target.mak,*config-devices.h,*config-devices.mak,compile_commands.json}",
];
const operations: FileOperationRegistrationOptions = {
  filters: [{ pattern: { glob: sources, matches: "file" } }, { pattern: { glob: "**", matches: "folder" } }],
};

export const fileEvents: Feature = {
  capabilities: () => ({
    workspace: { fileOperations: { didCreate: operations, didRename: operations, didDelete: operations } },
  }),
  register(context) {
    const { connection, log, client } = context;
    connection.onDidChangeWatchedFiles(
      noted(log, "watched files", async ({ changes }) => {
        // a build folder may lie where nobody watches: each file that is saved is a time to look
        if (changes.some(({ uri }) => isWorkspaceFile(context, uri)) || isBuiltAnew(context)) {
          await context.workspace.reopen();
          context.changed({ kind: "workspace" });
          return;
        }
        const written = new Set(changes.filter((each) => each.type !== FileChangeType.Deleted).map((each) => each.uri));
        await follow(context, (session) =>
          changes.flatMap(({ uri }) => (written.has(uri) ? pathsOf(session, uri) : pathsBelow(session, uri))),
        );
      }),
    );
    connection.workspace.onDidCreateFiles(
      noted(log, "created files", ({ files }) =>
        follow(context, (session) => files.flatMap(({ uri }) => pathsOf(session, uri))),
      ),
    );
    connection.workspace.onDidDeleteFiles(
      noted(log, "deleted files", ({ files }) =>
        follow(context, (session) => files.flatMap(({ uri }) => pathsBelow(session, uri))),
      ),
    );
    connection.workspace.onDidRenameFiles(
      noted(log, "renamed files", ({ files }) =>
        follow(context, (session) => files.flatMap(({ oldUri, newUri }) => renamed(session, oldUri, newUri))),
      ),
    );
    if (!client.watchedFiles) return;
    context.onReady(() => {
      connection.client
        .register(DidChangeWatchedFilesNotification.type, {
          watchers: [sources, ...others].map((globPattern) => ({ globPattern })),
        })
        .catch((error: unknown) => log.warn(`watching files: ${describe(error)}`));
    });
  },
};

function isWorkspaceFile({ workspace }: ServerContext, uri: string): boolean {
  return workspace.sessions().some((session) => pathIn(session.root, uri) === workspaceFileName);
}

function isBuiltAnew({ workspace }: ServerContext): boolean {
  return workspace.sessions().some((session) => session.buildMoved());
}

async function follow(context: ServerContext, paths: (session: TreeSession) => readonly string[]): Promise<void> {
  let matters = false;
  for (const session of context.workspace.sessions()) {
    const changed = await session.changed(paths(session));
    if (changed) context.baselines.revisionMayHaveMoved(session);
    matters = changed || matters;
  }
  if (matters) context.changed({ kind: "workspace" });
}

function pathsOf(session: TreeSession, uri: string): readonly string[] {
  const path = pathIn(session.root, uri);
  if (path === undefined || path === "..") return [];
  return path.startsWith("../") && session.project()?.has(path) !== true ? [] : [path];
}

/** The file itself, or all known files of the folder. */
function pathsBelow(session: TreeSession, uri: string): readonly string[] {
  return pathsOf(session, uri).flatMap((path) => {
    const project = session.project();
    if (project === undefined || project.has(path)) return [path];
    return project.paths().filter((each) => each.startsWith(`${path}/`));
  });
}

function renamed(session: TreeSession, oldUri: string, newUri: string): readonly string[] {
  const from = pathIn(session.root, oldUri);
  const to = pathIn(session.root, newUri);
  if (from === undefined || to === undefined) return [];
  return pathsBelow(session, oldUri).flatMap((path) => [path, to + path.slice(from.length)]);
}
