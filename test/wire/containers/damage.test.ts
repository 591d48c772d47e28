/** Files of every kind with bytes changed and cut off: what comes back is an answer, whatever they hold. */
import fc from "fast-check";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { memorySource, readStream } from "../../../core/wire";
import { recognise } from "../../../core/wire/containers";
import { sampleStream } from "../sample";
import { multifdChannel, packetsOf, pcap, pcapng, qcow2Image, saveImage } from "./make";

const tools = {
  inflateRaw: (bytes: Uint8Array, size: number) => inflateRawSync(bytes, { maxOutputLength: size }),
  zstd: (bytes: Uint8Array, size: number) => bytes.subarray(0, size),
};
const stream = sampleStream({ trailer: false }).subarray(0, 6000);
const files: Readonly<Record<string, Uint8Array>> = {
  libvirt: saveImage(stream),
  qcow2: qcow2Image([{ id: "1", name: "a", state: stream }]),
  "extended qcow2": qcow2Image([{ id: "1", name: "a", state: stream }], { clusterBits: 14, extendedL2: true }),
  pcap: pcap(packetsOf(stream, 1, 2)),
  pcapng: pcapng(packetsOf(stream, 1, 2)),
  multifd: multifdChannel(),
};

describe("a damaged file", () => {
  it.each(Object.entries(files))("of %s gives an answer", (_, whole) => {
    const change = fc.record({ at: fc.nat(Math.min(whole.length, 9000) - 1), to: fc.nat(255) });
    const damage = fc.record({ changes: fc.array(change, { maxLength: 6 }), cut: fc.nat(whole.length) });
    fc.assert(
      fc.property(damage, ({ changes, cut }) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, to } of changes) bytes[at] = to;
        const found = recognise(memorySource(bytes.subarray(0, cut % 3 === 0 ? cut : whole.length)), { tools });
        let events = 0;
        if (found.kind === "inside")
          for (const event of readStream(found.source)) events += event === undefined ? 0 : 1;
        expect(events).toBeLessThan(10_000);
      }),
      { numRuns: 150, seed: 20 },
    );
  });
});
