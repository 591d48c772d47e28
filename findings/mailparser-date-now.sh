#!/usr/bin/env bash
# Package:   mailparser 3.14.2 (npm)
# Guess:     the date of a mail whose Date header it cannot read is undefined, as without such a header, or no valid Date.
# Behaviour: it is the time of parsing. JavaScript's Date decides what can be read: among what the mail standard (RFC 5322)
#            allows, a time with a comment and blanks in it (the standard's own example) and zones of one letter but Z are
#            not. A leap second's mail is from the beginning of its minute.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages mailparser@3.14.2

cat > probe.mjs <<'EOF'
import { simpleParser } from "mailparser";
const headers = [
  undefined,
  "Fri, 21 Nov 1997 09:55:06 -0600",
  "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
  "Fri, 21 Nov 1997 09:55:06 (comment) -0600",
  "21 Nov 97 09:55:06 GMT",
  "Fri, 21 Nov 1997 09:55:06 Z",
  "Fri, 21 Nov 1997 09:55:06 A",
  "Tue, 30 Jun 2015 23:59:60 +0000",
];
for (const header of headers) {
  const begun = Date.now();
  const { date } = await simpleParser(`${header === undefined ? "" : `Date: ${header}\r\n`}From: a@example.org\r\n\r\ntext\r\n`);
  console.log(`${header ?? "no header"}: ${date === undefined ? "undefined" : date.getTime() >= begun ? "now" : date.toISOString()}`);
}
EOF
node probe.mjs > seen
same seen <<'EOF'
no header: undefined
Fri, 21 Nov 1997 09:55:06 -0600: 1997-11-21T15:55:06.000Z
Fri, 21 Nov 1997 09(comment):   55  :  06 -0600: now
Fri, 21 Nov 1997 09:55:06 (comment) -0600: 1997-11-21T15:55:06.000Z
21 Nov 97 09:55:06 GMT: 1997-11-21T09:55:06.000Z
Fri, 21 Nov 1997 09:55:06 Z: 1997-11-21T09:55:06.000Z
Fri, 21 Nov 1997 09:55:06 A: now
Tue, 30 Jun 2015 23:59:60 +0000: 2015-06-30T23:59:00.000Z
EOF
