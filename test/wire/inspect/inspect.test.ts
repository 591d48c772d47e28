import { describe, expect, test } from "vitest";
import {
  ByteWriter,
  memorySource,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putSectionHeader,
  putTrailer,
} from "../../../core/wire";
import { analyzeDesc, analyzeStateText } from "../../../core/wire/inspect/analyzeStream";
import { type InspectOptions, inspectStream } from "../../../core/wire/inspect/inspect";
import { inspectionJson, inspectionText } from "../../../core/wire/inspect/present";
import { decodePayload } from "../../../core/wire/values/search";
import { description, field, u8, u32 } from "../values/description.fixture";
import { sampleStream } from "../sample";

function inspect(bytes: Uint8Array, options: InspectOptions = {}) {
  return inspectStream(memorySource(bytes), options);
}

test("fields come by the trailer, with values and places", () => {
  const json = inspectionJson(inspect(sampleStream()));
  expect(json).toMatchObject({
    header: { version: 3 },
    configuration: { machine: "pc-sample-1.0" },
    sections: [
      { kind: "start", idstr: "ram" },
      { kind: "part" },
      { kind: "end" },
      {
        kind: "full",
        idstr: "0000:00:02.0/nic",
        instanceId: 0,
        versionId: 2,
        decodedBy: "trailer",
        fields: [
          { name: "count", size: 4, value: 7 },
          { name: "level", size: 1, value: -1 },
          { name: "mac", size: 3, value: [1, 2, 3] },
        ],
      },
      {
        idstr: "clock",
        fields: [
          { name: "on", value: 1 },
          { name: "timer", value: { fields: [{ name: "ticks", value: 9 }] } },
        ],
        subsections: [{ name: "clock/extra", fields: [{ name: "raw", value: "aa" }] }],
      },
    ],
    commands: [{ name: "SWITCHOVER_START" }],
    trailer: { pageSize: 4096, devices: 2 },
    error: null,
  });
});

test("offsets of fields are the stream's", () => {
  const bytes = sampleStream();
  const nic = inspect(bytes).sections.find((section) => section.event.idstr.endsWith("nic"));
  const level = nic?.byTrailer?.ok === true ? nic.byTrailer.state.fields[1]?.at?.offset : undefined;
  expect(bytes[level ?? -1]).toBe(0xff);
});

test("the text for people names sections, values and commands", () => {
  const lines = [...inspectionText(inspect(sampleStream()), { fields: true })].join("\n");
  expect(lines).toContain("machine pc-sample-1.0");
  expect(lines).toMatch(/full +4 0000:00:02\.0\/nic 0 v2/);
  expect(lines).toMatch(/^ +level = -1 {2}@0x/m);
  expect(lines).toContain("command SWITCHOVER_START");
});

test("the analyze format is the script's, to the letter", () => {
  const inspection = inspect(sampleStream());
  const state = analyzeStateText(inspection);
  expect("pieces" in state ? [...state.pieces].join("") : state.error).toBe(`{
    "ram (2)": {
        "section sizes": {
            "pc.ram": "0x0000000000010000",
            "rom": "0x0000000000004000"
        }
    },
    "0000:00:02.0/nic (4)": {
        "count": "0x00000007",
        "level": "0xff (-1)",
        "mac": [
            "0x01",
            "0x02",
            "0x03"
        ]
    },
    "clock (5)": {
        "on": true,
        "timer": {
            "ticks": "0x0000000000000009"
        },
        "clock/extra": {
            "raw": "aa"
        }
    }
}`);
  expect([...(analyzeDesc(inspection) ?? [])].join("")).toContain('"page_size": 4096,\n    "devices": [\n        {');
});

// A buffer may hold any byte, so its first one may be the mark of a subsection.
test("data that begins like a subsection, behind a nested struct, is data", () => {
  const fields = [
    { name: "num", type: "struct", size: 4, struct: { vmsd_name: "fifo", version: 1, fields: [uint32("value")] } },
    { name: "data", type: "buffer", size: 4 },
  ];
  const writer = new ByteWriter();
  putHeader(writer);
  putSectionHeader(writer, "full", { sectionId: 4, idstr: "esp", instanceId: 0, versionId: 1 });
  writer.put(Uint8Array.from([0, 0, 0, 7, 5, 1, 2, 3]));
  putFooter(writer, 4);
  putEndOfFile(writer);
  const esp = { name: "esp", instance_id: 0, vmsd_name: "esp", version: 1, fields };
  putTrailer(writer, JSON.stringify({ page_size: 4096, devices: [esp] }));
  const inspection = inspect(writer.finish());
  expect(inspection.error).toBeUndefined();
  const state = analyzeStateText(inspection);
  expect("pieces" in state ? [...state.pieces].join("") : state.error).toContain('"data": "05 01 02 03"');
});

/** A disk whose queue array has two pointers, as QEMU 11.1 sends it. */
function withMarks(last: number): Uint8Array {
  const fields = [
    { name: "q", type: "ptr-marker", size: 1 },
    { name: "q", type: "struct", size: 4, struct: { vmsd_name: "queue", version: 1, fields: [uint32("head")] } },
    { name: "q", type: "ptr-marker", size: 1 },
  ];
  const writer = new ByteWriter();
  putHeader(writer);
  putSectionHeader(writer, "full", { sectionId: 4, idstr: "disk", instanceId: 0, versionId: 1 });
  writer.put(Uint8Array.from([0x31, 0, 0, 0, 7, last]));
  putFooter(writer, 4);
  putEndOfFile(writer);
  const disk = { name: "disk", instance_id: 0, vmsd_name: "disk", version: 1, fields };
  putTrailer(writer, JSON.stringify({ page_size: 4096, devices: [disk] }));
  return writer.finish();
}

test.each([0x30, 0x32])("pointer markers of an allocated array, 0x31 first, then %i", (last) => {
  const state = analyzeStateText(inspect(withMarks(last)));
  const text = "pieces" in state ? [...state.pieces].join("") : state.error.message;
  if (last !== 0x30) return expect(text).not.toContain("valid-ptr");
  expect(JSON.parse(text)["disk (4)"].q).toEqual(["valid-ptr", { head: "0x00000007" }, "null-ptr"]);
});

test("pointer markers by definitions: as many elements as the trailer has marks, and nothing differs", () => {
  const queue = description("queue", [field("head", u32)]);
  const marked = field(
    "q",
    { kind: "struct", description: queue, versionId: undefined },
    { count: { kind: "unknown", reason: "" }, pointers: true, marked: true },
  );
  const decoder: InspectOptions["decoder"] = (section, payload, _agrees, layout) =>
    decodePayload(payload, section.payloadOffset, description("disk", [marked]), section.versionId, {
      ...(layout === undefined ? {} : { layout }),
      choose: () => undefined,
    });
  const [disk] = inspect(withMarks(0x30), { decoder }).sections;
  expect(disk?.byDefinition).toMatchObject({ ok: true, state: { fields: [{ value: { elements: [{}, {}] } }] } });
  expect(disk?.differences).toEqual([]);
});

function uint32(name: string) {
  return { name, type: "uint32", size: 4 };
}

test("a trailer that does not fit its section is an error of that section, with its place", () => {
  const bytes = sampleStream();
  const text = new TextDecoder("latin1").decode(bytes).replace('"array_len":3', '"array_len":9');
  const wrong = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
  const nic = inspect(wrong).sections.find((section) => section.event.idstr.endsWith("nic"));
  expect(nic?.byTrailer).toMatchObject({ ok: false, error: { errno: "EIO", path: "nic/mac" } });
  const lines = (options: InspectOptions) => [...inspectionText(inspect(wrong, options), { fields: false })].join("\n");
  expect(lines({})).toMatch(/the stream's own JSON does not fit: .*; --tree DIR, the source that wrote it, reads/);
  expect(lines({ decoder: () => undefined })).not.toContain("--tree");
});

describe("by definitions", () => {
  const nic = description("nic", [field("count", u32), field("level", u8), field("mac", u8, fixed(3))], {
    versionId: 2,
  });

  function fixed(count: number) {
    return { count: { kind: "fixed", count } } as const;
  }

  function decodeBy(schema: typeof nic): InspectOptions {
    return {
      decoder: ({ idstr, payloadOffset, versionId }, payload) =>
        idstr.endsWith("nic") ? decodePayload(payload, payloadOffset, schema, versionId) : undefined,
    };
  }

  test("agreement with the trailer is silent", () => {
    const section = inspect(sampleStream(), decodeBy(nic)).sections.find((each) => each.byDefinition !== undefined);
    expect(section?.byDefinition?.ok).toBe(true);
    expect(section?.differences).toEqual([]);
  });

  test("a field that has another name in the source is a difference", () => {
    const other = description("nic", [field("total", u32), field("level", u8), field("mac", u8, fixed(3))], {
      versionId: 2,
    });
    const section = inspect(sampleStream(), decodeBy(other)).sections.find((each) => each.byDefinition !== undefined);
    expect(section?.differences).toEqual([expect.stringMatching(/^count at offset \d+: by the source this is total$/)]);
  });

  test("a payload longer than the definitions is what QEMU calls a missing footer", () => {
    const short = description("nic", [field("count", u32)], { versionId: 2 });
    const section = inspect(sampleStream(), decodeBy(short)).sections.find((each) => each.byDefinition !== undefined);
    expect(section?.byDefinition).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("4 bytes are left") },
    });
  });
});

describe("order", () => {
  const level = (values: Readonly<Record<string, number>>): InspectOptions => ({
    level: ({ idstr }) => {
      const value = values[idstr.split("/").at(-1) ?? ""];
      return value === undefined ? undefined : { name: `LEVEL_${value}`, value };
    },
  });

  test("a section before one of higher priority is flagged", () => {
    const flagged = inspect(sampleStream(), level({ nic: 2, clock: 3, ram: 2 })).sections.map(
      (each) => each.orderProblem,
    );
    expect(flagged.filter((each) => each !== undefined)).toEqual([
      "0000:00:02.0/nic (LEVEL_2) stands before clock (LEVEL_3)",
    ]);
  });

  test("descending levels are fine, live sections don't count", () => {
    const flagged = inspect(sampleStream(), level({ nic: 3, clock: 2, ram: 0 })).sections.map(
      (each) => each.orderProblem,
    );
    expect(flagged.every((each) => each === undefined)).toBe(true);
  });
});

/** Sections one behind the other, then the end. */
function streamOf(body: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  putHeader(writer);
  body(writer);
  putEndOfFile(writer);
  return writer.finish();
}

test("a main channel of multifd says that pages travelled elsewhere", () => {
  const ram = { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 };
  const bytes = (flush: boolean) =>
    streamOf((writer) => {
      putSectionHeader(writer, "start", ram);
      putRamBlocks(writer, [{ name: "pc.ram", length: 4096n }]);
      putFooter(writer, 2);
      putPartHeader(writer, "end", 2);
      if (flush) writer.u64(0x200n);
      putRamEnd(writer);
      putFooter(writer, 2);
    });
  const { warnings, sections } = inspect(bytes(true));
  expect(warnings).toEqual([
    {
      kind: "warning",
      offset: sections[1]?.event.offset,
      message: "multifd: pages of RAM travelled in channels of their own, which are not in this stream",
    },
  ]);
  expect(inspect(bytes(false)).warnings).toEqual([]);
});

test("two sections of one name and instance are told", () => {
  const section = { sectionId: 4, idstr: "x", instanceId: 0, versionId: 1 };
  const bytes = streamOf((writer) => {
    for (let k = 0; k < 2; k++) {
      putSectionHeader(writer, "full", section);
      writer.u8(k);
      putFooter(writer, 4);
    }
  });
  const second = 8 + (bytes.length - 9) / 2;
  expect(inspect(bytes).warnings).toEqual([
    { kind: "warning", offset: second, message: "a second section x 0: it is loaded over the one at offset 8" },
  ]);
  expect(inspect(sampleStream()).warnings).toEqual([]);
});

test("parts of live state one behind the other are folded into a line", () => {
  const bytes = streamOf((writer) => {
    putSectionHeader(writer, "start", { sectionId: 3, idstr: "dirty-bitmap", instanceId: 0, versionId: 1 });
    putFooter(writer, 3);
    for (let k = 0; k < 1000; k++) {
      putPartHeader(writer, "part", 3);
      writer.u8(0);
      putFooter(writer, 3);
    }
  });
  const lines = [...inspectionText(inspect(bytes), { fields: false })];
  expect(lines).toHaveLength(5);
  expect(lines[3]).toMatch(/ 10978 {2}\.\.\. 998 more parts of dirty-bitmap$/);
});

test("an element that is NULL is shown at its own place", () => {
  const pointers = field(
    "p",
    { kind: "struct", description: description("item", [field("a", u8)]), versionId: undefined },
    { count: { kind: "fixed", count: 2 }, pointers: true },
  );
  const bytes = streamOf((writer) => {
    putSectionHeader(writer, "full", { sectionId: 4, idstr: "x", instanceId: 0, versionId: 1 });
    writer.put(Uint8Array.of(7, 0x30));
    putFooter(writer, 4);
  });
  const decoder: InspectOptions["decoder"] = (section, payload) =>
    decodePayload(payload, section.payloadOffset, description("x", [pointers]), section.versionId);
  const lines = [...inspectionText(inspect(bytes, { decoder }), { fields: true })].map((line) => line.trim());
  expect(lines.slice(2)).toEqual([
    "guessed: NULL in x/p[1]: yes, with which the bytes fit",
    "p[0]:",
    "a = 0x7  @0x17",
    "p[1] = null  @0x18",
  ]);
});

describe("what was guessed is said", () => {
  const lengthIsNotKnown = field("tail", { kind: "buffer" });
  const nic = description("nic", [field("count", u32), field("level", u8), lengthIsNotKnown], { versionId: 2 });
  const decoder: InspectOptions["decoder"] = ({ idstr, payloadOffset, versionId }, payload, _agrees, layout) =>
    idstr.endsWith("nic") ? decodePayload(payload, payloadOffset, nic, versionId, layout && { layout }) : undefined;

  function sectionOf(bytes: Uint8Array, options: InspectOptions) {
    const inspection = inspect(bytes, options);
    const json = inspectionJson(inspection) as { readonly sections: readonly { readonly idstr: string }[] };
    const lines = [...inspectionText(inspection, { fields: true })].map((line) => line.trim());
    return { json: json.sections.find(({ idstr }) => idstr.endsWith("nic")), lines };
  }

  test("a length with which the bytes fit", () => {
    const { json, lines } = sectionOf(sampleStream({ trailer: false }), { decoder });
    expect(json).toMatchObject({ fitted: [{ question: "size of nic/tail", taken: "3" }] });
    expect(lines).toContain("guessed: size of nic/tail: 3, with which the bytes fit");
  });

  test("one that the stream's own JSON has is no guess, and is told as such", () => {
    const fields = [
      uint32("count"),
      { name: "level", type: "uint8", size: 1 },
      { name: "tail", type: "buffer", size: 3 },
    ];
    const bytes = streamOf((writer) => {
      putSectionHeader(writer, "full", { sectionId: 4, idstr: "nic", instanceId: 0, versionId: 2 });
      writer.put(Uint8Array.of(0, 0, 0, 7, 1, 1, 2, 3));
      putFooter(writer, 4);
      putEndOfFile(writer);
      putTrailer(writer, JSON.stringify({ devices: [{ name: "nic", instance_id: 0, version: 2, fields }] }));
    });
    const { json: section, lines } = sectionOf(bytes, { decoder });
    expect(section).not.toHaveProperty("fitted");
    expect(section).toMatchObject({ fromTrailer: ["size of nic/tail"] });
    expect(lines).toContain("by the stream's own JSON: size of nic/tail");
  });

  test("the end of a section without a footer, and the size of pages that nothing tells", () => {
    const bytes = sampleStream({ trailer: false, footers: false, extraPages: 2 });
    const text = [...inspectionText(inspect(bytes), { fields: false })].join("\n");
    expect(text).toContain("guessed: its end is where another section seems to begin: it has no footer");
    expect(text).toContain("guessed: pages have 4096 bytes: the records fit with that");
    expect([...inspectionText(inspect(sampleStream({ extraPages: 2 })), { fields: false })].join("\n")).not.toContain(
      "guessed",
    );
  });

  test("a page size that the configuration has is not guessed", () => {
    const bits = { name: "configuration/target-page-bits", versionId: 1, payload: Uint8Array.of(0, 0, 0, 12) };
    const bytes = sampleStream({ trailer: false, extraPages: 2, configuration: [bits] });
    expect([...inspectionText(inspect(bytes), { fields: false })].join("\n")).not.toContain("guessed: pages");
  });
});
