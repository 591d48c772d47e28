#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     a commit that git format-patch has written is the same commit after git am: text of its message is text.
# Behaviour: the first line of the message that begins with "diff -", "Index: " or "---" ends it. A diff that it quotes is
#            then part of the patch, and is applied where it fits: am changes lines that the commit did not change, without
#            a word, and the rest of the message is lost. A rebase that goes by patches (--apply) keeps both.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
seq 9 > file
git add file
git commit --quiet --message base
echo 10 >> file
git commit --quiet --all --message "Another line

What would be wrong:

diff --git a/file b/file
--- a/file
+++ b/file
@@ -1,2 +1,2 @@
-1
+one
 2

And so it is not done."
git branch topic
git format-patch --quiet -1
git reset --quiet --hard HEAD^
git am --quiet 0001-Another-line.patch
{
  echo "# committed: $(git show topic:file | paste -sd ' ')"
  echo "# applied: $(paste -sd ' ' file)"
  git log -1 --format=%B | sed '/^$/d'
  git reset --quiet --hard HEAD^
  git commit --quiet --allow-empty --message other
  git rebase --quiet --apply main topic
  echo "# rebased by patches: $(paste -sd ' ' file)"
} > ../seen
same ../seen <<'EOF'
# committed: 1 2 3 4 5 6 7 8 9 10
# applied: one 2 3 4 5 6 7 8 9 10
Another line
What would be wrong:
# rebased by patches: 1 2 3 4 5 6 7 8 9 10
EOF
