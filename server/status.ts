import type { Connection } from "vscode-languageserver";
import { printable } from "../core/printable";
import { describe } from "./guard";
import type { Log } from "./guard";
import { methods } from "./protocol";
import type { ServerStatus } from "./protocol";
import type { TreeSession } from "./session";
import type { Baselines } from "./baselines";
import type { Workspace } from "./workspace";

const noTree: ServerStatus = {
  health: "ok",
  state: "no-tree",
  message: "No QEMU tree is open",
  files: 0,
  filesTotal: 0,
  descriptions: 0,
};

/** Tells the client how the tree is that needs attention most: a failed one, one being indexed, else the first. */
export function publishStatus(connection: Connection, workspace: Workspace, baselines: Baselines, log: Log): void {
  const sessions = workspace.sessions();
  const shown =
    sessions.find((session) => session.status().state === "failed") ??
    sessions.find((session) => session.status().state === "indexing" && session.kind === "tree") ??
    sessions[0];
  const status = shown === undefined ? noTree : statusOf(shown, workspace.chosenAmong(shown), baselines.off(shown));
  connection.sendNotification(methods.status, status).catch((error: unknown) => log.warn(describe(error)));
}

function statusOf(session: TreeSession, chosen: string | undefined, baselineOff: string | undefined): ServerStatus {
  const { state, message, files, filesTotal, descriptions, milliseconds } = session.status();
  const version = session.version();
  const noBaseline = baselineOff && `No baseline: ${baselineOff}`;
  const said = [session.unread(), session.buildMissing(), session.targetMissing(), noBaseline];
  const notes = said.filter((each) => each !== undefined);
  const own = chosen === undefined ? [] : [printable(chosen)];
  return {
    health: state === "failed" ? "error" : notes.length === 0 ? "ok" : "warning",
    state,
    message: state === "ready" ? [...(notes.length > 0 ? notes : [message]), ...own].join(". ") : message,
    tree: session.root,
    ...(version === undefined ? {} : { version }),
    ...(baselineOff === undefined ? {} : { baselineOff }),
    files,
    filesTotal,
    descriptions,
    ...(milliseconds === undefined ? {} : { milliseconds }),
  };
}
