#!/usr/bin/env bash
# Packages:  quilt 0.66 (Debian 12), git 2.39.5 makes the patch
# Guess:     a patch of git that quilt pushes with the modes that it names (a new script is executable) has them after refresh
#            as well, which only brings the hunks up to date.
# Behaviour: refresh writes the patch anew without git's lines: the next push makes a script that cannot be run, and the
#            mode of a file that becomes executable is lost. It says nothing; the summary above the patch still says
#            "create mode 100755". Any change to any file of the patch does it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages quilt=0.67+really0.66-1
export QUILT_DIR="${PATH%%/bin:*}/share/quilt" QUILT_ETC="${PATH%%/usr/bin:*}/etc"

git init --quiet work
cd work
echo "int a;" > demo.c
echo "echo old" > old.sh
git add .
git commit --quiet --message base
cp -r . ../tree
echo "echo new" > new.sh
echo "int b;" >> demo.c
chmod +x new.sh old.sh
git add .
git commit --quiet --message "scripts: add"
git format-patch --quiet -1 --stdout > ../scripts.patch
cd ../tree
look() { echo "$1: $(stat -c '%n %A' new.sh old.sh | xargs)"; }
{
  quilt import ../scripts.patch > ../log
  quilt push >> ../log
  look "pushed"
  echo "int c;" >> demo.c
  quilt refresh
  quilt pop >> ../log
  quilt push >> ../log
  look "refreshed, popped and pushed"
  grep mode patches/scripts.patch
} > ../seen
same ../seen <<'EOF'
pushed: new.sh -rwxr-xr-x old.sh -rwxr-xr-x
Refreshed patch scripts.patch
refreshed, popped and pushed: new.sh -rw-r--r-- old.sh -rw-r--r--
 create mode 100755 new.sh
 mode change 100644 => 100755 old.sh
EOF
