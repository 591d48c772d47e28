/** Handlers that fail are answered and logged; they never take the server down. */
import { CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";

export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
}

/** Thrown where work stops because nobody waits for its result any more. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw new Cancelled("cancelled");
}

/** Answers `fallback` where the handler throws, and -32800 where it was cancelled. */
export function guarded<P, R>(
  log: Log,
  name: string,
  fallback: R,
  handler: (params: P, token: CancellationToken) => Promise<R> | R,
): (params: P, token?: CancellationToken) => Promise<R | ResponseError<never>> {
  return async (params, token = CancellationToken.None) => {
    try {
      throwIfCancelled(token);
      return await handler(params, token);
    } catch (error) {
      if (error instanceof Cancelled) return new ResponseError<never>(LSPErrorCodes.RequestCancelled, "cancelled");
      if (error instanceof ResponseError) return error as ResponseError<never>;
      log.error(`${name}: ${describe(error)}`);
      return fallback;
    }
  };
}

/** For requests whose caller must know that there is no result: the error goes back with its message. */
export function answered<P, R>(
  log: Log,
  name: string,
  handler: (params: P, token: CancellationToken) => Promise<R> | R,
): (params: P, token: CancellationToken) => Promise<R | ResponseError<never>> {
  return async (params, token: CancellationToken | undefined) => {
    // a request without params is handed over as its token alone
    if (token === undefined || typeof params !== "object" || params === null)
      return new ResponseError<never>(ErrorCodes.InvalidParams, `${name}: the request has no params object`);
    try {
      throwIfCancelled(token);
      return await handler(params, token);
    } catch (error) {
      if (error instanceof Cancelled) return new ResponseError<never>(LSPErrorCodes.RequestCancelled, "cancelled");
      if (error instanceof ResponseError) return error as ResponseError<never>;
      log.error(`${name}: ${describe(error)}`);
      return new ResponseError<never>(
        LSPErrorCodes.RequestFailed,
        error instanceof Error ? error.message : String(error),
      );
    }
  };
}

export function noted<P>(log: Log, name: string, handler: (params: P) => Promise<void> | void): (params: P) => void {
  return (params) => {
    Promise.resolve()
      .then(() => handler(params))
      .catch((error: unknown) => {
        if (!(error instanceof Cancelled)) log.error(`${name}: ${describe(error)}`);
      });
  };
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
