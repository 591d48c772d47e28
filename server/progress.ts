import { WorkDoneProgress } from "vscode-languageserver";
import type {
  Connection,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
  WorkDoneProgressServerReporter,
} from "vscode-languageserver";
import type { ClientSupport } from "./context";
import { describe } from "./guard";
import type { Log } from "./guard";
import type { IndexProgress } from "./session";

/** The client's own progress display; nothing where it has none. */
export function indexProgress(connection: Connection, client: ClientSupport, log: Log): IndexProgress {
  if (!client.progress) return { begin: () => {}, report: () => {}, done: () => {} };
  let reporter: WorkDoneProgressServerReporter | undefined;
  let over = false;
  return {
    begin(title, cancel) {
      connection.window.createWorkDoneProgress().then(
        (created) => {
          if (over) return;
          reporter = created;
          reporter.begin(title, 0, "", true);
          reporter.token.onCancellationRequested(cancel);
        },
        (error: unknown) => log.warn(`progress: ${describe(error)}`),
      );
    },
    report: (message, percentage) => reporter?.report(percentage, message),
    done() {
      over = true;
      reporter?.done();
      reporter = undefined;
    },
  };
}

export interface RequestProgress {
  /** `done` from 0 to 1. */
  report(done: number, message: string): void;
  done(): void;
}

/** Progress of one request, where its sender gave a token for it. */
export function requestProgress(
  connection: Connection,
  token: string | number | undefined,
  title: string,
): RequestProgress {
  if (token === undefined) return { report: () => {}, done: () => {} };
  const send = (value: WorkDoneProgressStep): void => {
    connection.sendProgress(WorkDoneProgress.type, token, value).catch(() => {});
  };
  send({ kind: "begin", title, percentage: 0, cancellable: true });
  let shown = 0;
  return {
    report(done, message) {
      const percentage = Math.floor(done * 100);
      if (percentage < shown + 5) return;
      shown = percentage;
      send({ kind: "report", percentage, message });
    },
    done: () => send({ kind: "end" }),
  };
}

type WorkDoneProgressStep = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;
