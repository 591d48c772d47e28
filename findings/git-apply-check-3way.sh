#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     git apply --check with the same options says by its exit status how git apply will end.
# Behaviour: with --3way it says 0 whenever the three-way merge can be tried, also where the merge then ends with
#            conflict markers in the file and exit 1. It even names the conflict on the error stream.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
echo base > file
git add file
git commit --quiet --message base
git checkout --quiet -b other
echo other > file
git commit --quiet --all --message other
git format-patch --quiet -1 --stdout > ../other.patch
git checkout --quiet main
echo mine > file
git commit --quiet --all --message mine

try() {
  local status=0
  "$@" ../other.patch > ../output 2>&1 || status=$?
  echo "$*: $status, $(tail -1 ../output), $(grep -c '^<<<<<<<' file) conflicts in the file"
}
{
  try git apply --check
  try git apply --check --3way
  try git apply --3way
} > ../seen
same ../seen <<'EOF'
git apply --check: 1, error: file: patch does not apply, 0 conflicts in the file
git apply --check --3way: 0, Applied patch to 'file' with conflicts., 0 conflicts in the file
git apply --3way: 1, U file, 1 conflicts in the file
EOF
