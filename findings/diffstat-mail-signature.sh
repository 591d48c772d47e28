#!/usr/bin/env bash
# Packages:  diffstat 1.65 and git 2.39.5 (Debian 12)
# Guess:     diffstat counts for a mail of git format-patch what it counts for the patch alone: a rename and a mode have no
#            lines.
# Behaviour: where the mail's last file has no hunk, the signature behind it ("-- ") is a deleted line of that file. Behind a
#            hunk, whose lengths are counted, it is none.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages diffstat=1.65-1

git init --quiet work
cd work
seq 9 > file
echo script > script
git add .
git commit --quiet --message base
look() {
  git add --all
  git commit --quiet --message "$1"
  git format-patch --quiet --stdout -1 > ../mail
  git format-patch --quiet --stdout --no-signature -1 > ../unsigned
  echo "$1: mail [$(diffstat -s ../mail | xargs)], without signature [$(diffstat -s ../unsigned | xargs)]"
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
line deleted: mail [1 file changed, 1 deletion(-)], without signature [1 file changed, 1 deletion(-)]
renamed: mail [1 file changed, 1 deletion(-)], without signature [0 files changed]
mode: mail [1 file changed, 1 deletion(-)], without signature [0 files changed]
empty file: mail [1 file changed, 1 deletion(-)], without signature [0 files changed]
binary file: mail [1 file changed, 1 deletion(-)], without signature [0 files changed]
EOF
