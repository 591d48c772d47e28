import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type { Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { clientFiles } from "../browser/files";
import { browserHost } from "../browser/host";
import { hostByScheme } from "../hostByScheme";
import { startServer } from "../server";
import { messageOptions } from "../slices";
import { findRulePages, nodeHost } from "./host";

/** Serves over two streams. The process ends with them, or with the protocol's `exit`. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
  serve(createConnection(ProposedFeatures.all, input, output, messageOptions));
}

/** Serves over what the process's arguments say: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
export function serveArguments(): void {
  serve(createConnection(ProposedFeatures.all, messageOptions));
}

function serve(connection: Connection): void {
  const disk = nodeHost(findRulePages(__dirname));
  startServer(connection, {
    host: (client) => (client.files ? hostByScheme(disk, browserHost(clientFiles(connection))) : disk),
    version,
  });
}
