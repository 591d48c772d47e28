#!/usr/bin/env bash
# Packages:  patch 2.7.6 and git 2.39.5 (Debian 12)
# Guess:     a series that git format-patch wrote into one file is taken by git apply and by GNU patch, which knows git's
#            renames, as git am takes it; --dry-run and --check say whether it will be.
# Behaviour: patch --dry-run holds each hunk against the files on disk: where two patches change the same line it fails,
#            and patch itself succeeds. Where a file is renamed and then renamed back it is the other way round:
#            --dry-run is content, patch fails and leaves the file under its middle name. git apply refuses that series
#            as well, since the middle name is not on disk. git am takes both.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages patch=2.7.6-7

git init --quiet work
cd work
seq 9 > old
git add old
git commit --quiet --message base
git tag base
sed -i 's/^5$/five/' old
git commit --quiet --all --message "change a line"
sed -i 's/^five$/FIVE/' old
git commit --quiet --all --message "change it again"
git format-patch --quiet --stdout base > ../twice.patch
git checkout --quiet base
git mv old new
git commit --quiet --message rename
git mv new old
sed -i 's/^5$/five/' old
git commit --quiet --all --message "rename it back and change a line"
git format-patch --quiet --stdout base > ../back.patch
git checkout --quiet base

try() {
  local status=0
  git clean --quiet --force -x
  git checkout --quiet --force --detach base
  "${@:2}" < "../$1" > ../output 2>&1 || status=$?
  echo "$1, ${*:2}: $status, $(ls)"
}
{
  for series in twice.patch back.patch; do
    try $series git apply --check
    try $series git apply
    try $series patch -p1 --dry-run
    try $series patch -p1
    try $series git am --quiet
  done
} > ../seen
same ../seen <<'EOF'
twice.patch, git apply --check: 0, old
twice.patch, git apply: 0, old
twice.patch, patch -p1 --dry-run: 1, old
twice.patch, patch -p1: 0, old
twice.patch, git am --quiet: 0, old
back.patch, git apply --check: 1, old
back.patch, git apply: 1, old
back.patch, patch -p1 --dry-run: 0, old
back.patch, patch -p1: 1, new
back.patch, git am --quiet: 0, old
EOF
