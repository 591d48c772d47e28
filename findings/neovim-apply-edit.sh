#!/usr/bin/env bash
# Package:   neovim 0.7.2 (Debian 12)
# Guess:     the answer to workspace/applyEdit says whether the edit was applied: true where all of it was, false where
#            nothing was changed.
# Behaviour: true is also the answer where one of the documents has gone on since the version that the edit is for: it is
#            skipped, and the other one changed. So it is where a file to rename is not there: an empty one with the new
#            name is made. And false (an operation that it does not know) leaves what was changed before it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages neovim=0.7.2-7 neovim-runtime=0.7.2-7
export VIMRUNTIME="$here/root/usr/share/nvim/runtime" HOME="$here"

echo first > one.txt
echo second > two.txt
cat > server.py <<'EOF'
import json
import os
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
def uri(name):
    return "file://" + os.path.abspath(name)
def insert(name, version, text):
    start = {"line": 0, "character": 0}
    return {"textDocument": {"uri": uri(name), "version": version}, "edits": [{"range": {"start": start, "end": start}, "newText": text}]}
asked = [
    ("a: both", [insert("one.txt", None, "a "), insert("two.txt", None, "a ")]),
    ("b: both", [insert("one.txt", None, "b "), insert("two.txt", None, "b ")]),
    ("c: version 1 of one.txt, both", [insert("one.txt", 1, "c "), insert("two.txt", None, "c ")]),
    ("d: a rename of a file that is not there", [{"kind": "rename", "oldUri": uri("none.txt"), "newUri": uri("new.txt")}]),
    ("e: one.txt, then what it does not know", [insert("one.txt", None, "e "), {"kind": "copy", "uri": uri("one.txt")}]),
]
def ask(number):
    send(id=number, method="workspace/applyEdit", params={"edit": {"documentChanges": asked[number][1]}})
opened = 0
with open("seen", "w") as seen:
    while message := receive():
        if message.get("method") == "initialize":
            send(id=message["id"], result={"capabilities": {"textDocumentSync": 1}})
        elif message.get("method") == "textDocument/didOpen":
            opened += 1
            if opened == 2:
                ask(0)
        elif message.get("method") == "shutdown":
            send(id=message["id"], result=None)
        elif message.get("method") == "exit":
            break
        elif "result" in message:
            number = message["id"]
            print(f"{asked[number][0]}: applied {message['result']['applied']}", file=seen, flush=True)
            if number + 1 < len(asked):
                ask(number + 1)
            else:
                open("done", "w").close()
EOF
cat > probe.lua <<'EOF'
vim.opt.hidden = true
local buffers = {}
for _, name in ipairs({ "one.txt", "two.txt" }) do
  vim.cmd("edit " .. name)
  table.insert(buffers, vim.api.nvim_get_current_buf())
end
local id = vim.lsp.start_client({ name = "demo", cmd = { "python3", "server.py" }, root_dir = vim.fn.getcwd() })
for _, buffer in ipairs(buffers) do
  vim.lsp.buf_attach_client(buffer, id)
end
vim.wait(20000, function() return vim.fn.filereadable("done") == 1 end)
for number, buffer in ipairs(buffers) do
  vim.fn.writefile(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), number .. ".out")
end
vim.lsp.stop_client(id)
EOF
nvim --headless --clean -c "luafile probe.lua" -c "qa!" > log 2>&1
{
  echo "one.txt: $(cat 1.out)"
  echo "two.txt: $(cat 2.out)"
  echo "new.txt: $(wc -c < new.txt) bytes"
} >> seen
same seen <<'EOF'
a: both: applied True
b: both: applied True
c: version 1 of one.txt, both: applied True
d: a rename of a file that is not there: applied True
e: one.txt, then what it does not know: applied False
one.txt: e b a first
two.txt: c b a second
new.txt: 0 bytes
EOF
