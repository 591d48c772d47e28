/** What happens where the server's process ends by itself. */
import type * as vscode from "vscode";
import type { CloseAction, ErrorAction, ErrorHandler } from "vscode-languageclient";

/** So many starts within the period, in ms; then the person is asked. */
const mostStarts = 4;
const period = 3 * 60_000;

interface Actions {
  readonly CloseAction: typeof CloseAction;
  readonly ErrorAction: typeof ErrorAction;
}

/** Starts it again and says so in the log alone, unless it keeps ending; `decided` is told which. A new one for each client. */
export function crashHandler(
  actions: Actions,
  output: vscode.LogOutputChannel,
  decided: (restarts: boolean) => void,
): ErrorHandler {
  const crashes: number[] = [];
  return {
    error: (error, _message, count) => {
      output.warn(`the connection to the language server fails: ${error.message}`);
      const few = count !== undefined && count <= mostStarts;
      return { action: few ? actions.ErrorAction.Continue : actions.ErrorAction.Shutdown, handled: true };
    },
    closed: () => {
      const now = Date.now();
      crashes.push(now);
      const restarts = crashes.filter((at) => now - at <= period).length <= mostStarts;
      decided(restarts);
      output.error(
        `the language server has ended by itself${restarts ? ", it is started again" : ", it is not started again"}`,
      );
      return { action: restarts ? actions.CloseAction.Restart : actions.CloseAction.DoNotRestart, handled: true };
    },
  };
}
