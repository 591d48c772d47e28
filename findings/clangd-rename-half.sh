#!/usr/bin/env bash
# Package:   clangd 16.0.6 (Debian 12)
# Guess:     rename changes what references shows, and what it changes compiles. "typedef struct DemoState DemoState", which a
#            macro of QEMU's makes, and "struct DemoState {" are one name.
# Behaviour: a member named in offsetof is among the references and is not renamed: in a table it is left behind where the
#            macro has only offsetof, and renamed where the macro has ((Type *)0)->member as well. Of the struct's name
#            the tag and the typedef are two symbols: from the struct the macro's argument and the struct are renamed,
#            from anywhere else all but the struct. No word about it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages clangd-16=1:16.0.6-15~deb12u1

cat > demo.c <<'EOF'
#define OBJECT_DECLARE_SIMPLE_TYPE(Type, CAST) \
    typedef struct Type Type; static inline Type *CAST(void *object) { return object; }
#define OFFSET(member, Type) __builtin_offsetof(Type, member)
#define CHECKED(member, Type) (__builtin_offsetof(Type, member) + 0 * sizeof(((Type *)0)->member))
OBJECT_DECLARE_SIMPLE_TYPE(DemoState, DEMO)
struct DemoState {
    unsigned ctrl;
};
unsigned demo_read(void *opaque)
{
    DemoState *s = DEMO(opaque);
    return s->ctrl;
}
const long fields[] = {
    OFFSET(ctrl, DemoState),
    CHECKED(ctrl, DemoState),
};
EOF
cat > client.py <<'EOF'
import json
import os
import subprocess
text = open("demo.c").read()
lines = text.split("\n")
uri = "file://" + os.path.abspath("demo.c")
server = subprocess.Popen(["clangd-16", "--background-index=false", "-j=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def send(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    server.stdin.flush()
def receive():
    length = 0
    while header := server.stdout.readline().strip():
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    return json.loads(server.stdout.read(length))
def ask(method, params):
    send(id=1, method=method, params=params)
    while (answer := receive()).get("id") != 1 or "method" in answer:
        pass
    return answer["result"]
def shown(ranges):
    return ", ".join(sorted({f"line {each['start']['line'] + 1}" for each in ranges}, key=lambda line: int(line.split()[1])))
ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
send(method="initialized", params={})
send(method="textDocument/didOpen", params={"textDocument": {"uri": uri, "languageId": "c", "version": 1, "text": text}})
for what, line, word in (("the struct", 6, "DemoState"), ("a use", 11, "DemoState"), ("the macro's argument", 5, "DemoState"), ("the member", 7, "ctrl")):
    place = {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": lines[line - 1].index(word)}}
    references = ask("textDocument/references", {**place, "context": {"includeDeclaration": True}})
    edit = ask("textDocument/rename", {**place, "newName": "renamed"})
    print(f"from {what}: references {shown([each['range'] for each in references])}; rename {shown([each['range'] for each in edit['changes'][uri]])}")
ask("shutdown", None)
send(method="exit")
server.wait()
EOF
{
  grep -n 'DemoState\|ctrl' demo.c
  python3 client.py
} > seen 2> log
same seen <<'EOF'
5:OBJECT_DECLARE_SIMPLE_TYPE(DemoState, DEMO)
6:struct DemoState {
7:    unsigned ctrl;
11:    DemoState *s = DEMO(opaque);
12:    return s->ctrl;
15:    OFFSET(ctrl, DemoState),
16:    CHECKED(ctrl, DemoState),
from the struct: references line 5, line 6; rename line 5, line 6
from a use: references line 5, line 11, line 15, line 16; rename line 5, line 11, line 15, line 16
from the macro's argument: references line 5, line 11, line 15, line 16; rename line 5, line 11, line 15, line 16
from the member: references line 7, line 12, line 15, line 16; rename line 7, line 12, line 16
EOF
