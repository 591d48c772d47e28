#!/usr/bin/env bash
# Packages:  pbf 5.1.2 and protobufjs 8.8.1 (npm)
# Guess:     an optional field of proto3 that is set to 0 is in the message that pbf's generated code writes, as the member of
#            a oneof is: that is what "optional" is there for.
# Behaviour: it is written like any other: 0, false and an empty text are left out. Who reads cannot tell them from not set,
#            and pbf's own reader gives 0 for both. A oneof is right, and so is protobufjs.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages pbf@5.1.2 protobufjs@8.8.1

cat > demo.proto <<'EOF'
syntax = "proto3";
message Demo { optional uint32 level = 1; oneof kind { uint32 code = 2; string text = 3; } optional bool on = 4; }
EOF
node_modules/.bin/pbf demo.proto > demo.mjs
cat > probe.mjs <<'EOF'
import { readFileSync } from "node:fs";
import { PbfReader, PbfWriter } from "pbf";
import protobuf from "protobufjs";
import { readDemo, writeDemo } from "./demo.mjs";
const Demo = protobuf.parse(readFileSync("demo.proto", "utf8")).root.lookupType("Demo");
const write = (value) => {
  const writer = new PbfWriter();
  writeDemo(value, writer);
  return Buffer.from(writer.finish());
};
for (const value of [{ level: 1 }, { level: 0 }, { on: false }, { code: 0 }, { text: "" }]) {
  const [theirs, ours] = [Buffer.from(Demo.encode(value).finish()), write(value)].map((bytes) => bytes.toString("hex") || "nothing");
  console.log(`${JSON.stringify(value)}: protobufjs writes ${theirs}, pbf ${ours}`);
}
console.log(`pbf reads level of an empty message as ${readDemo(new PbfReader(new Uint8Array())).level}`);
EOF
node probe.mjs > seen
same seen <<'EOF'
{"level":1}: protobufjs writes 0801, pbf 0801
{"level":0}: protobufjs writes 0800, pbf nothing
{"on":false}: protobufjs writes 2000, pbf nothing
{"code":0}: protobufjs writes 1000, pbf 1000
{"text":""}: protobufjs writes 1a00, pbf 1a00
pbf reads level of an empty message as 0
EOF
