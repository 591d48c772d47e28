#!/usr/bin/env bash
# Package:   vscode-jsonrpc 10.0.0 (npm); vscode-languageserver builds on it
# Guess:     a handler that is registered by a method's name is called with the parameters and the cancellation token,
#            and with undefined in place of parameters that the client left out.
# Behaviour: a request without params calls it with the token as its *first* argument, and one whose params are an
#            array calls it with the elements: the token's place moves. JSON-RPC lets a client leave params out, and
#            the package's own sendRequest(method) does; sendRequest(method, undefined) sends [null].
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vscode-jsonrpc@10.0.0

cat > probe.mjs <<'EOF'
import { PassThrough } from "node:stream";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
for (const params of [{ name: "a" }, null, undefined, [], ["a", "b"]]) {
  const input = new PassThrough();
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(new PassThrough()));
  const called = new Promise((resolve) => {
    connection.onRequest("demo/ask", (...parts) => {
      resolve(parts.map((part) => (part?.onCancellationRequested ? "token" : JSON.stringify(part))).join(", "));
      return null;
    });
  });
  connection.listen();
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "demo/ask", params });
  input.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
  console.log(`params ${JSON.stringify(params) ?? "left out"}: handler(${await called})`);
  connection.dispose();
}
EOF
node probe.mjs > seen
same seen <<'EOF'
params {"name":"a"}: handler({"name":"a"}, token)
params null: handler(null, token)
params left out: handler(token)
params []: handler(token)
params ["a","b"]: handler("a", "b", token)
EOF
