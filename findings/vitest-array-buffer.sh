#!/usr/bin/env bash
# Package:   vitest 4.1.12 (npm)
# Guess:     toEqual compares the bytes of an ArrayBuffer, as it does those of a Uint8Array, and as node:assert does.
# Behaviour: any two of them are equal, of other bytes and other lengths, alone and as a member, and so are any two
#            DataViews and SharedArrayBuffers; toMatchObject as well. A test of a binary format that compares
#            bytes.buffer cannot fail. toStrictEqual and chai's own to.deep.equal, in the same expect, see the bytes, but not
#            those of a SharedArrayBuffer.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
npm_packages vitest@4.1.12

cat > demo.test.mjs <<'EOF'
import assert from "node:assert";
import { expect, test } from "vitest";
const kinds = {
  Uint8Array: (...bytes) => Uint8Array.of(...bytes),
  ArrayBuffer: (...bytes) => Uint8Array.of(...bytes).buffer,
  DataView: (...bytes) => new DataView(Uint8Array.of(...bytes).buffer),
  SharedArrayBuffer: (...bytes) => {
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    return buffer;
  },
};
for (const [name, of] of Object.entries(kinds)) {
  test(`${name}, toEqual`, () => expect(of(1, 2)).toEqual(of(3, 4)));
  test(`${name}, toEqual, other length`, () => expect({ a: of(1, 2) }).toEqual({ a: of(1, 2, 3) }));
  test(`${name}, toMatchObject`, () => expect({ a: of(1, 2) }).toMatchObject({ a: of(3, 4) }));
  test(`${name}, toStrictEqual`, () => expect(of(1, 2)).toStrictEqual(of(3, 4)));
  test(`${name}, to.deep.equal`, () => expect(of(1, 2)).to.deep.equal(of(3, 4)));
  test(`${name}, assert.deepStrictEqual`, () => assert.deepStrictEqual(of(1, 2), of(3, 4)));
}
EOF
node node_modules/vitest/vitest.mjs run --reporter=json --outputFile=report.json > log 2>&1 || true
cat > read.cjs <<'EOF'
for (const { title, status } of require("./report.json").testResults[0].assertionResults) console.log(`${title}: ${status === "passed" ? "equal" : "not equal"}`);
EOF
node read.cjs > seen
same seen <<'EOF'
Uint8Array, toEqual: not equal
Uint8Array, toEqual, other length: not equal
Uint8Array, toMatchObject: not equal
Uint8Array, toStrictEqual: not equal
Uint8Array, to.deep.equal: not equal
Uint8Array, assert.deepStrictEqual: not equal
ArrayBuffer, toEqual: equal
ArrayBuffer, toEqual, other length: equal
ArrayBuffer, toMatchObject: equal
ArrayBuffer, toStrictEqual: not equal
ArrayBuffer, to.deep.equal: not equal
ArrayBuffer, assert.deepStrictEqual: not equal
DataView, toEqual: equal
DataView, toEqual, other length: equal
DataView, toMatchObject: equal
DataView, toStrictEqual: not equal
DataView, to.deep.equal: not equal
DataView, assert.deepStrictEqual: not equal
SharedArrayBuffer, toEqual: equal
SharedArrayBuffer, toEqual, other length: equal
SharedArrayBuffer, toMatchObject: equal
SharedArrayBuffer, toStrictEqual: equal
SharedArrayBuffer, to.deep.equal: equal
SharedArrayBuffer, assert.deepStrictEqual: not equal
EOF
