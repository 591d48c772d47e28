#!/usr/bin/env bash
# Package:   vscode-jsonrpc 10.0.0 (npm), which language servers and their clients speak through
# Guess:     when the other process ends, the requests that it has not answered are rejected, and a new one is a promise that
#            is rejected.
# Behaviour: onClose is called and the requests stay pending for good: an await on one never returns. dispose() rejects
#            them, and nobody calls it but oneself. A new request is no rejected promise: sendRequest throws at once, past the
#            caller's catch().
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vscode-jsonrpc@10.0.0

cat > probe.mjs <<'EOF'
import { spawn } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import rpc from "vscode-jsonrpc/node";
const server = spawn(process.execPath, ["-e", "process.stdin.once('data', () => process.exit())"]);
const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
const ended = Promise.all([new Promise((resolve) => connection.onClose(resolve)), new Promise((resolve) => server.on("close", resolve))]);
connection.listen();
let state = "pending";
connection.sendRequest("work").then(
  () => (state = "resolved"),
  (error) => (state = `rejected, ${error.message}`),
);
await ended;
for (let turn = 0; turn < 100; turn++) await setImmediate();
console.log(`the process has ended, onClose was called: ${state}`);
try {
  connection.sendRequest("more").catch(() => {});
  console.log("a new request: a promise");
} catch (error) {
  console.log(`a new request throws: ${error.message}`);
}
connection.dispose();
await setImmediate();
console.log(`after dispose: ${state}`);
EOF
node probe.mjs > seen
same seen <<'EOF'
the process has ended, onClose was called: pending
a new request throws: Connection is closed.
after dispose: rejected, Pending response rejected since connection got disposed
EOF
