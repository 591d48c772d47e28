#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     a command that reads all files of a revision fetches what a blobless clone lacks in one go, as checkout
#            does.
# Behaviour: some do, some start a fetch for each file: ls-tree -l and cat-file --batch-check for sizes only, grep in
#            a revision, rev-list --objects, and restore, where checkout of the same revision takes one.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages
git config --global advice.detachedHead false

git init --quiet server
for number in $(seq 20); do mkdir -p "server/$number" && echo "old $number" > "server/$number/file"; done
git -C server add .
git -C server commit --quiet --message one
git -C server tag v1
for file in server/*/file; do sed -i 's/old/new/' "$file"; done
git -C server commit --quiet --all --message two
git -C server config uploadpack.allowFilter true
git -C server config uploadpack.allowAnySHA1InWant true

fetches() {
  rm -rf clone trace
  git clone --quiet --filter=blob:none "file://$here/server" clone
  (cd clone && GIT_TRACE2_EVENT="$here/trace" bash -c "$1" > ../output 2>&1)
  echo "$1: $(grep '"child_start"' trace | grep -c '"fetch"') fetches"
}
{
  fetches "git checkout v1"
  fetches "git restore --source v1 ."
  fetches "git diff v1 HEAD"
  fetches "git archive v1"
  fetches "git ls-tree -r v1"
  fetches "git ls-tree -r -l v1"
  fetches "git ls-tree -r v1 --format='%(objectname)' | git cat-file --batch-check"
  fetches "git ls-tree -r v1 --format='%(objectname)' | git cat-file --batch"
  fetches "git grep old v1"
  fetches "git rev-list --objects v1"
} > seen
same seen <<'EOF'
git checkout v1: 1 fetches
git restore --source v1 .: 20 fetches
git diff v1 HEAD: 1 fetches
git archive v1: 1 fetches
git ls-tree -r v1: 0 fetches
git ls-tree -r -l v1: 20 fetches
git ls-tree -r v1 --format='%(objectname)' | git cat-file --batch-check: 20 fetches
git ls-tree -r v1 --format='%(objectname)' | git cat-file --batch: 20 fetches
git grep old v1: 20 fetches
git rev-list --objects v1: 20 fetches
EOF
