import type { Connection, WorkDoneProgressServerReporter } from "vscode-languageserver";
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
