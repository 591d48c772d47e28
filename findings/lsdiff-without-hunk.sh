#!/usr/bin/env bash
# Packages:  patchutils 0.4.2 and git 2.39.5 (Debian 12)
# Guess:     lsdiff lists the files that a patch of git touches, and filterdiff that lets all names through changes nothing.
# Behaviour: only files that have a hunk are there: renames, modes, empty and binary files are not listed, and filterdiff
#            drops them from what it writes, exit 0.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages patchutils=0.4.2-1

git init --quiet work
cd work
seq 9 > file
echo script > script
git add .
git commit --quiet --message base
look() {
  git add --all
  git commit --quiet --message "$1"
  git show --format= --binary > ../patch
  echo "$1: lsdiff [$(lsdiff ../patch)], of $(grep -c '^diff' ../patch) files filterdiff leaves $(filterdiff -i '*' ../patch | grep -c '^diff')"
}
{
  sed -i 5d file
  look "line deleted"
  git mv file moved
  look "renamed"
  chmod +x script
  look "mode"
  touch empty
  look "empty file"
  printf '\0\1' > binary
  look "binary file"
} > ../seen
same ../seen <<'EOF'
line deleted: lsdiff [a/file], of 1 files filterdiff leaves 1
renamed: lsdiff [], of 1 files filterdiff leaves 0
mode: lsdiff [], of 1 files filterdiff leaves 0
empty file: lsdiff [], of 1 files filterdiff leaves 0
binary file: lsdiff [], of 1 files filterdiff leaves 0
EOF
