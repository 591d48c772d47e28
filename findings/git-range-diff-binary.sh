#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     "=" of range-diff says that the two commits change the same things in the same way: where a binary file (a
#            firmware, an ACPI table of the tests) has other contents in version 2 of a series it says "!".
# Behaviour: it says "=". What is compared is the text "Binary files … differ", without the line that has the hashes; --binary
#            and --full-index change nothing. git patch-id and git cherry see the difference.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
printf 'table\0' > table.bin
git add table.bin
git commit --quiet --message base
for version in v1 v2; do
  git checkout --quiet -b $version main
  printf 'table\0of %s' $version > table.bin
  git commit --quiet --all --message "tests: update the table"
done
{
  for option in "" --binary --full-index; do
    echo "range-diff $option: $(git range-diff --no-color $option main..v1 main..v2 | sed 's/[0-9a-f]\{7,\} \?//g')"
  done
  echo "patch-id: $(for version in v1 v2; do git show $version | git patch-id --stable | cut -d' ' -f1; done | sort -u | wc -l) ids"
  echo "cherry: $(git cherry v1 v2 | cut -c1)"
} > ../seen
same ../seen <<'EOF'
range-diff : 1:  = 1:  tests: update the table
range-diff --binary: 1:  = 1:  tests: update the table
range-diff --full-index: 1:  = 1:  tests: update the table
patch-id: 2 ids
cherry: +
EOF
