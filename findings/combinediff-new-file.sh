#!/usr/bin/env bash
# Package:   patchutils 0.4.2 (Debian 12)
# Guess:     combinediff of two patches of a series is one patch that does what both do.
# Behaviour: of a file that the first one makes, both patches are put one behind the other: where the second changes it,
#            the change stands with its making, and where the second deletes it, it is made and deleted. Renames, modes
#            and binary files of git are dropped, with exit 0: the change of a renamed file is there under a name that
#            no file has then, and the whole does not apply.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages patchutils=0.4.2-1

git init --quiet work
cd work
seq 5 > old
seq 30 > script
git add .
git commit --quiet --message base
git mv old renamed
seq 3 > new
git add .
git commit --quiet --message one
sed -i 's/3/three/' renamed new
chmod +x script
git commit --quiet --all --message two
git rm --quiet new
git commit --quiet --message three
git diff HEAD~3 HEAD~2 > ../1.patch
git diff HEAD~2 HEAD~1 > ../2.patch
git diff HEAD~1 HEAD > ../3.patch
git checkout --quiet HEAD~3
{
  echo "# 1 and 2"
  combinediff ../1.patch ../2.patch | tee ../both.patch
  echo "exit ${PIPESTATUS[0]}"
  git apply --check ../both.patch 2>&1 || true
  echo "# 1 and 3"
  combinediff ../1.patch ../3.patch
} > ../seen
same ../seen <<'EOF'
# 1 and 2
unchanged:
--- /dev/null
+++ b/new
@@ -0,0 +1,3 @@
+1
+2
+3
only in patch2:
unchanged:
--- a/new
+++ b/new
@@ -1,3 +1,3 @@
 1
 2
-3
+three
only in patch2:
unchanged:
--- a/renamed
+++ b/renamed
@@ -1,5 +1,5 @@
 1
 2
-3
+three
 4
 5
exit 0
error: renamed: No such file or directory
# 1 and 3
unchanged:
--- /dev/null
+++ b/new
@@ -0,0 +1,3 @@
+1
+2
+3
only in patch2:
unchanged:
--- a/new
+++ /dev/null
@@ -1,3 +0,0 @@
-1
-2
-three
EOF
