import { describe, expect, test } from "vitest";
import { memorySource } from "../../../core/wire";
import { type Edits, rewriteStream } from "../../../core/wire/inspect/edit";
import { inspectStream } from "../../../core/wire/inspect/inspect";
import { inspectionJson } from "../../../core/wire/inspect/present";
import { sampleStream, type SampleOptions } from "../sample";

function rewrite(bytes: Uint8Array, edits: Edits = {}): Uint8Array | string {
  const result = rewriteStream(inspectStream(memorySource(bytes)), edits);
  if (!result.ok) return result.error.message;
  const parts = result.value.pieces.map((piece) =>
    piece.kind === "bytes" ? piece.bytes : bytes.subarray(piece.offset, piece.offset + piece.size),
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function fields(stream: Uint8Array | string, idstr: string): unknown {
  if (typeof stream === "string") return stream;
  const json = inspectionJson(inspectStream(memorySource(stream))) as {
    sections: { idstr: string; fields: unknown }[];
  };
  return json.sections.find((section) => section.idstr === idstr)?.fields;
}

function order(stream: Uint8Array | string): string[] {
  if (typeof stream === "string") return [stream];
  return inspectStream(memorySource(stream)).sections.map((section) => section.event.idstr);
}

const capabilities = {
  name: "configuration/capabilities",
  versionId: 1,
  payload: Uint8Array.of(0, 0, 0, 1, 3, 0x61, 0x62, 0x63),
};

test.each<[string, SampleOptions]>([
  ["as QEMU writes it", {}],
  ["without footers", { footers: false }],
  ["without a trailer", { trailer: false }],
  ["with a configuration subsection", { configuration: [capabilities] }],
  ["with large pages", { pageSize: 16384 }],
])("a stream %s comes out byte for byte", (_, options) => {
  const bytes = sampleStream(options);
  expect(rewrite(bytes)).toEqual(bytes);
});

describe("edits", () => {
  const bytes = sampleStream();

  test("a section is moved before another", () => {
    const moved = rewrite(bytes, { move: [{ section: "clock", before: "0000:00:02.0/nic" }] });
    expect(order(moved)).toEqual(["ram", "ram", "ram", "clock", "0000:00:02.0/nic"]);
    expect(moved).toHaveLength(bytes.length);
  });

  test("a section is dropped", () => {
    expect(order(rewrite(bytes, { drop: ["clock#1"] }))).toEqual(["ram", "ram", "ram", "0000:00:02.0/nic"]);
  });

  test("values are set: integers, elements, nested fields, subsections", () => {
    const set = rewrite(bytes, {
      set: ["0000:00:02.0/nic.count=0x10", "0000:00:02.0/nic.mac[1]=255", "0000:00:02.0/nic.level=-3"],
    });
    expect(fields(set, "0000:00:02.0/nic")).toMatchObject([{ value: 16 }, { value: -3 }, { value: [1, 255, 3] }]);
    const nested = rewrite(bytes, { set: ["clock.timer.ticks=12", "clock.clock/extra.raw=5b"] });
    expect(fields(nested, "clock")).toMatchObject([{ value: 1 }, { value: { fields: [{ value: 12 }] } }]);
    expect(typeof nested === "string" ? undefined : nested.includes(0x5b)).toBe(true);
  });

  test.each<[Edits, RegExp]>([
    [{ drop: ["absent"] }, /^no device section is named absent$/],
    [{ set: ["clock.hand=1"] }, /no field hand/],
    [{ set: ["0000:00:02.0/nic.mac[7]=1"] }, /give an element: \[0\] to \[2\]/],
    [{ set: ["0000:00:02.0/nic.level=300"] }, /300 does not fit into 1 byte$/],
    [{ set: ["clock.clock/extra.raw=0102"] }, /2 bytes where there are 1/],
    [{ set: ["nonsense"] }, /write SECTION\.field=value/],
  ])("%j is refused with the reason", (edits, message) => {
    expect(rewrite(bytes, edits)).toMatch(message);
  });
});
