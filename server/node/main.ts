/** The server as a process of its own: `server.js --stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { version } from "../../package.json";
import { startServer } from "../server";
import { findRulePages, nodeHost } from "./host";

startServer(createConnection(ProposedFeatures.all), { host: nodeHost(findRulePages(__dirname)), version });
