/** Bytes of RAM out of a stream, and as the command prints them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ByteWriter,
  memorySource,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
  putSectionHeader,
} from "../../../core/wire";
import { inspectStream } from "../../../core/wire/inspect/inspect";
import { readRam } from "../../../core/wire/inspect/memory";
import { vmstate } from "../../cli/run";

const page = (octet: number) => new Uint8Array(4096).fill(octet);

/** Three pages, the second sent twice, the third zero; two of another block. */
function stream(machine = "pc-q35-9.2"): Uint8Array {
  const writer = new ByteWriter();
  const ram = { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 };
  putHeader(writer);
  putConfiguration(writer, machine, []);
  putSectionHeader(writer, "start", ram);
  putRamBlocks(writer, [
    { name: "pc.ram", length: 0x4000n },
    { name: "vga.vram", length: 0x2000n },
  ]);
  putFooter(writer, 2);
  putPartHeader(writer, "part", 2);
  putRamPage(writer, "pc.ram", 0n, page(0x11));
  putRamPage(writer, undefined, 0x1000n, page(0x22));
  putRamPage(writer, undefined, 0x2000n, page(0x33));
  putRamPage(writer, "vga.vram", 0n, page(0x77));
  putRamEnd(writer);
  putFooter(writer, 2);
  putPartHeader(writer, "end", 2);
  putRamPage(writer, "pc.ram", 0x1000n, page(0x44));
  putRamPage(writer, undefined, 0x2000n, undefined);
  putRamEnd(writer);
  putFooter(writer, 2);
  putEndOfFile(writer);
  return writer.finish();
}

function read(block: string, offset: number, length: number): readonly number[] | string {
  const source = memorySource(stream());
  const sections = inspectStream(source).sections.map(({ event }) => event);
  const result = readRam(source, sections, { block, offset, length });
  return result.ok ? [...result.bytes] : result.message;
}

test("a page that was sent again is as it was sent last, across pages and in the named block", () => {
  expect(read("pc.ram", 0xffe, 4)).toEqual([0x11, 0x11, 0x44, 0x44]);
  expect(read("pc.ram", 0x1fff, 2)).toEqual([0x44, 0]);
  expect(read("vga.vram", 0x10, 1)).toEqual([0x77]);
});

test("what the stream does not have is said", () => {
  expect(read("pc.ram", 0x3000, 1)).toBe("the stream has no page at pc.ram:0x3000");
  expect(read("pc.ram", 0x3fff, 2)).toBe("pc.ram ends at 0x4000");
  expect(read("nobody", 0, 1)).toBe("no RAM block is named nobody; the stream has pc.ram, vga.vram");
});

test("the command takes an address of a board that is known, or a block", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-memory-"));
  try {
    const [known, other] = [join(folder, "a.mig"), join(folder, "b.mig")];
    writeFileSync(known, stream());
    writeFileSync(other, stream("toaster-1.0"));
    const line = "0000000ff8  11 11 11 11 11 11 11 11 44 44 44 44 44 44 44 44  ........DDDDDDDD\n";
    expect(await vmstate(["inspect", known, "--memory", "0xff8+16"])).toMatchObject({ code: 0, out: line });
    expect((await vmstate(["inspect", known, "--memory", "pc.ram:0xff8+16"])).out).toBe(line);
    const refused = await vmstate(["inspect", other, "--memory", "0"]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("give a block and a place in it")]);
    expect((await vmstate(["inspect", known, "--memory", "0x100000"])).err).toContain("the guest has no RAM there");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
