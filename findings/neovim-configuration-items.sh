#!/usr/bin/env bash
# Package:   neovim 0.7.2 (Debian 12)
# Guess:     the answer to workspace/configuration has one element for each item that was asked for, as the protocol
#            wants; an item without a section gets all settings.
# Behaviour: an item without a section is skipped: the answer is shorter, and what stands behind it moves up. An empty
#            section gets all settings.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages neovim=0.7.2-7 neovim-runtime=0.7.2-7
export VIMRUNTIME="$here/root/usr/share/nvim/runtime" HOME="$here"

cat > server.py <<'EOF'
import json
import sys
def receive():
    length = 0
    while header := sys.stdin.buffer.readline().strip():
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length)) if length else None
def send(**message):
    text = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
    sys.stdout.buffer.flush()
asked = [
    [{"section": "demo.one"}, {"section": "demo.off"}, {"section": "demo.none"}],
    [{"section": "demo.one"}, {}, {"section": "demo.two"}],
    [{"scopeUri": "file:///demo"}, {"section": "demo.two"}],
    [{"section": ""}, {"section": "demo.two"}],
]
with open("seen", "w") as seen:
    while message := receive():
        if message.get("method") == "initialize":
            send(id=message["id"], result={"capabilities": {}})
        elif message.get("method") == "initialized":
            for number, items in enumerate(asked):
                send(id=number, method="workspace/configuration", params={"items": items})
        elif message.get("method") == "shutdown":
            send(id=message["id"], result=None)
        elif message.get("method") == "exit":
            break
        elif "result" in message:
            print(json.dumps(asked[message["id"]]), "->", json.dumps(message["result"], sort_keys=True), file=seen, flush=True)
            if message["id"] == len(asked) - 1:
                open("done", "w").close()
EOF
cat > probe.lua <<'EOF'
local settings = { demo = { one = 1, two = 2, off = false } }
local id = vim.lsp.start_client({ name = "demo", cmd = { "python3", "server.py" }, settings = settings })
vim.wait(20000, function() return vim.fn.filereadable("done") == 1 end)
vim.lsp.stop_client(id)
EOF
nvim --headless --clean -c "luafile probe.lua" -c "qa!" > log 2>&1
same seen <<'EOF'
[{"section": "demo.one"}, {"section": "demo.off"}, {"section": "demo.none"}] -> [1, false, null]
[{"section": "demo.one"}, {}, {"section": "demo.two"}] -> [1, 2]
[{"scopeUri": "file:///demo"}, {"section": "demo.two"}] -> [2]
[{"section": ""}, {"section": "demo.two"}] -> [{"demo": {"off": false, "one": 1, "two": 2}}, 2]
EOF
