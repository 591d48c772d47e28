#!/usr/bin/env bash
# Package:   mermaid 12.3.0 (npm)
# Guess:     any identifier of a C program but "end" can be the name of a flowchart's node: the manual warns of that word,
#            and of a first letter o or x behind an edge without a blank.
# Behaviour: the words of the language and its link targets cannot: class, style, graph, call, href, interpolate, _top,
#            _self, … are errors. A line that begins with click is taken for the statement of that name, without an
#            error: the nodes and the edge are not there. The same words with something behind them can.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages mermaid@12.3.0

cat > probe.mjs <<'EOF'
import mermaid from "mermaid";
const names = ["state", "end", "class", "style", "graph", "subgraph", "call", "href", "interpolate", "_top", "_self", "_next", "click", "default", "class_init", "call_rcu", "end_io"];
const look = async (line) => {
  try {
    const text = `flowchart TD\n  ${line}\n`;
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    return `${db.getVertices().size} nodes`;
  } catch {
    return "error";
  }
};
for (const name of names) console.log(`${name}: ${await look(`${name} --> other`)}, ${await look(`other --> ${name}`)}`);
EOF
node probe.mjs > seen 2> log
same seen <<'EOF'
state: 2 nodes, 2 nodes
end: error, error
class: error, error
style: error, error
graph: error, error
subgraph: error, error
call: error, error
href: error, error
interpolate: error, error
_top: error, error
_self: error, error
_next: 2 nodes, 2 nodes
click: 0 nodes, error
default: 2 nodes, 2 nodes
class_init: 2 nodes, 2 nodes
call_rcu: 2 nodes, 2 nodes
end_io: 2 nodes, 2 nodes
EOF
