#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     git diff --quiet and --exit-code end with 1 where git diff prints a difference, with the same options.
# Behaviour: they do so with -w and -I. With --ignore-blank-lines, and where a textconv leaves nothing that differs,
#            git diff prints nothing and ends with 1. --name-only lists the file whatever is ignored, --stat does so
#            for one with a textconv, which it does not use.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
git config diff.upper.textconv 'tr a-z A-Z <'
echo '*.upper diff=upper' > .gitattributes
printf 'a\nb\n' > blanks
printf 'a\nb\n' > comments
printf 'a\nb\n' > spaces
echo abc > text.upper
git add .
git commit --quiet --message one
printf 'a\n\nb\n' > blanks
printf 'a\n# c\nb\n' > comments
printf 'a \nb\n' > spaces
echo ABC > text.upper
look() {
  local file=$1 status=0
  shift
  git diff --exit-code "$@" "$file" > out || status=$?
  local quiet=0
  git diff --quiet "$@" "$file" || quiet=$?
  echo "$file $*: $(wc -l < out) lines, --exit-code $status, --quiet $quiet, --name-only $(git diff --name-only "$@" "$file" | wc -l), --stat $(git diff --stat "$@" "$file" | wc -l)"
}
{
  look spaces
  look spaces -w
  look comments '-I^#'
  look blanks --ignore-blank-lines
  look text.upper
} > ../seen
same ../seen <<'EOF'
spaces : 8 lines, --exit-code 1, --quiet 1, --name-only 1, --stat 2
spaces -w: 0 lines, --exit-code 0, --quiet 0, --name-only 1, --stat 0
comments -I^#: 0 lines, --exit-code 0, --quiet 0, --name-only 1, --stat 0
blanks --ignore-blank-lines: 0 lines, --exit-code 1, --quiet 1, --name-only 1, --stat 0
text.upper : 0 lines, --exit-code 1, --quiet 1, --name-only 1, --stat 2
EOF
