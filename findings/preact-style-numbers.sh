#!/usr/bin/env bash
# Packages:  preact 11.2.0 with preact-render-to-string 6.8.2 (npm); linkedom stands for the browser
# Guess:     a number in style gets its unit in both or in neither: the string that a server renders is what the
#            client renders.
# Behaviour: preact 11 sets the number as it is, which a browser ignores (width: 5 is no length); the string has 5px.
#            A page that looks right from the server loses its sizes when the client renders it. An <svg>'s own
#            strokeWidth stays as written in the string, its children's become stroke-width.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages preact@11.2.0 preact-render-to-string@6.8.2 linkedom@0.18.15

cat > probe.mjs <<'EOF'
import { parseHTML } from "linkedom";
const { document } = parseHTML("<html><body></body></html>");
globalThis.document = document;
const { h, render } = await import("preact");
const { renderToString } = await import("preact-render-to-string");
const page = h("div", { style: { width: 5, lineHeight: 2 } });
render(page, document.body);
console.log("client:", document.body.innerHTML);
console.log("string:", renderToString(page));
console.log("string:", renderToString(h("svg", { strokeWidth: 2 }, h("path", { strokeWidth: 2 }))));
EOF
node probe.mjs > seen
same seen <<'EOF'
client: <div style="width:5;line-height:2"></div>
string: <div style="width:5px;line-height:2;"></div>
string: <svg strokeWidth="2"><path stroke-width="2"></path></svg>
EOF
