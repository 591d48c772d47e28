#!/usr/bin/env bash
# Package:   @vscode/debugadapter 1.68.0 (npm)
# Guess:     a request handler that is async and throws ends in an error response, as one does that throws at once: the
#            types let a handler be async.
# Behaviour: only what is thrown at once is caught. Of an async handler's error the client hears nothing: no response, and
#            in the adapter an unhandled rejection, which ends a Node process that does not listen for it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/debugadapter@1.68.0

cat > probe.cjs <<'EOF'
const { DebugSession } = require("@vscode/debugadapter");
class Session extends DebugSession {
  evaluateRequest() {
    throw new Error("at once");
  }
  async scopesRequest() {
    throw new Error("later");
  }
  sendResponse(response) {
    console.log(`${response.command}: response, success ${response.success}`);
  }
}
process.on("unhandledRejection", (error) => console.log(`unhandled rejection: ${error.message}`));
const session = new Session();
for (const command of ["evaluate", "scopes"]) session.handleMessage({ seq: 1, type: "request", command, arguments: {} });
EOF
node probe.cjs > seen
same seen <<'EOF'
evaluate: response, success false
unhandled rejection: later
EOF
