/** Lengths and counts in a stream are whatever somebody wrote there: an answer with an offset, and no memory by their number. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ByteSource,
  ByteWriter,
  memorySource,
  putEndOfFile,
  putFooter,
  putHeader,
  putRamBlocks,
  putSectionHeader,
  putTrailer,
  readStream,
  type StreamEvent,
} from "../../core/wire";
import { analyzeDesc, analyzeStateText } from "../../core/wire/inspect/analyzeStream";
import { rewriteStream } from "../../core/wire/inspect/edit";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { jsonPieces } from "../../core/wire/inspect/jsonText";
import { limits } from "../../core/wire/framing/limits";
import { inspectionJson, inspectionJsonText } from "../../core/wire/inspect/present";
import { type Json, parseTrailer } from "../../core/wire/inspect/trailer";
import { sampleStream } from "./sample";

const fiveGigabytes = 5 * 2 ** 30;

/** `start`, then zeros up to `size`; and the most that was read at once. */
function sparse(start: Uint8Array, size = fiveGigabytes): { source: ByteSource; largest: () => number } {
  let largest = 0;
  const read = (offset: number, target: Uint8Array): number => {
    largest = Math.max(largest, target.length);
    target.fill(0);
    if (offset < start.length) target.set(start.subarray(offset, offset + target.length));
    return Math.max(0, Math.min(target.length, size - offset));
  };
  return { source: { size, read }, largest: () => largest };
}

function written(body: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  putHeader(writer);
  body(writer);
  return writer.finish();
}

/** One section `x` with this payload and, behind the end, this description of it. */
function described(payload: Uint8Array, fields: Json, subsections: Json = []): Uint8Array {
  return written((writer) => {
    putSectionHeader(writer, "full", { sectionId: 4, idstr: "x", instanceId: 0, versionId: 1 });
    writer.put(payload);
    putFooter(writer, 4);
    putEndOfFile(writer);
    const device = { name: "x", instance_id: 0, vmsd_name: "x", version: 1, fields, subsections };
    putTrailer(writer, JSON.stringify({ page_size: 4096, devices: [device] }));
  });
}

function last(source: ByteSource): StreamEvent | undefined {
  let event: StreamEvent | undefined;
  for (event of readStream(source));
  return event;
}

function errorOf(source: ByteSource): string {
  const event = last(source);
  return event?.kind === "error" ? `${event.error.offset}: ${event.error.message}` : `no error but ${event?.kind}`;
}

test("a machine type's name of nearly 4 GiB", () => {
  const { source, largest } = sparse(
    written((writer) => {
      writer.u8(7);
      writer.u32(0xffff_fff0);
    }),
  );
  expect(errorOf(source)).toBe("9: the machine type's name has 4294967280 bytes; up to 65536 are read");
  expect(largest()).toBeLessThanOrEqual(2 << 20);
});

test("four thousand million capabilities", () => {
  const name = "configuration/capabilities";
  const { source, largest } = sparse(
    written((writer) => {
      writer.u8(7);
      writer.u32(0);
      writer.u8(5);
      writer.counted(name);
      writer.u32(1);
      writer.u32(0xffff_ffff);
    }),
  );
  const offset = 8 + 5 + 2 + name.length + 4;
  expect(errorOf(source)).toBe(`${offset}: 4294967295 capabilities are announced; up to 1024 are read`);
  expect(largest()).toBeLessThanOrEqual(2 << 20);
});

test("a vmdescription of nearly 4 GiB is not read, and is copied by a rewrite", () => {
  const start = written((writer) => {
    writer.u8(0);
    writer.u8(6);
    writer.u32(0xffff_fff0);
  });
  const { source, largest } = sparse(start, start.length + 0xffff_fff0);
  const inspection = inspectStream(source);
  expect(inspection.warnings).toEqual([
    { kind: "warning", offset: 9, message: "the vmdescription has 4294967280 bytes; up to 16777216 are read" },
  ]);
  expect(largest()).toBeLessThanOrEqual(10 << 20);
  const rewritten = rewriteStream(inspection);
  expect(rewritten.ok && rewritten.value.pieces.at(-1)).toEqual({ kind: "copy", offset: 9, size: 5 + 0xffff_fff0 });
});

test("a device section that never ends is looked through up to its bound", () => {
  const { source, largest } = sparse(
    written((writer) => {
      putSectionHeader(writer, "full", { sectionId: 4, idstr: "x", instanceId: 0, versionId: 1 });
    }),
  );
  const events = [...readStream(source, { maximumPayload: 1 << 20 })];
  expect(events.at(-1)).toMatchObject({ error: { message: "section x has no footer within 1048576 bytes" } });
  expect(largest()).toBeLessThanOrEqual(2 << 20);
});

test("RAM blocks without number", () => {
  const blocks = Array.from({ length: limits.ramBlocks + 1 }, (_, i) => ({ name: `b${i}`, length: 0n }));
  const bytes = written((writer) => {
    putSectionHeader(writer, "start", { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 });
    putRamBlocks(writer, [...blocks, { name: "end", length: 4096n }]);
  });
  // The list ends where the lengths are used up: blocks of no length do not use them.
  expect(errorOf(memorySource(bytes))).toMatch(/^\d+: more than 65536 RAM blocks$/);
});

test("device sections beyond what is held come without their payload, and a warning says so", () => {
  const payload = new Uint8Array(4 << 20);
  const head = written((writer) => {
    putSectionHeader(writer, "full", { sectionId: 4, idstr: "x", instanceId: 0, versionId: 1 });
    writer.put(payload);
    putFooter(writer, 4);
  });
  const section = head.subarray(8);
  const count = 34;
  const read = (offset: number, target: Uint8Array): number => {
    let done = 0;
    for (; done < target.length && offset + done < 8 + count * section.length; ) {
      const at = offset + done;
      const part = at < 8 ? head.subarray(at, 8) : section.subarray((at - 8) % section.length);
      const some = part.subarray(0, target.length - done);
      target.set(some, done);
      done += some.length;
    }
    return done;
  };
  let held = 0;
  const warnings: string[] = [];
  for (const event of readStream({ size: 8 + count * section.length, read })) {
    if (event.kind === "section") held += event.payload?.length ?? 0;
    if (event.kind === "warning") warnings.push(event.message);
  }
  expect(held).toBe(limits.held);
  expect(warnings).toEqual([
    `from x on no device section is decoded: they have more than ${limits.held} bytes together`,
  ]);
});

test("a vmdescription as deep as its brackets allow has a place in the message", () => {
  const bytes = written((writer) => {
    putEndOfFile(writer);
    putTrailer(writer, `{"devices": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`);
  });
  const inspection = inspectStream(memorySource(bytes));
  // Behind the header, the end, the trailer's mark and its length: the bracket that is one too many.
  const offset = 8 + 1 + 5 + '{"devices": '.length + 127;
  expect(inspection.warnings).toEqual([
    { kind: "warning", offset, message: "the vmdescription is nested deeper than 128 levels" },
  ]);
  expect(analyzeDesc(inspection)).toBeUndefined();
});

test("a vmdescription with too many values, or a name too long, says so", () => {
  const many = new TextEncoder().encode(`{"devices": [${"0,".repeat(limits.descriptionValues)}0]}`);
  expect(parseTrailer(many, 100)).toMatchObject({
    ok: false,
    error: { message: `the vmdescription holds more than ${limits.descriptionValues} values` },
  });
  const long = {
    devices: [{ name: "x", instance_id: 0, fields: [{ name: "n".repeat(2000), type: "uint8", size: 1 }] }],
  };
  expect(parseTrailer(new TextEncoder().encode(JSON.stringify(long)), 100)).toMatchObject({
    ok: false,
    error: { message: "the vmdescription has a name of more than 1024 characters", offset: 100 },
  });
});

test.each([
  ["elements of no bytes", 0, [{ name: "a", array_len: 2 ** 31, type: "buffer", size: 0 }]],
  [
    "structs of members without elements",
    0,
    [
      {
        name: "a",
        array_len: 60_000,
        type: "struct",
        size: 0,
        struct: {
          vmsd_name: "s",
          version: 1,
          fields: Array.from({ length: 500 }, (_, i) => ({ name: `m${i}`, array_len: 0, type: "uint8", size: 1 })),
        },
      },
    ],
  ],
  [
    "more values than are made",
    limits.elements + 1,
    [{ name: "a", array_len: limits.elements + 1, type: "uint8", size: 1 }],
  ],
])("%s are not counted out", (_, size, fields) => {
  const inspection = inspectStream(memorySource(described(new Uint8Array(size), fields)));
  const [section] = inspection.sections;
  expect(section?.byTrailer).toMatchObject({ ok: false, error: { path: expect.stringContaining("x") as string } });
  expect("error" in analyzeStateText(inspection)).toBe(true);
});

test("JSON in pieces is JSON.stringify's, and an inspection's is that of its data", () => {
  const value = fc.jsonValue().filter((json) => JSON.stringify(json) !== undefined);
  fc.assert(
    fc.property(value, (json) => {
      const pieces = jsonPieces(json as Json, { indent: 2, quote: JSON.stringify });
      expect([...pieces].join("")).toBe(JSON.stringify(json, null, 2));
    }),
  );
  for (const bytes of [sampleStream(), sampleStream().subarray(0, 60), new Uint8Array(0)]) {
    const inspection = inspectStream(memorySource(bytes));
    expect([...inspectionJsonText(inspection)].join("")).toBe(
      `${JSON.stringify(inspectionJson(inspection), null, 2)}\n`,
    );
  }
});
