#!/usr/bin/env bash
# Package:   esbuild 0.28.2 (npm)
# Guess:     context.rebuild() builds from the files as they are when it is called; called while a build is going on it
#            waits and then builds.
# Behaviour: it joins the build that is going on and gives its very result, also when the files were changed since that
#            one read them: a watcher of one's own that rebuilds after each change ends with the old output.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages esbuild@0.28.2
node node_modules/esbuild/install.js

cat > probe.mjs <<'EOF'
import { writeFileSync } from "node:fs";
import esbuild from "esbuild";
const gate = () => {
  let open;
  return { opened: new Promise((resolve) => (open = resolve)), open };
};
const [read, goOn] = [gate(), gate()];
let builds = 0;
const slow = {
  name: "slow",
  setup(build) {
    build.onStart(() => void builds++);
    build.onEnd(() => {
      read.open();
      return goOn.opened;
    });
  },
};
const said = (result) => result.outputFiles[0].text.match(/old|new/)[0];
writeFileSync("input.js", "console.log('old')");
const context = await esbuild.context({ entryPoints: ["input.js"], bundle: true, write: false, plugins: [slow] });
const first = context.rebuild();
await read.opened;
writeFileSync("input.js", "console.log('new')");
const second = context.rebuild();
goOn.open();
console.log("first:", said(await first));
console.log("second, called after the change:", said(await second), (await first) === (await second) ? "(the same object)" : "");
console.log("builds so far:", builds);
console.log("third:", said(await context.rebuild()));
await context.dispose();
EOF
node probe.mjs > seen
same seen <<'EOF'
first: old
second, called after the change: old (the same object)
builds so far: 1
third: new
EOF
