#!/usr/bin/env bash
# Package:   @vscode/debugadapter 1.68.0 (npm)
# Guess:     a request of the protocol that a DebugSession does not implement is answered with success: false, as one
#            that the protocol does not know is.
# Behaviour: it succeeds, with no body, also where the protocol requires one (threads, scopes, variables,
#            disassemble): a client that reads body.threads meets undefined and not an error.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/debugadapter@1.68.0

cat > probe.cjs <<'EOF'
const { PassThrough } = require("node:stream");
const { DebugSession } = require("@vscode/debugadapter");
const session = new DebugSession();
session.setRunAsServer(true);
const input = new PassThrough();
const output = new PassThrough();
let text = "";
output.on("data", (chunk) => {
  text += chunk;
});
session.start(input, output);
const requests = [["threads"], ["scopes", { frameId: 1 }], ["variables", { variablesReference: 1 }], ["disassemble", { memoryReference: "0", instructionCount: 1 }], ["unknownToAll"]];
requests.forEach(([command, args], index) => {
  const message = JSON.stringify({ seq: index + 1, type: "request", command, arguments: args });
  input.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
});
setImmediate(() => {
  for (const part of text.split(/Content-Length: \d+\r\n\r\n/).filter((each) => each !== "")) {
    const { command, success, body } = JSON.parse(part);
    console.log(`${command}: success ${success}, body ${success ? JSON.stringify(body) : "of an error"}`);
  }
});
EOF
node probe.cjs > seen
same seen <<'EOF'
threads: success true, body undefined
scopes: success true, body undefined
variables: success true, body undefined
disassemble: success true, body undefined
unknownToAll: success false, body of an error
EOF
