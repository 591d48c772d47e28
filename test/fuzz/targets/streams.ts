import { type ByteSource, memorySource, readStream, type StreamEvent, type WireElement } from "../../../core/wire";
import { analyzeDesc, analyzeStateText } from "../../../core/wire/inspect/analyzeStream";
import { rewriteStream } from "../../../core/wire/inspect/edit";
import { type Inspection, inspectStream } from "../../../core/wire/inspect/inspect";
import { inspectionJsonText, inspectionText } from "../../../core/wire/inspect/present";
import { decodePayload } from "../../../core/wire/values/search";
import { description, field, u32, u8 } from "../../wire/values/description.fixture";
import { sampleStream } from "../../wire/sample";
import { mutateBytes, mutateJson, mutateText, words } from "../mutate";
import { check, jsonSeeds, seeds, type Target } from "../target";

const capabilities = { name: "configuration/capabilities", versionId: 1, payload: Uint8Array.of(0, 0, 0, 1, 1, 65) };
const samples = [
  sampleStream({ pageSize: 1024 }),
  sampleStream({ pageSize: 1024, footers: false }),
  sampleStream({ pageSize: 1024, trailer: false }),
  sampleStream({ pageSize: 1024, configuration: [capabilities] }),
];

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

/** Damaged streams: read alike from memory and in pieces, never more memory than the input, each error with its place. */
export const stream: Target = {
  name: "stream",
  weight: 5,
  start: () =>
    Promise.resolve((random) => {
      const input = mutateBytes(random, samples);
      return { input, run: () => runStream(input) };
    }),
};

function runStream(bytes: Uint8Array): void {
  const { source, largest } = watched(bytes);
  let last: StreamEvent | undefined;
  let held = 0;
  const fromMemory = readStream(memorySource(bytes));
  for (const event of readStream(source)) {
    last = event;
    check(sameEvent(fromMemory.next().value ?? undefined, event), "read from memory the stream has another event");
    if (event.kind === "section") held += event.payload?.length ?? 0;
  }
  check(held <= bytes.length, "more payload than bytes");
  if (last?.kind === "error") {
    check(last.error.message !== "", "an error without a message");
    check(last.error.offset >= 0 && last.error.offset <= bytes.length, "an error outside the stream");
  }
  const inspection = inspectStream(source, {
    decoder: (section, payload) =>
      decodePayload(payload, section.payloadOffset, schema, section.versionId, {}, { attempts: 50, bytes: 1 << 20 }),
  });
  for (const { event, byTrailer, byDefinition } of inspection.sections) {
    for (const decoding of [byTrailer, byDefinition]) {
      if (decoding?.ok !== false) continue;
      const { offset } = decoding.error;
      check(offset >= event.payloadOffset && offset <= event.offset + event.size, "an error outside its section");
    }
  }
  print(inspection);
  check(largest() <= 2 * bytes.length + 64, "more was asked for at once than there is");
}

function print(inspection: Inspection): void {
  for (const piece of inspectionJsonText(inspection)) check(piece !== undefined, "no piece");
  for (const line of inspectionText(inspection, { fields: true })) check(typeof line === "string", "no line");
  const state = analyzeStateText(inspection);
  if ("pieces" in state) for (const piece of state.pieces) check(piece !== "", "an empty piece");
  for (const piece of analyzeDesc(inspection) ?? []) check(piece !== undefined, "no piece");
  rewriteStream(inspection);
}

function sameEvent(a: StreamEvent | undefined, b: StreamEvent): boolean {
  if (a?.kind !== b.kind) return false;
  if (a.kind === "error" || b.kind === "error") {
    return a.kind === "error" && b.kind === "error" && a.error.message === b.error.message;
  }
  return a.offset === b.offset && ("size" in a ? a.size : 0) === ("size" in b ? b.size : 0);
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

const names = ["name", "fields", "struct", "type", "size", "array_len", "vmsd_name", "subsections", "devices"];
const types = ["uint8", "uint64", "int32", "bool", "buffer", "struct", "unused_buffer", "nullptr", "timer", ""];
const strings = [...names, ...types, "clock", "0000:00:02.0/nic", "clock/extra", "__proto__", "\u{1F600}", "\0"];

/** Any JSON, or nearly JSON, behind a sound stream. */
export const trailer: Target = {
  name: "trailer",
  weight: 5,
  start: () => {
    const body = sampleStream({ pageSize: 1024, trailer: false });
    const texts = seeds("trailer").map(words);
    const values = jsonSeeds<never>("trailer");
    return Promise.resolve((random) => {
      const input = random.chance(0.3)
        ? mutateText(random, texts, strings)
        : JSON.stringify(mutateJson(random, values, strings));
      return { input, run: () => print(inspectStream(memorySource(withTrailer(body, input)))) };
    });
  },
};

function withTrailer(body: Uint8Array, json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(body.length + 5 + text.length);
  bytes.set(body);
  bytes[body.length] = 6;
  new DataView(bytes.buffer).setUint32(body.length + 1, text.length);
  bytes.set(text, body.length + 5);
  return bytes;
}
