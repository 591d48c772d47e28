#!/usr/bin/env bash
# Package:   git 2.39.5 (Debian 12)
# Guess:     a message that ends with a paragraph of its own that is a link, or a sentence, has no trailers: commit -s puts
#            Signed-off-by behind an empty line.
# Behaviour: "https:" is a trailer's name, and so is any word with a colon behind it: a link, or "virtio-net: link is up",
#            as last paragraph gets Signed-off-by on its next line, which is then one paragraph with it. %(trailers)
#            lists it, with a blank put behind the colon, which leaves no link of it; interpret-trailers rewrites the
#            message that way. A second line that is prose, or a name of two words, keeps it a paragraph.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages

git init --quiet work
cd work
look() {
  git commit --quiet --allow-empty --signoff --message "Subject" --message "$1"
  echo "# message:"
  git log -1 --format=%b | sed '$d'
  echo "# trailers:"
  git log -1 --format='%(trailers:only)' | sed '$d'
}
{
  look "https://example.org/issues/1"
  look "virtio-net: link is up"
  look "See also: the manual"
  echo "# interpret-trailers:"
  printf 'Subject\n\nhttps://example.org/issues/1\n' | git interpret-trailers --trailer "Fixes: 1"
} > ../seen
same ../seen <<'EOF'
# message:
https://example.org/issues/1
Signed-off-by: A <a@example.org>
# trailers:
https: //example.org/issues/1
Signed-off-by: A <a@example.org>
# message:
virtio-net: link is up
Signed-off-by: A <a@example.org>
# trailers:
virtio-net: link is up
Signed-off-by: A <a@example.org>
# message:
See also: the manual

Signed-off-by: A <a@example.org>
# trailers:
Signed-off-by: A <a@example.org>
# interpret-trailers:
Subject

https: //example.org/issues/1
Fixes: 1
EOF
