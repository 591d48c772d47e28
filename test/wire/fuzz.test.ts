import { expect, test } from "vitest";
import { type ByteSource, memorySource, readStream, type StreamEvent, type WireElement } from "../../core/wire";
import { analyzeDesc, analyzeStateText } from "../../core/wire/analyzeStream";
import { rewriteStream } from "../../core/wire/edit";
import { inspectStream } from "../../core/wire/inspect";
import { inspectionJson, inspectionText } from "../../core/wire/present";
import { decodePayload } from "../../core/wire/search";
import { description, field, u32, u8 } from "./description.fixture";
import { sampleStream, type SampleOptions } from "./sample";

/** FUZZ_RUNS=100000 for the long run; FUZZ_SEED to repeat one. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 1500);
const firstSeed = Number(process.env["FUZZ_SEED"] ?? 1);

function randomFrom(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const shapes: readonly SampleOptions[] = [
  { pageSize: 1024 },
  { pageSize: 1024, footers: false },
  { pageSize: 1024, trailer: false },
  {
    pageSize: 1024,
    configuration: [{ name: "configuration/capabilities", versionId: 1, payload: Uint8Array.of(0, 0, 0, 1, 1, 65) }],
  },
];
const samples = shapes.map(sampleStream);

/** A stream with a few bytes changed, cut, doubled or moved; now and then nothing but noise. */
function mutated(random: () => number): Uint8Array {
  const pick = (limit: number) => Math.floor(random() * limit);
  if (random() < 0.05) return Uint8Array.from({ length: pick(400) }, () => pick(256));
  let bytes = Uint8Array.from(samples[pick(samples.length)] ?? []);
  for (let edits = 1 + pick(6); edits > 0; edits--) {
    const at = pick(bytes.length);
    switch (pick(6)) {
      case 0:
        bytes[at] = pick(256);
        break;
      case 1:
        bytes[at] = [0, 0xff, 0x7f, 0x80, 5, 0x7e, 0x30][pick(7)] ?? 0;
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + pick(40)))]);
        break;
      case 4:
        bytes = Uint8Array.from([
          ...bytes.subarray(0, at),
          ...bytes.subarray(Math.max(0, at - pick(60)), bytes.length),
        ]);
        break;
      default:
        for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = 0xff;
    }
  }
  return bytes;
}

/** Counts how much the reader asks for at once. */
function watched(bytes: Uint8Array): { source: ByteSource; largest: () => number } {
  const inner = memorySource(bytes);
  let largest = 0;
  const read = (offset: number, target: Uint8Array) => {
    largest = Math.max(largest, target.length);
    return inner.read(offset, target);
  };
  return { source: { size: bytes.length, read }, largest: () => largest };
}

const count = (path: string) =>
  ({ count: { kind: "member", member: { structName: "S", path }, multiply: 1 } }) as const;
const tail: WireElement = { kind: "opaque", reason: "test" };
const item = description("item", [field("n", u32), field("list", u8, count("n"))]);
const schema = description(
  "nic",
  [
    field("n", u32),
    field("a", u8, count("n")),
    field("b", { kind: "list", description: item }),
    field("c", u32, { ...count("elsewhere"), pointers: true }),
    field("d", { kind: "tree", key: undefined, value: item }),
    field("e", tail),
  ],
  { versionId: 0x7fffffff, subsections: [description("nic/sub", [field("x", u8, { exists: "sometimes" })])] },
);

test(`${runs} damaged streams: never a crash, a hang or more memory than the input; always an offset`, {
  timeout: 3_600_000,
}, () => {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const bytes = mutated(randomFrom(seed));
    const { source, largest } = watched(bytes);
    const started = performance.now();
    try {
      let last: StreamEvent | undefined;
      let held = 0;
      const fromMemory = readStream(memorySource(bytes));
      for (const event of readStream(source)) {
        last = event;
        expect(fromMemory.next().value).toEqual(event);
        if (event.kind === "section") held += event.payload?.length ?? 0;
      }
      expect(held).toBeLessThanOrEqual(bytes.length);
      if (last?.kind === "error") {
        expect(last.error.message).not.toBe("");
        expect(last.error.offset).toBeGreaterThanOrEqual(0);
        expect(last.error.offset).toBeLessThanOrEqual(bytes.length);
      }
      const inspection = inspectStream(source, {
        decoder: (section, payload) =>
          decodePayload(
            payload,
            section.payloadOffset,
            schema,
            section.versionId,
            {},
            { attempts: 50, bytes: 1 << 20 },
          ),
      });
      for (const section of inspection.sections) {
        for (const decoding of [section.byTrailer, section.byDefinition]) {
          if (decoding?.ok !== false) continue;
          expect(decoding.error.offset).toBeGreaterThanOrEqual(section.event.payloadOffset);
          expect(decoding.error.offset).toBeLessThanOrEqual(section.event.offset + section.event.size);
        }
      }
      JSON.stringify(inspectionJson(inspection));
      for (const line of inspectionText(inspection, { fields: true })) expect(typeof line).toBe("string");
      analyzeStateText(inspection);
      analyzeDesc(inspection);
      rewriteStream(inspection);
      expect(largest()).toBeLessThanOrEqual(2 * bytes.length + 64);
      expect(performance.now() - started).toBeLessThan(5000);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
});
