#!/usr/bin/env bash
# Packages:  pbf 5.1.2 and protobufjs 8.8.1 (npm)
# Guess:     what pbf generates of a proto3 file keeps what the language says: an optional field that is set to 0 is in the
#            message, as the member of a oneof is, and two encodings one behind the other are merged.
# Behaviour: an optional field is written like any other: 0, false and an empty text are left out, and who reads cannot tell them
#            from not set (pbf itself reads 0 for both). Of a message within the message only the last part is read, where the
#            language wants both merged. protobufjs does as it says, and a oneof is right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages pbf@5.1.2 protobufjs@8.8.1

cat > demo.proto <<'EOF'
syntax = "proto3";
message Range { uint32 start = 1; uint32 size = 2; }
message Demo { optional uint32 level = 1; oneof kind { uint32 code = 2; string text = 3; } Range range = 4; }
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
for (const value of [{ level: 1 }, { level: 0 }, { code: 0 }, { text: "" }]) {
  const [theirs, ours] = [Buffer.from(Demo.encode(value).finish()), write(value)].map((bytes) => bytes.toString("hex") || "nothing");
  console.log(`${JSON.stringify(value)}: protobufjs writes ${theirs}, pbf ${ours}`);
}
const parts = [{ range: { start: 4096 } }, { range: { size: 512 } }].map((part) => Demo.encode(part).finish());
const both = Buffer.concat(parts);
console.log(`start and size in two parts: protobufjs ${JSON.stringify(Demo.toObject(Demo.decode(both)).range)}, pbf ${JSON.stringify(readDemo(new PbfReader(both)).range)}`);
EOF
node probe.mjs > seen
same seen <<'EOF'
{"level":1}: protobufjs writes 0801, pbf 0801
{"level":0}: protobufjs writes 0800, pbf nothing
{"code":0}: protobufjs writes 1000, pbf 1000
{"text":""}: protobufjs writes 1a00, pbf 1a00
start and size in two parts: protobufjs {"start":4096,"size":512}, pbf {"start":0,"size":512}
EOF
