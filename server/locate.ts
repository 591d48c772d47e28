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
  const text = context.documents.get(uri)?.getText();
  const place = await waitFor(context.workspace.place(uri, text), token);
  if (place === undefined) return undefined;
  const project = await waitFor(place.session.indexed(), token);
  return { ...place, project };
}

export async function locate(
  context: ServerContext,
  uri: string,
  position: Position,
  token: CancellationToken,
): Promise<Located | undefined> {
  const opened = await openedFile(context, uri, token);
  if (opened === undefined || !opened.project.has(opened.path)) return undefined;
  return { ...opened, offset: offsetAt(opened.project.lines(opened.path), position) };
}
