import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type { Connection } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { clientFiles } from "../browser/files";
import { browserHost } from "../browser/host";
import { hostByScheme } from "../hostByScheme";
import { onDisk } from "../features/onDisk";
import { startServer } from "../server";
import { messageOptions } from "../slices";
import { FrameCheck } from "./frames";
import { findRulePages, nodeHost } from "./host";

/** Of a process whose editor sends what is no message. */
const notTheProtocol = 2;

/** Serves over two streams. The process ends with them, as the protocol's `exit` says, or where `input` is not the protocol. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
  serve(createConnection(ProposedFeatures.all, input, output, messageOptions));
  const frames = new FrameCheck();
  const check = (chunk: Buffer): void => {
    const problem = frames.take(chunk);
    if (problem === undefined) return;
    input.off("data", check);
    input.pause();
    process.stderr.write(`vmstate: this is not the language server protocol: ${problem}\n`, () =>
      process.exit(notTheProtocol),
    );
  };
  input.on("data", check);
}

/** Serves over what the process's arguments say: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
export function serveArguments(): void {
  if (process.argv.includes("--stdio")) serveStreams(process.stdin, process.stdout);
  else serve(createConnection(ProposedFeatures.all, messageOptions));
}

function serve(connection: Connection): void {
  const disk = nodeHost(findRulePages(__dirname), __filename);
  startServer(connection, {
    host: (client) => (client.files ? hostByScheme(disk, browserHost(clientFiles(connection))) : disk),
    version,
    more: onDisk,
  });
}
