#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     git cherry says "-", and rebase leaves a commit out, where the other side has the same change; a line that is
#            indented otherwise is another change, and in Python another program.
# Behaviour: spaces do not count. Two people who add the same line at different depths have "the same" commit: cherry
#            marks it as there, format-patch --ignore-if-in-upstream writes no mail, and rebase drops it, with a word among its
#            warnings and exit 0. What is left is the other one's program. A merge finds the conflict.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init -q work
cd work
program() { printf 'if ready:\n    start()\n%sreport()\nstop()\n' "$1"; }
printf 'if ready:\n    start()\nstop()\n' > job.py
git add job.py
git commit -q -m "A job"
git branch mine
program '    ' > job.py
git commit -q -a -m "Report when it was started"
git switch -q mine
program '' > job.py
git commit -q -a -m "Report in any case"
status=0
git merge -q main > ../log 2>&1 || status=$?
{
  echo "merge ends with $status"
  git merge --abort
  echo "cherry: $(git cherry -v main | sed 's/ [0-9a-f]* / /')"
  echo "format-patch: $(git format-patch --ignore-if-in-upstream main | wc -l) mails"
  git rebase -q main 2> ../log && echo "rebase ends with 0"
  git log --format=%s
  cat job.py
} > ../seen
cd ..
same seen <<'EOF'
merge ends with 1
cherry: - Report in any case
format-patch: 0 mails
rebase ends with 0
Report when it was started
A job
if ready:
    start()
    report()
stop()
EOF
