/** The page's end of the wire to the extension. */
import type { FromPage, ToPage } from "../shared/messages";
import type { PageState } from "../shared/pageState";

interface EditorApi {
  postMessage(message: FromPage): void;
  setState(state: PageState): void;
}

declare function acquireVsCodeApi(): EditorApi;

const api = acquireVsCodeApi();

export function post(message: FromPage): void {
  api.postMessage(message);
}

/** Kept by the editor over a reload of the window. */
export function remember(state: PageState): void {
  api.setState(state);
}

/** Only the extension can post to the page's window; its messages are of our own making. */
export function onContent(work: (content: ToPage) => void): () => void {
  const listener = (event: MessageEvent<ToPage>) => work(event.data);
  window.addEventListener("message", listener);
  return () => window.removeEventListener("message", listener);
}
