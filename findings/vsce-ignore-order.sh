#!/usr/bin/env bash
# Package:   @vscode/vsce 4.1.0 (npm)
# Guess:     .vscodeignore, which looks like .gitignore, is read like it: the last line that matches a file decides, and
#            a slash in front ties a pattern to the extension's folder.
# Behaviour: the order does not matter: a file that any line with ! matches is packed, however many lines after it say
#            otherwise. A pattern with a slash in front matches nothing, without a word, so the files are packed.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @vscode/vsce@4.1.0

mkdir -p demo/src
cd demo
echo '{ "name": "demo", "publisher": "demo", "version": "1.0.0", "engines": { "vscode": "^1.90.0" } }' > package.json
touch src/keep.js src/secret.js
ls_with() {
  printf '%s\n' "$@" > .vscodeignore
  echo "$*: $(node ../node_modules/@vscode/vsce/vsce ls | grep src | tr '\n' ' ')"
}
{
  ls_with 'src/**'
  ls_with '!src/*.js' 'src/**'
  ls_with 'src/**' '!src/*.js' 'src/secret.js'
  ls_with '/src/**'
} > ../seen
same ../seen <<'EOF'
src/**: 
!src/*.js src/**: src/keep.js src/secret.js 
src/** !src/*.js src/secret.js: src/keep.js src/secret.js 
/src/**: src/keep.js src/secret.js 
EOF
