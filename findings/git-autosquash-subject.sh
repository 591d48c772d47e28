#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     commit --fixup=HEAD makes a fixup of HEAD, and rebase --autosquash puts it there. A subject that is there twice
#            ("docs: fix a typo") does no harm, as --fixup got a commit.
# Behaviour: what commit --fixup keeps of the commit is its subject, and of several with that subject the first of the series
#            gets the fixup, at exit 0: the later one, which was named, stays as it was. Where no subject is equal one that only
#            begins so is taken. --fixup=amend:HEAD puts the new message on the earlier commit, too. A fixup that was
#            written by hand with the commit's hash behind "fixup!" goes where it should.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

look() {
  echo "# $1"
  git -c sequence.editor=true rebase --quiet --interactive --autosquash --root 2> ../log && echo "rebase ends with 0"
  git log --reverse --format='* %s' --name-only | sed '/^$/d'
}
series() {
  git init --quiet "$1"
  cd "$1"
  for file in first second; do
    echo text > "$file"
    git add "$file"
    git commit --quiet --message "docs: fix a typo"
  done
  echo text > more
  git add more
}
{
  series fixup
  git commit --quiet --fixup=HEAD
  look "fixup=HEAD"
  cd ..
  series amend
  GIT_EDITOR="sed -i '1!s/docs: .*/docs: explain the second/'" git commit --quiet --fixup=amend:HEAD
  look "fixup=amend:HEAD"
  cd ..
  series hash
  git commit --quiet --message "fixup! $(git rev-parse HEAD)"
  look "fixup! and the hash"
  cd ..
  series longer
  git commit --quiet --message "fixup! docs"
  look "fixup! docs"
  cd ..
} > seen
same seen <<'EOF'
# fixup=HEAD
rebase ends with 0
* docs: fix a typo
first
more
* docs: fix a typo
second
# fixup=amend:HEAD
rebase ends with 0
* docs: explain the second
first
more
* docs: fix a typo
second
# fixup! and the hash
rebase ends with 0
* docs: fix a typo
first
* docs: fix a typo
more
second
# fixup! docs
rebase ends with 0
* docs: fix a typo
first
more
* docs: fix a typo
second
EOF
