#!/usr/bin/env bash
# Package:   git-email 2.39.5 (Debian 12)
# Guess:     "Cc: a@…, b@…" in a commit's message sends a copy to both, as it does in the mail's header.
# Behaviour: in the message only the first one gets it: the rest of the line is dropped without a word, the same as a
#            remark behind the address is.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages git-email=1:2.39.5-0+deb12u3
export PERL5LIB="$here/root/usr/share/perl5"

git init --quiet work
cd work
echo one > file
git add file
git commit --quiet --message "Subject

Body.

Cc: first@example.org, second@example.org
Cc: third@example.org # 6.1
Reviewed-by: Fourth <fourth@example.org>, Fifth <fifth@example.org>
Signed-off-by: A <a@example.org>"
git format-patch --quiet --root --add-header="Cc: sixth@example.org, seventh@example.org" --output-directory out
git send-email --dry-run --confirm=never --to list@example.org out < /dev/null 2>&1 | sed -n '/^(body)/p; /^(mbox)/p; s/^RCPT TO://p; s/^Sendmail: [^ ]* -i //p' > ../seen
same ../seen <<'EOF'
(mbox) Adding cc: A <a@example.org> from line 'From: A <a@example.org>'
(mbox) Adding cc: sixth@example.org from line 'Cc: sixth@example.org, seventh@example.org'
(mbox) Adding cc: seventh@example.org from line 'Cc: sixth@example.org, seventh@example.org'
(body) Adding cc: first@example.org from line 'Cc: first@example.org, second@example.org'
(body) Adding cc: third@example.org from line 'Cc: third@example.org # 6.1'
(body) Adding cc: Fourth <fourth@example.org> from line 'Reviewed-by: Fourth <fourth@example.org>, Fifth <fifth@example.org>'
(body) Adding cc: A <a@example.org> from line 'Signed-off-by: A <a@example.org>'
list@example.org a@example.org sixth@example.org seventh@example.org first@example.org third@example.org fourth@example.org
EOF
