#!/usr/bin/env bash
# Package:   vscode-tmgrammar-test 0.1.3 (npm)
# Guess:     a scope in an assertion means what a scope selector of TextMate means: comment is any scope that begins so, and
#            "- comment" says that there is none.
# Behaviour: it is the whole name. As a required scope "comment" fails on comment.line.demo, so that one learns of it; as a
#            forbidden one it passes wherever it stands, and the test guards nothing. So does an assertion that is indented,
#            which is a line of the source then, and a file that asserts nothing.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vscode-tmgrammar-test@0.1.3

cat > demo.json <<'EOF'
{ "scopeName": "source.demo", "patterns": [{ "match": "#.*", "name": "comment.line.demo" }] }
EOF
while IFS= read -r assertion; do
  printf '// SYNTAX TEST "source.demo"\nabc # text\n' > demo.demo
  echo "$assertion" >> demo.demo
  status=0
  node_modules/.bin/vscode-tmgrammar-test -g demo.json demo.demo > log 2>&1 || status=$?
  echo "$assertion: $([ $status = 0 ] && echo passes || echo fails)"
done > seen <<'EOF'
//  ^ comment.line.demo
//  ^ comment
//  ^ - comment.line.demo
//  ^ - comment
    //  ^ wrong
EOF
same seen <<'EOF'
//  ^ comment.line.demo: passes
//  ^ comment: fails
//  ^ - comment.line.demo: fails
//  ^ - comment: passes
    //  ^ wrong: passes
EOF
