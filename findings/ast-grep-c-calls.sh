#!/usr/bin/env bash
# Package:   @ast-grep/cli 0.51.1 (npm)
# Guess:     the pattern g_free($A) finds each call of g_free in C, as it does in other languages, and as qemu_put_be32($F,
#            $V) does.
# Behaviour: with one argument it is parsed as a macro of a declaration, and finds no call at all; nor does g_free(p),
#            which stands there. With a semicolon behind it calls that are statements of their own are found, those in an
#            expression, an initializer or a return are not. With two arguments each call is found, and with a selector in
#            a rule (context and kind) as well. VMSTATE_TIMER_PTR($A, $B) is found in tables, VMSTATE_UNUSED($A) is not.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @ast-grep/cli@0.51.1 @ast-grep/cli-linux-x64-gnu@0.51.1
tool=$here/node_modules/@ast-grep/cli-linux-x64-gnu/ast-grep
chmod +x "$tool"

cat > demo.c <<'C'
static const VMStateField fields[] = {
    VMSTATE_UNUSED(4),
    VMSTATE_TIMER_PTR(timer, DemoState),
};
int demo(DemoState *s, int *p) {
    g_free(p);
    if (s)
        g_free(s->p);
    int n = g_free(p) + 1;
    put(p, n);
    n = put(p, n) + 1;
    return g_free(p);
}
C
cat > rule.yml <<'YAML'
id: call
language: c
rule: { pattern: { context: "g_free($A);", selector: call_expression } }
YAML
lines() {
  node -e '
    const found = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
    console.log(found.map((line) => JSON.parse(line).range.start.line + 1).join(" ") || "none");'
}
{
  for pattern in 'g_free($A)' 'g_free(p)' 'g_free($A);' 'put($A, $B)' 'VMSTATE_UNUSED($A)' 'VMSTATE_TIMER_PTR($A, $B)'; do
    echo "$pattern: lines $("$tool" run --lang c --pattern "$pattern" --json=stream demo.c 2> log | lines)"
  done
  echo "a rule with a selector: lines $("$tool" scan --rule rule.yml --json=stream demo.c 2> log | lines)"
} > seen
same seen <<'EOF'
g_free($A): lines none
g_free(p): lines none
g_free($A);: lines 6 8
put($A, $B): lines 10 11
VMSTATE_UNUSED($A): lines none
VMSTATE_TIMER_PTR($A, $B): lines 3
a rule with a selector: lines 6 8 9 12
EOF
