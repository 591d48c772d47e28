/** The page's end of the wire to the extension. */
import type { FromPage, ToPage } from "../shared/messages";

interface EditorApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

const api = acquireVsCodeApi();

export function post(message: FromPage): void {
  api.postMessage(message);
}

/** Only the extension can post to the page's window; its messages are of our own making. */
export function onContent(work: (content: ToPage) => void): () => void {
  const listener = (event: MessageEvent<ToPage>) => work(event.data);
  window.addEventListener("message", listener);
  return () => window.removeEventListener("message", listener);
}
