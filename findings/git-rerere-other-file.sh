#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     rerere resolves a conflict again in the file in which it was resolved.
# Behaviour: in any file: what counts is the text between the markers. A conflict in another file that reads the same (two
#            lists of compat properties that grow at their ends) gets the first file's resolution, also where the
#            two sides have changed places, and git says so in one line of many. With rerere.autoUpdate it is staged.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
git config rerere.enabled true
git config rerere.autoUpdate true
for name in pc virt; do printf '/* %s */\n\nchar *compat[] = {\n};\n' $name > $name.c; done
git add .
git commit --quiet --message base
grow() {
  git checkout --quiet -b "$1-$2" main
  sed -i "s/{\$/{\n    \"$2\",/" "$1.c"
  git commit --quiet --all --message "$1: $2"
}
for name in pc virt; do
  grow $name first
  grow $name second
done
git checkout --quiet pc-first
git merge pc-second > ../log 2>&1 || true
printf '/* pc */\n\nchar *compat[] = {\n    "both, for the PC",\n};\n' > pc.c
git commit --quiet --all --message merged 2> ../log
{
  git checkout --quiet virt-second
  git merge virt-first 2>&1 || true
  git status --short
  cat virt.c
} > ../seen
same ../seen <<'EOF'
Auto-merging virt.c
CONFLICT (content): Merge conflict in virt.c
Staged 'virt.c' using previous resolution.
Automatic merge failed; fix conflicts and then commit the result.
M  virt.c
/* virt */

char *compat[] = {
    "both, for the PC",
};
EOF
