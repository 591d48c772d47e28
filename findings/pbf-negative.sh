#!/usr/bin/env bash
# Packages:  pbf 5.1.2, and protobufjs 8.8.1 with long 5.3.2, which writes the messages (npm)
# Guess:     a number of 64 bits that JavaScript's safe integers hold is read as it is, whichever of the types for signed
#            numbers it has; beyond that it is rounded, with its sign.
# Behaviour: a sint64 below -2^52 comes out positive, though it is safe: what is rounded is the form that it has in the
#            message, twice as large and odd; the rounded one is even, and even means positive. The package's own writer
#            does the same on the other side. int64 and sfixed64 are right.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages pbf@5.1.2 protobufjs@8.8.1 long@5.3.2

cat > probe.mjs <<'EOF'
import { PbfReader, PbfWriter } from "pbf";
import protobuf from "protobufjs";
const types = { sint64: ["readSVarint", "writeSVarint"], int64: ["readVarint", "writeVarint"], sfixed64: ["readSFixed64", "writeSFixed64"] };
for (const value of [-(2 ** 52), -(2 ** 52) - 1, Number.MIN_SAFE_INTEGER]) {
  for (const [type, [read, write]] of Object.entries(types)) {
    const bytes = protobuf.Writer.create()[type](String(value)).finish();
    const writer = new PbfWriter();
    writer[write](value);
    const own = new PbfReader(writer.finish());
    console.log(`${value} as ${type}: reads ${new PbfReader(bytes)[read](true)}, its own ${own[read](true)}`);
  }
}
EOF
node probe.mjs > seen
same seen <<'EOF'
-4503599627370496 as sint64: reads -4503599627370496, its own -4503599627370496
-4503599627370496 as int64: reads -4503599627370496, its own -4503599627370496
-4503599627370496 as sfixed64: reads -4503599627370496, its own -4503599627370496
-4503599627370497 as sint64: reads 4503599627370496, its own 4503599627370496
-4503599627370497 as int64: reads -4503599627370497, its own -4503599627370497
-4503599627370497 as sfixed64: reads -4503599627370497, its own -4503599627370497
-9007199254740991 as sint64: reads 9007199254740990, its own 9007199254740990
-9007199254740991 as int64: reads -9007199254740991, its own -9007199254740991
-9007199254740991 as sfixed64: reads -9007199254740991, its own -9007199254740991
EOF
