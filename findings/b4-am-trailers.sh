#!/usr/bin/env bash
# Package:   b4 0.12.0 (Debian 12), with git 2.39.5
# Guess:     b4 am takes the trailers of replies as git sees trailers: the last paragraph of what was written, no quotes, no
#            text that is indented as an example.
# Behaviour: a line that looks like a trailer counts wherever it stands: in the middle of a sentence ("please do not add a" /
#            "Reviewed-by: …" / "yet"), in an indented proposal of a message (its Fixes line), and Nacked-by is added as well.
#            Quoted lines and other people's addresses are left out. The patch that git am then applies carries them.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
git_packages b4=0.12.0-2 python3-patatt=0.6.3-1 python3-dkim=1.1.4-1 python3-dnspython=2.3.0-1+deb12u1 python3-nacl=1.5.0-2 \
  python3-requests=2.28.1+dfsg-1 python3-urllib3=1.26.12-1+deb12u4 python3-chardet=5.1.0+dfsg-2 python3-charset-normalizer=3.0.1-2 \
  python3-idna=3.3-1+deb12u1 python3-certifi=2022.9.24-1 python3-cffi-backend=1.15.1-5+b1
export PYTHONPATH="$here/root/usr/lib/python3/dist-packages" XDG_CACHE_HOME="$here/cache" XDG_DATA_HOME="$here/data"
export GIT_AUTHOR_DATE="2024-01-01T12:00:00Z" GIT_COMMITTER_DATE="2024-01-01T12:00:00Z"

git init --quiet work
cd work
seq 9 > file
git add file
git commit --quiet --message "Start"
git switch --quiet --create topic
seq 10 > file
git commit --quiet --all --signoff --message "hw: count to ten"
git format-patch --quiet --output-directory .. --add-header "Message-Id: <patch@example.org>" main
git switch --quiet main
cd ..
count=0
reply() {
  count=$((count + 1))
  printf 'From x Mon Sep 17 00:00:00 2001\nFrom: %s\nDate: Mon, 1 Jan 2024 13:0%d:00 +0000\n' "$1" "$count"
  printf 'Subject: Re: [PATCH] hw: count to ten\nMessage-Id: <reply-%d@example.org>\n' "$count"
  printf 'In-Reply-To: <patch@example.org>\nReferences: <patch@example.org>\n\n%b\n\n' "$2"
}
{
  cat 0001-*.patch
  reply "One <one@example.org>" "> Reviewed-by: Quoted <quoted@example.org>\nReviewed-by: One <one@example.org>"
  reply "Two <two@example.org>" "Please do not add a\nReviewed-by: Two <two@example.org>\nyet, I will look again."
  reply "Three <three@example.org>" "I would write:\n\n    hw: count to ten\n\n    Fixes: 0123456789ab (\"hw: count\")\n"
  reply "Four <four@example.org>" "Nacked-by: Four <four@example.org>"
  reply "Five <five@example.org>" "Tested-by: Somebody <else@example.org>"
} > thread.mbox
cd work
python3 "$(command -v b4)" --offline-mode --no-stdin am --no-cover --use-local-mbox ../thread.mbox --outdir .. > ../log 2>&1
git am --quiet ../*.mbx
git log -1 --format=%B > ../seen
cd ..
same seen <<'EOF'
hw: count to ten

Reviewed-by: One <one@example.org>
Reviewed-by: Two <two@example.org>
Fixes: 0123456789ab ("hw: count")
Nacked-by: Four <four@example.org>
Signed-off-by: A <a@example.org>

EOF
