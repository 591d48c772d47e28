/** Requests to the server with progress in the window and cancellation. */
import * as vscode from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";

/** An answer, that the person cancelled, or why there is none. */
export type Answer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly message: string };

let tokens = 0;

/**
 * Sends a request whose params take a `workDoneToken`; shows `title` while it runs. Ends early when the person cancels it, or
 * `unwanted` says that nobody waits any more. Never rejects.
 */
export function ask<T>(
  client: BaseLanguageClient,
  method: string,
  params: object,
  title: string,
  location = vscode.ProgressLocation.Notification,
  unwanted?: vscode.CancellationToken,
): Promise<Answer<T>> {
  const workDoneToken = `vmstate-client-${++tokens}`;
  const work = async (
    progress: vscode.Progress<{ message?: string; increment?: number }>,
    asked: vscode.CancellationToken,
  ): Promise<Answer<T>> => {
    const source = new vscode.CancellationTokenSource();
    const cancellation = source.token;
    const cancels = [asked, unwanted].flatMap((each) => each?.onCancellationRequested(() => source.cancel()) ?? []);
    if (unwanted?.isCancellationRequested === true) source.cancel();
    const { LSPErrorCodes, ResponseError, WorkDoneProgress } = await import("vscode-languageclient");
    const cancelCodes: readonly number[] = [LSPErrorCodes.RequestCancelled, LSPErrorCodes.ServerCancelled];
    let percentage = 0;
    const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (step) => {
      if (step.kind === "end") return;
      const increment = Math.max(0, (step.percentage ?? percentage) - percentage);
      percentage += increment;
      progress.report({ ...(step.message === undefined ? {} : { message: step.message }), increment });
    });
    try {
      const value = await client.sendRequest<T>(method, { ...params, workDoneToken }, cancellation);
      return { kind: "answer", value };
    } catch (error) {
      if (error instanceof ResponseError && cancelCodes.includes(error.code)) return { kind: "cancelled" };
      if (cancellation.isCancellationRequested) return { kind: "cancelled" };
      return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
    } finally {
      for (const each of [listener, source, ...cancels]) each.dispose();
    }
  };
  return Promise.resolve(vscode.window.withProgress({ location, title, cancellable: true }, work));
}
