import { describe, expect, test } from "vitest";
import {
  ByteWriter,
  type ByteSource,
  memorySource,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putRamEnd,
  putSectionHeader,
  ramFlag,
  readStream,
  readStreamAsync,
  type StreamEvent,
} from "../../../core/wire";
import { targetPageBits } from "../../../core/wire";
import { inspectStream } from "../../../core/wire/inspect/inspect";
import { sampleStream } from "../sample";

function events(bytes: Uint8Array): StreamEvent[] {
  return [...readStream(memorySource(bytes))];
}

function errorOf(bytes: Uint8Array): string {
  const last = events(bytes).at(-1);
  return last?.kind === "error" ? `${last.error.offset}: ${last.error.message}` : `no error but ${last?.kind}`;
}

/** Index of the first occurrence. */
function find(bytes: Uint8Array, pattern: readonly number[]): number {
  return bytes.findIndex((_, i) => pattern.every((octet, k) => bytes[i + k] === octet));
}

function changed(bytes: Uint8Array, at: number, octet: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = octet;
  return copy;
}

const nicFooter = [0x7e, 0, 0, 0, 4];

test("a stream comes as its parts, in order, without gaps", () => {
  const bytes = sampleStream();
  const all = events(bytes);
  const kinds = all.map((event) => (event.kind === "section" ? event.sectionKind : event.kind));
  expect(kinds).toEqual([
    "header",
    "configuration",
    "start",
    "part",
    "command",
    "end",
    "full",
    "full",
    "eof",
    "trailer",
  ]);
  let next = 0;
  for (const event of all) {
    if (event.kind === "error" || event.kind === "warning") throw new Error(event.kind);
    expect(event.offset).toBe(next);
    next += event.size;
  }
  expect(next).toBe(bytes.length);
});

test("ram is counted by block, device payloads come as bytes", () => {
  const [, , start, part, , , nic] = events(sampleStream());
  expect(start).toMatchObject({ ram: { blocks: [{ name: "pc.ram", length: 65536n }, { name: "rom" }] } });
  expect(part).toMatchObject({
    ram: {
      records: 5,
      pages: [
        { block: "pc.ram", zero: 1, normal: 2 },
        { block: "rom", zero: 0, normal: 1 },
      ],
    },
  });
  expect(nic).toMatchObject({
    idstr: "0000:00:02.0/nic",
    versionId: 2,
    payload: Uint8Array.of(0, 0, 0, 7, 255, 1, 2, 3),
  });
});

test.each([1024, 8192, 65536])("target pages of %i bytes are told from the pages themselves", (pageSize) => {
  const all = events(sampleStream({ pageSize, trailer: false }));
  expect(all.at(-1)?.kind).toBe("eof");
  expect(all[3]).toMatchObject({ ram: { pageSize } });
});

test("pages are no larger than what lies between their addresses, whatever they hold", () => {
  const record = [0, 0, 0, 0, 0, 0, 0, 8];
  const all = events(sampleStream({ pageSize: 1024, extraPages: 8, filling: record, trailer: false }));
  expect(all.at(-1)?.kind).toBe("eof");
  expect(all[3]).toMatchObject({ ram: { pageSize: 1024 } });
});

test("without footers sections end where the next one begins", () => {
  const all = events(sampleStream({ footers: false }));
  expect(all.filter((event) => event.kind === "section").map((event) => event.payloadSize)).toHaveLength(5);
  expect(all.at(-1)?.kind).toBe("trailer");
});

test("the configuration's subsections are read", () => {
  const uuid = Uint8Array.from({ length: 16 }, (_, i) => i);
  const [, configuration] = events(
    sampleStream({ configuration: [targetPageBits(14), { name: "configuration/uuid", versionId: 1, payload: uuid }] }),
  );
  expect(configuration).toMatchObject({
    machine: "pc-sample-1.0",
    targetPageBits: 14,
    uuid: "000102030405060708090a0b0c0d0e0f",
  });
});

test("a window smaller than the stream gives the same events", async () => {
  const bytes = sampleStream();
  const drip: ByteSource = {
    size: bytes.length,
    read: (offset, target) => {
      const part = bytes.subarray(offset, offset + Math.min(7, target.length));
      target.set(part);
      return part.length;
    },
  };
  expect([...readStream(drip)]).toEqual(events(bytes));
  const later: StreamEvent[] = [];
  const source = { size: bytes.length, read: async (offset: number, target: Uint8Array) => drip.read(offset, target) };
  for await (const event of readStreamAsync(source)) later.push(event);
  expect(later).toEqual(events(bytes));
});

describe("what QEMU refuses is refused in its words, with the offset", () => {
  const bytes = sampleStream();

  test.each([
    ["another magic", changed(bytes, 0, 0x50), "0: Not a migration stream, magic: 5045564d != 5145564d"],
    ["version 2", changed(bytes, 7, 2), "4: SaveVM v2 format is obsolete and no longer supported"],
    ["version 9", changed(bytes, 7, 9), "4: Unsupported migration stream version, file version 9 != 3"],
    ["nothing", new Uint8Array(0), "0: Not a migration stream, magic: 0 != 5145564d"],
  ])("%s", (_, stream, message) => {
    expect(errorOf(stream)).toBe(message);
  });

  test("an unknown section type", () => {
    const writer = new ByteWriter();
    putHeader(writer);
    writer.u8(9);
    expect(errorOf(writer.finish())).toBe("8: Unknown section type 9");
  });

  test("a lost footer", () => {
    const at = find(bytes, nicFooter);
    const lost = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 5)]);
    expect(errorOf(lost)).toMatch(/^\d+: Missing section footer for 0000:00:02.0\/nic$/);
  });

  test("a footer of another section, behind ram whose end is sure", () => {
    const at = find(bytes, [0x7e, 0, 0, 0, 2]);
    expect(errorOf(changed(bytes, at + 4, 0x63))).toBe(
      `${at}: Mismatched section id in footer for ram - read 0x63 expected 0x2`,
    );
  });

  test("a page of a block that nobody announced", () => {
    const at = find(bytes, [...new TextEncoder().encode("rom"), 0x7e]);
    expect(errorOf(changed(bytes, at, 0x52))).toMatch(/^\d+: Can't find block Rom$/);
  });

  test("ram flags that mean nothing", () => {
    const part = find(bytes, [2, 0, 0, 0, 2]) + 5;
    expect(errorOf(changed(bytes, part + 7, 0x0a))).toBe(`${part}: Unknown combination of migration flags: 0xa`);
  });

  test("every cut of the stream before its end", () => {
    const end = bytes.findLastIndex((octet, i) => octet === 6 && bytes[i - 1] === 0 && bytes[i + 5] === 0x7b);
    for (let length = 0; length < end; length += 13) {
      const last = events(bytes.subarray(0, length)).at(-1);
      expect(last?.kind).toBe("error");
      if (last?.kind === "error") expect(last.error.offset).toBeLessThanOrEqual(length);
    }
  });
});

test("a missing trailer is only a warning, as in QEMU, where something else follows", () => {
  const bytes = sampleStream();
  const trailer = bytes.findLastIndex((octet, i) => octet === 6 && bytes[i - 1] === 0 && bytes[i + 5] === 0x7b);
  const all = events(changed(bytes, trailer, 9));
  expect(all.at(-1)).toMatchObject({ kind: "warning", message: "Expected vmdescription section, but got 9" });
});

/** A stream of one block in mapped-ram, with all that its header says counted from `at` bytes before it. */
function mappedStream(at: number): Uint8Array {
  const writer = new ByteWriter();
  const capability = "mapped-ram";
  putHeader(writer);
  putConfiguration(writer, "pc-sample-1.0", [
    {
      name: "configuration/capabilities",
      versionId: 1,
      payload: Uint8Array.from([0, 0, 0, 1, capability.length, ...new TextEncoder().encode(capability)]),
    },
  ]);
  putSectionHeader(writer, "start", { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 });
  writer.u64(BigInt(0x2000 | ramFlag.memSize));
  writer.counted("pc.ram");
  writer.u64(0x2000n);
  const bitmap = writer.position + 28;
  const pages = bitmap + 8;
  writer.u32(1);
  for (const value of [4096, bitmap + at, pages + at]) writer.u64(BigInt(value));
  writer.u64(1n);
  writer.put(new Uint8Array(0x2000).fill(0xab));
  putRamEnd(writer);
  putFooter(writer, 2);
  putEndOfFile(writer);
  return writer.finish();
}

test.each([0, 8192])("pages of mapped-ram are found in a stream that began at byte %i of its file", (at) => {
  const bytes = mappedStream(at);
  const all = events(bytes);
  expect(all.map(({ kind }) => kind)).toEqual(["header", "configuration", "section", "eof"]);
  const [block] = all.flatMap((event) => (event.kind === "section" ? (event.ram?.blocks ?? []) : []));
  expect(block?.mapped?.fileOffset).toBe(BigInt(at));
  expect(bytes[Number(block?.mapped?.pagesOffset)]).toBe(0xab);
  const { warnings } = inspectStream(memorySource(bytes));
  expect(warnings.map(({ message }) => message)).toEqual(
    at === 0 ? [] : [expect.stringContaining("count from 8192 bytes before the stream")],
  );
});
