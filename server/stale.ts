/** Tells the client to ask again where what it shows is no longer what it would be told: an edit changes other files' answers too. */
import type { ServerContext } from "./context";
import { digest } from "./digest";
import { guarded } from "./guard";

/** Clients ask again about the text that was typed by themselves, within this time in milliseconds. */
const patience = 400;

export interface Answers {
  /** Notes an answer about a document, and how to answer again. */
  told(uri: string, answer: unknown, again: () => Promise<unknown>): void;
}

export interface AnswersContext extends Pick<ServerContext, "log" | "onChange"> {
  readonly documents: {
    get(uri: string): unknown;
    onDidClose(listener: (closed: { readonly document: { readonly uri: string } }) => void): unknown;
  };
}

interface Told {
  readonly digest: string;
  readonly again: () => Promise<unknown>;
  /** Nothing was edited since. */
  readonly current: boolean;
}

/** `refresh` sends the request by which the client asks anew; undefined where it does not know that request. */
export function createAnswers(
  context: AnswersContext,
  name: string,
  refresh: (() => Promise<void>) | undefined,
): Answers {
  if (refresh === undefined) return { told: () => {} };
  const { documents, log } = context;
  const known = new Map<string, Told>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = guarded(log, `${name} refresh`, undefined, () => refresh());
  const look = guarded(log, `${name} refresh`, undefined, async () => {
    for (const [uri, told] of [...known]) {
      if (told.current) continue;
      const now = digest(JSON.stringify(await told.again()));
      if (known.get(uri) !== told) continue;
      if (now !== told.digest) return void (await send(undefined));
      known.set(uri, { ...told, current: true });
    }
  });

  context.onChange((reason) => {
    clearTimeout(timer);
    if (reason.kind === "workspace") return void send(undefined);
    for (const [uri, told] of known) known.set(uri, { ...told, current: false });
    timer = setTimeout(() => void look(undefined), patience);
    if (typeof timer === "object") timer.unref();
  });
  documents.onDidClose(({ document }) => known.delete(document.uri));

  return {
    told(uri, answer, again) {
      if (documents.get(uri) !== undefined)
        known.set(uri, { digest: digest(JSON.stringify(answer)), again, current: true });
    },
  };
}
