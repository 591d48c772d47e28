#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     git merge-tree --write-tree needs no work tree and takes all that it needs from the two commits: what is
#            checked out does not matter.
# Behaviour: .gitattributes is read from the work tree. Where both commits have a merge driver (here merge=union) the
#            merge is clean while one of them is checked out, and a conflict while an older commit is, or in a bare
#            repository.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
echo base > log
git add log
git commit --quiet --message base
git branch old
echo "log merge=union" > .gitattributes
git add .gitattributes
git commit --quiet --message attributes
for name in one two; do
  git checkout --quiet -b $name main
  echo $name >> log
  git commit --quiet --all --message $name
done
git clone --quiet --bare . ../bare

merge() {
  if git -C "$2" merge-tree --write-tree one two > ../output; then echo "$1: clean"; else echo "$1: $(grep CONFLICT ../output)"; fi
}
{
  git checkout --quiet one
  merge "one of the two is checked out" .
  git checkout --quiet old
  merge "a commit without attributes is checked out" .
  merge "bare" ../bare
} > ../seen
same ../seen <<'EOF'
one of the two is checked out: clean
a commit without attributes is checked out: CONFLICT (content): Merge conflict in log
bare: CONFLICT (content): Merge conflict in log
EOF
