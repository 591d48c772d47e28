/** Where an edit goes. */
import type { ServerContext } from "./context";
import type { TreeSession } from "./session";
import { uriOf } from "./uris";

/** The editor's own spelling of the URI where the file is open. */
export function openUri({ documents, workspace }: ServerContext, session: TreeSession, file: string): string {
  const open = documents.all().find((document) => {
    const place = workspace.placeNow(document.uri);
    return place?.session === session && place.path === file;
  });
  return open?.uri ?? uriOf(session.root, file);
}
