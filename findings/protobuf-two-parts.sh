#!/usr/bin/env bash
# Packages:  google-protobuf 4.0.3, pbf 5.1.2, protobufjs 8.8.1, @bufbuild/protobuf 2.17.0 (npm)
# Guess:     two encodings of a message one behind the other are one message with the fields of both, also within a message
#            in it, and a field that a program does not know is still there when it writes the message again: the encoding's
#            rules say both, the second since 3.5.
# Behaviour: google-protobuf, Google's own, does neither: of a message within it has the last part only, as pbf has, and what
#            it does not know is gone. protobufjs merges, and drops what it does not know. Only @bufbuild/protobuf does both.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages google-protobuf@4.0.3 pbf@5.1.2 protobufjs@8.8.1 @bufbuild/protobuf@2.17.0

# A part of google/protobuf/compiler/plugin.proto, which two of the packages bring along generated.
cat > plugin.proto <<'EOF'
syntax = "proto2";
message Version { optional int32 major = 1; optional int32 minor = 2; }
message CodeGeneratorRequest { optional string parameter = 2; optional Version compiler_version = 3; }
EOF
node_modules/.bin/pbf plugin.proto > plugin.mjs
cat > probe.mjs <<'EOF'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { CodeGeneratorRequestSchema } from "@bufbuild/protobuf/wkt";
import { PbfReader, PbfWriter } from "pbf";
import protobuf from "protobufjs";
import { readCodeGeneratorRequest, writeCodeGeneratorRequest } from "./plugin.mjs";
const { CodeGeneratorRequest } = createRequire(import.meta.url)("google-protobuf/google/protobuf/compiler/plugin_pb.js");
const Request = protobuf.parse(readFileSync("plugin.proto", "utf8")).root.lookupType("CodeGeneratorRequest");
const packages = {
  "google-protobuf": (bytes) => {
    const message = CodeGeneratorRequest.deserializeBinary(bytes);
    const version = message.getCompilerVersion();
    return [version?.getMajor(), version?.getMinor(), message.serializeBinary()];
  },
  pbf: (bytes) => {
    const message = readCodeGeneratorRequest(new PbfReader(bytes));
    const writer = new PbfWriter();
    writeCodeGeneratorRequest(message, writer);
    return [message.compiler_version?.major, message.compiler_version?.minor, writer.finish()];
  },
  protobufjs: (bytes) => {
    const message = Request.decode(bytes);
    return [message.compilerVersion?.major, message.compilerVersion?.minor, Request.encode(message).finish()];
  },
  "@bufbuild/protobuf": (bytes) => {
    const message = fromBinary(CodeGeneratorRequestSchema, bytes);
    return [message.compilerVersion?.major, message.compilerVersion?.minor, toBinary(CodeGeneratorRequestSchema, message)];
  },
};
const twoParts = Buffer.from("1a020804" + "1a021007", "hex"); // major 4, then minor 7
const unknown = Buffer.from("120161" + "fa3f0162", "hex"); // parameter "a", then the field 1023, which nobody knows
for (const [name, read] of Object.entries(packages)) {
  const [major, minor] = read(twoParts);
  const written = Buffer.from(read(unknown)[2]);
  console.log(`${name}: major ${major || "none"}, minor ${minor}; the unknown field is ${written.includes("fa3f0162", 0, "hex") ? "kept" : "gone"}`);
}
EOF
node probe.mjs > seen
same seen <<'EOF'
google-protobuf: major none, minor 7; the unknown field is gone
pbf: major none, minor 7; the unknown field is gone
protobufjs: major 4, minor 7; the unknown field is gone
@bufbuild/protobuf: major 4, minor 7; the unknown field is kept
EOF
