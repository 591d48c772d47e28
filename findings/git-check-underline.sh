#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     git diff --check calls a line of seven equals signs a leftover conflict marker where the other two markers are
#            near it.
# Behaviour: each marker counts alone: the underline of a title of seven letters in an .rst file is one, at exit 2, and so
#            the sample of the pre-commit hook refuses the commit. Six or eight letters are no problem, nor is a line that is
#            there already. What makes it one is the number, which the attribute conflict-marker-size changes. git
#            apply --whitespace=error takes the same patch.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
git commit --quiet --allow-empty --message "Start"
cp "$GIT_TEMPLATE_DIR/hooks/pre-commit.sample" .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
{
  for title in Device Devices Platform; do
    printf '%s\n%s\n' "$title" "${title//?/=}" > page.rst
    git add page.rst
    status=0
    git diff --cached --check || status=$?
    echo "$title: --check ends with $status"
  done
  printf 'Devices\n=======\n' > page.rst
  git add page.rst
  status=0
  git commit --quiet --message "A page" 2> ../log || status=$?
  echo "pre-commit: $status"
  git diff --cached > ../page.patch
  git reset --quiet --hard
  git apply --index --whitespace=error ../page.patch && echo "apply --whitespace=error: 0"
  echo '*.rst conflict-marker-size=32' > .gitattributes
  git diff --cached --check && echo "with the attribute: 0"
} > ../seen
cd ..
same seen <<'EOF'
Device: --check ends with 0
page.rst:2: leftover conflict marker
Devices: --check ends with 2
Platform: --check ends with 0
pre-commit: 1
apply --whitespace=error: 0
with the attribute: 0
EOF
