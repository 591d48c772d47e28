#!/usr/bin/env bash
# Package:   clangd 16.0.6 (Debian 12)
# Guess:     "Extract subexpression to variable" keeps what the program does, or is not offered: a condition's right side is
#            evaluated only where the left one holds, a loop's condition each time.
# Behaviour: the variable stands before the whole statement: "p && p->n > i" reads p->n first, "while (next() > i)" and
#            "do … while (p->next != 0)" ask once. In sizeof, which evaluates nothing, it is offered too; in a body
#            without braces it is not.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages clangd-16=1:16.0.6-15~deb12u1

cat > demo.c <<'C'
struct item { int n; struct item *next; };
int next(void);
int demo(struct item *p, int i) {
    if (p && p->n > i)
        return 1;
    while (next() > i)
        i++;
    do {
        p = p->next;
    } while (p->next != 0);
    for (int k = 0; k < 9; k++)
        p->n += k * i;
    return sizeof(i * 5);
}
C
cat > probe.py <<'EOF'
import json, pathlib, subprocess
source, uri = open("demo.c").read(), pathlib.Path("demo.c").resolve().as_uri()
server = subprocess.Popen(["clangd-16", "--log=error"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    server.stdin.flush()
def receive():
    length = 0
    while line := server.stdout.readline().strip():
        if line.startswith(b"Content-Length:"):
            length = int(line.split()[1])
    return json.loads(server.stdout.read(length))
edits = []
def request(method, **params):
    send({"id": method, "method": method, "params": params})
    while True:
        message = receive()
        if message.get("method") == "workspace/applyEdit":
            edits.extend(message["params"]["edit"]["changes"][uri])
            send({"id": message["id"], "result": {"applied": True}})
        elif message.get("id") == method:
            return message["result"]
def position(offset):
    return {"line": source.count("\n", 0, offset), "character": offset - source.rfind("\n", 0, offset) - 1}
request("initialize", processId=None, rootUri=None, capabilities={})
document = {"uri": uri, "languageId": "c", "version": 1, "text": source}
send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
for text in ("p->n > i", "next()", "p->next != 0", "k * i", "i * 5"):
    start = source.index(text, source.index("{\n"))
    place = {"start": position(start), "end": position(start + len(text))}
    actions = request("textDocument/codeAction", textDocument={"uri": uri}, range=place, context={"diagnostics": []})
    command = next((a for a in actions if a["title"] == "Extract subexpression to variable"), None)
    print(f"# {text}: {'offered' if command else 'not offered'}")
    if not command:
        continue
    edits.clear()
    request("workspace/executeCommand", command=command["command"], arguments=command["arguments"])
    lines = source.splitlines(keepends=True)
    offset = lambda at: sum(map(len, lines[: at["line"]])) + at["character"]
    changed = source
    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        changed = changed[: offset(edit["range"]["start"])] + edit["newText"] + changed[offset(edit["range"]["end"]) :]
    one_line = " ".join(changed.split())
    at = one_line.index("int placeholder")
    print(one_line[at : one_line.index("placeholder", at + 20) + len("placeholder")])
server.kill()
EOF
python3 probe.py > seen
same seen <<'EOF'
# p->n > i: offered
int placeholder = p->n > i; if (p && placeholder
# next(): offered
int placeholder = next(); while (placeholder
# p->next != 0: offered
int placeholder = p->next != 0; do { p = p->next; } while (placeholder
# k * i: not offered
# i * 5: offered
int placeholder = i * 5; return sizeof(placeholder
EOF
