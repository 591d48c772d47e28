import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { startServer } from "../server";
import { findRulePages, nodeHost } from "./host";

/** Serves over two streams. The process ends with them, or with the protocol's `exit`. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
  startServer(createConnection(ProposedFeatures.all, input, output), {
    host: nodeHost(findRulePages(__dirname)),
    version,
  });
}

/** Serves over what the process's arguments say: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
export function serveArguments(): void {
  startServer(createConnection(ProposedFeatures.all), { host: nodeHost(findRulePages(__dirname)), version });
}
