#!/usr/bin/env bash
# Package:   @vscode/debugadapter 1.68.0 (npm)
# Guess:     initialize with its only required argument, adapterID, succeeds: the protocol gives pathFormat "path" as
#            a default.
# Behaviour: a DebugSession refuses it: "debug adapter only supports native paths". The client has to say "path"
#            itself.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/debugadapter@1.68.0

cat > probe.cjs <<'EOF'
const { PassThrough } = require("node:stream");
const { DebugSession } = require("@vscode/debugadapter");
const ask = (args) =>
  new Promise((resolve) => {
    const session = new DebugSession();
    session.setRunAsServer(true);
    const input = new PassThrough();
    const output = new PassThrough();
    output.on("data", (chunk) => {
      const text = String(chunk);
      if (text.includes('"command":"initialize"')) resolve(JSON.parse(text.slice(text.indexOf("{"))));
    });
    session.start(input, output);
    const message = JSON.stringify({ seq: 1, type: "request", command: "initialize", arguments: args });
    input.write(`Content-Length: ${message.length}\r\n\r\n${message}`);
  });
(async () => {
  for (const args of [{ adapterID: "demo", pathFormat: "path" }, { adapterID: "demo" }]) {
    const { success, message } = await ask(args);
    console.log(JSON.stringify(args), success, message ?? "");
  }
})();
EOF
node probe.cjs | sed 's/ *$//' > seen
same seen <<'EOF'
{"adapterID":"demo","pathFormat":"path"} true
{"adapterID":"demo"} false debug adapter only supports native paths
EOF
