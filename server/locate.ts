import type { CancellationToken, Position } from "vscode-languageserver";
import type { LoadableProject } from "../core/project";
import { offsetAt } from "../core/c/range";
import type { ServerContext } from "./context";
import type { TreeSession } from "./session";
import { waitFor } from "./wait";

export interface Opened {
  readonly session: TreeSession;
  readonly project: LoadableProject;
  readonly path: string;
}

export interface Located extends Opened {
  readonly offset: number;
}

/** The file's place in its tree, once the tree is indexed; undefined where it belongs to none. */
export async function openedFile(
  context: ServerContext,
  uri: string,
  token: CancellationToken,
): Promise<Opened | undefined> {
  const place = await placeOf(context, uri, token);
  if (place === undefined) return undefined;
  const project = await waitFor(place.session.indexed(), token);
  return { ...place, project };
}

/** The same, but while the tree is read from the file and what it includes (`isPartial`), where that can be. */
export async function openedAhead(
  context: ServerContext,
  uri: string,
  token: CancellationToken,
): Promise<Opened | undefined> {
  const place = await placeOf(context, uri, token);
  if (place === undefined) return undefined;
  const project = await waitFor(place.session.ahead(place.path), token);
  return project?.has(place.path) === true ? { ...place, project } : openedFile(context, uri, token);
}

function placeOf(context: ServerContext, uri: string, token: CancellationToken) {
  return waitFor(context.workspace.place(uri, context.documents.get(uri)?.getText()), token);
}

export async function locate(
  context: ServerContext,
  uri: string,
  position: Position,
  token: CancellationToken,
  open = openedFile,
): Promise<Located | undefined> {
  const opened = await open(context, uri, token);
  if (opened === undefined || !opened.project.has(opened.path)) return undefined;
  return { ...opened, offset: offsetAt(opened.project.lines(opened.path), position) };
}
