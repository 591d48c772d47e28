/** The server in a web worker. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { version } from "../../package.json";
import { startServer } from "../server";
import { messageOptions } from "../slices";
import { clientFiles } from "./files";
import { browserHost } from "./host";

/** The worker's own scope, in the words of the protocol's reader. */
declare const self: ConstructorParameters<typeof BrowserMessageReader>[0];

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self), messageOptions);
startServer(connection, { host: browserHost(clientFiles(connection)), version });
