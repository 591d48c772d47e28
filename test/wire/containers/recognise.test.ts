import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { memorySource, readStream } from "../../../core/wire";
import { describedMachine, layersText, recognise, type Recognised } from "../../../core/wire/containers";
import { bytesAt } from "../../../core/wire/containers/source";
import { sampleStream } from "../sample";
import { be, domain, multifdChannel, packetsOf, pcap, pcapng, qcow2Image, saveImage } from "./make";

const tools = {
  inflateRaw: (bytes: Uint8Array, size: number) => inflateRawSync(bytes, { maxOutputLength: size }),
  zstd: (bytes: Uint8Array, size: number) => bytes.subarray(0, size),
};

function read(bytes: Uint8Array, snapshot?: string): Recognised {
  return recognise(memorySource(bytes), { tools, ...(snapshot === undefined ? {} : { snapshot }) });
}

function inside(found: Recognised): Extract<Recognised, { kind: "inside" }> {
  if (found.kind !== "inside") throw new Error(`${found.kind}${found.kind === "none" ? `: ${found.message}` : ""}`);
  return found;
}

function content(found: Recognised): Buffer {
  const { source } = inside(found);
  return Buffer.from(bytesAt(source, 0, source.size));
}

function refused(found: Recognised): string {
  return found.kind === "none" ? found.message : `a ${found.kind}`;
}

const stream = sampleStream({ extraPages: 30 });

describe("a stream by itself", () => {
  it("is one, whatever its version is", () => {
    expect(read(stream)).toEqual({ kind: "stream" });
    expect(read(Buffer.concat([Buffer.from("QEVM"), be(4, 9)]))).toEqual({ kind: "stream" });
  });
});

describe("an image of virsh save", () => {
  it.each([false, true])("gives its stream and the guest (big-endian host: %s)", (bigEndian) => {
    const found = inside(read(saveImage(stream, { bigEndian, cookie: "<cookie/>" })));
    expect(content(found).equals(stream)).toBe(true);
    expect(found.layer.title).toBe("libvirt save image, header version 2, raw");
    expect(found.layer.notes.join("\n")).toMatch(
      /the guest was running[\s\S]*libvirt's cookie; the stream is behind offset 0x/,
    );
  });

  it("shows the domain without its passwords", () => {
    const { xml = "" } = inside(read(saveImage(stream))).layer;
    expect(xml).toBe(domain.trimEnd().replace('"hunter2"', "'...'"));
  });

  it("says which machine it is, buses first, and what is left out", () => {
    const { layer } = inside(read(saveImage(stream)));
    const line =
      "-machine pc-q35-9.0 -smp 2 -m size=524288k -nodefaults " +
      "-device pcie-root-port,chassis=1,port=0x10,id=pci.1,bus=pcie.0,addr=2.0,multifunction=on " +
      "-device qemu-xhci,id=usb,bus=pci.1,addr=0.0";
    expect(layer.machine).toEqual({ line, left: ["hostdev"] });
    expect(describedMachine([layer])).toBe(line);
    expect(layersText([layer], { xml: false })).toContain(`    as QEMU's options: ${line} (left out: hostdev)`);
  });

  it("is told to be packed where it is, from the stream on", () => {
    const image = saveImage(stream, { compressed: 3 });
    expect(read(image)).toMatchObject({ kind: "packed", packing: "xz", offset: image.length - stream.length });
  });

  it("says that a save did not end", () => {
    const { layer } = inside(read(saveImage(stream, { magic: "LibvirtQemudPart" })));
    expect(layer.notes.join()).toContain("incomplete");
  });

  it.each([
    [saveImage(stream, { version: 7 }), "header version 7"],
    [saveImage(stream, { compressed: 99 }), "method 99"],
    [saveImage(stream).subarray(0, 50), "within its header, at byte 50 of 92"],
    [saveImage(stream).subarray(0, 300), "within the domain's description"],
    [saveImage(new Uint8Array(0)), "holds no stream"],
  ])("says what is wrong with it (%#)", (bytes, message) => {
    expect(refused(read(bytes))).toContain(message);
  });
});

describe("a qcow2 image", () => {
  const state = { id: "1", name: "first", state: stream };

  it.each([
    ["of small clusters", {}],
    ["of large clusters", { clusterBits: 16 }],
    ["with extended L2 entries", { clusterBits: 14, extendedL2: true }],
    ["with compressed clusters", { clusterBits: 12, pack: (cluster: Uint8Array) => deflateRawSync(cluster) }],
    ["with clusters packed by zstd", { clusterBits: 12, compressionType: 1, pack: (cluster: Uint8Array) => cluster }],
    ["with a disk of many tables", { diskSize: 5_000_000 }],
  ])("%s gives the stream of its snapshot", (_, options) => {
    expect(content(read(qcow2Image([state], options))).equals(stream)).toBe(true);
  });

  it("with several lists them, and opens each by ID or name", () => {
    const other = sampleStream({ trailer: false });
    const image = qcow2Image([
      state,
      { id: "2", name: "1", state: other, icount: 77n },
      { id: "3", name: "disk", state: new Uint8Array(0) },
    ]);
    const found = read(image);
    expect(found.kind === "several" ? found.layer.snapshots : []).toMatchObject([
      { id: "1", name: "first", date: 1_700_000_000, clock: 3_723_004_000_000n, size: stream.length },
      { id: "2", name: "1", instructions: 77n, size: other.length },
      { id: "3", size: 0 },
    ]);
    expect(content(read(image, "1")).equals(stream)).toBe(true);
    expect(content(read(image, "2")).equals(other)).toBe(true);
    expect(refused(read(image, "disk"))).toContain("the disk alone");
    expect(refused(read(image, "none"))).toContain("no snapshot none; there are: 1 (first), 2 (1), 3 (disk)");
  });

  it("whose disk is a stream, as of a state volume, gives it", () => {
    const found = read(qcow2Image([], { disk: stream, diskSize: 1_000_000 }));
    expect(content(found).subarray(0, stream.length).equals(stream)).toBe(true);
  });

  it("that is cut reads up to there and says where", () => {
    const image = qcow2Image([state]);
    // the clusters stand in front of the tables: a table that leads behind the end
    const table = image.length - 512;
    const damaged = Buffer.from(image);
    for (let at = 512; at < table; at += 8) {
      if (damaged.readBigUInt64BE(at) === (1n << 63n) + 1024n) damaged.writeBigUInt64BE((1n << 63n) + 0x1000_0000n, at);
    }
    const { source } = inside(read(damaged));
    expect(bytesAt(source, 0, source.size)).toHaveLength(512);
    expect(source.problem?.()).toContain("a cluster stands at 0x10000000");
  });

  it("with a damaged cluster says which", () => {
    const image = qcow2Image([state], { clusterBits: 12, pack: () => Buffer.from([7, 7, 7]) });
    const { source } = inside(read(image));
    expect(bytesAt(source, 0, 100)).toHaveLength(0);
    expect(source.problem?.()).toMatch(/compressed cluster at 0x[0-9a-f]+ of the image is damaged/);
  });

  it.each([
    [qcow2Image([]), "has no internal snapshot"],
    [qcow2Image([{ id: "1", name: "d", state: new Uint8Array(0) }]), "snapshots of the disk alone"],
    [qcow2Image([state], { crypt: 2 }), "is encrypted"],
    [qcow2Image([state], { features: 1n << 40n }), "incompatible features 0x10000000000"],
    [
      qcow2Image([], {
        features: 4n,
        extensions: Buffer.concat([be(4, 0x44415441, 8), Buffer.from("data.raw"), be(8, 0)]),
      }),
      "external file (data.raw)",
    ],
    [qcow2Image([state]).subarray(0, 70), "cut within its header, at byte 70"],
    [qcow2Image([state]).subarray(0, 600), "cut within its table of snapshots"],
  ])("says why it holds none (%#)", (bytes, message) => {
    expect(refused(read(bytes))).toContain(message);
  });
});

describe("a stream behind other bytes", () => {
  it.each([
    ["char device redirected to pty\nQEMU says hello\n", "46 bytes of text: char device redirected to pty"],
    ["\0".repeat(4096), "4096 bytes of zeros"],
    ["xQEVM\0\0\0\x04 QE", "12 bytes"],
  ])("is found, and what was skipped is said (%#)", (before, note) => {
    const bytes = Buffer.concat([Buffer.from(before), stream]);
    const found = inside(read(bytes));
    expect(content(found).equals(stream)).toBe(true);
    expect(found.layer.notes.join()).toContain(note);
  });
});

describe("a packet capture", () => {
  const back = packetsOf(Buffer.from([0, 2, 0, 4, 0, 0, 0, 1]), 4444, 50000);
  const channel = packetsOf(multifdChannel(), 50001, 4444, 700);
  const secret = packetsOf(Buffer.from([0x16, 3, 1, 0, 5]), 50002, 4444);

  it.each([
    ["tcpdump", pcap],
    ["Wireshark", pcapng],
  ])("of %s gives the stream, whatever order its segments are in, and names the other connections", (_, write) => {
    const [syn, ...segments] = packetsOf(stream, 50000, 4444);
    const [first, second, third, ...rest] = segments;
    if (!syn || !first || !second || !third) throw new Error("too few");
    const early = { ...second, sequence: second.sequence - 300, data: stream.subarray(700, 2000) };
    const file = write([
      syn,
      first,
      third,
      early,
      first,
      ...back,
      second,
      ...rest.slice(0, -1).reverse(),
      ...channel,
      ...rest.slice(-1),
      ...secret,
    ]);
    const found = inside(read(file));
    expect(content(found).equals(stream)).toBe(true);
    const notes = found.layer.notes.join("\n");
    expect(notes).toMatch(/127\.0\.0\.1:50000 to 127\.0\.0\.1:4444, \d+ bytes: the stream/);
    expect(notes).toContain("the return path");
    expect(notes).toMatch(/: multifd\n {2}channel 3 of version 1[\s\S]*RAM block pc.ram: 2 pages, 1 zero/);
    expect(notes).toContain("TLS, which cannot be read");
  });

  it("says what was not captured, and reads up to there", () => {
    const packets = packetsOf(stream, 50000, 4444);
    const { source, layer } = inside(read(pcap(packets.filter((_, i) => i !== 5))));
    expect(source.size).toBe(4000);
    expect(layer.notes.join("\n")).toContain("lacks 1000 bytes of the connection from byte 4000 on");
    const [last] = [...readStream(source)].slice(-1);
    expect(last?.kind).toBe("error");
  });

  it("without a stream says how to record one", () => {
    expect(refused(read(pcap(packetsOf(Buffer.from("GET / HTTP/1.0"), 1, 2))))).toContain("tcpdump -s 0");
  });
});

describe("parts of a migration", () => {
  it("a channel of multifd is listed", () => {
    const found = read(multifdChannel());
    expect(found.kind === "listed" ? found.layer.notes : []).toEqual([
      `channel 3 of version 1, of the guest with uuid ${"ab".repeat(16)}`,
      "2 packets, 1 of them with a sync",
      "RAM block pc.ram: 2 pages, 1 zero",
      "device state 0000:00:02.0/vfio 0: 5 bytes",
    ]);
    const cut = read(multifdChannel().subarray(0, 900));
    expect(cut.kind === "listed" ? cut.layer.notes.at(-1) : "").toContain("cut at 0x384");
  });

  it("pages by name are listed", () => {
    const page = Buffer.alloc(4096, 5);
    const bytes = Buffer.concat([be(8, 0x8), be(1, 6), Buffer.from("pc.ram"), page, be(8, 0x1028), page]);
    const found = read(bytes);
    expect(found.kind === "listed" ? found.layer.notes : []).toEqual(["RAM block pc.ram: 2 pages of 4096 bytes"]);
  });
});

describe("something else", () => {
  it.each([
    [new Uint8Array(0), "the file is empty"],
    [Buffer.from("\x7fELF\x02\x01\x01"), "an ELF file"],
    [Buffer.from("QCPR\0\0\0\x01"), "cpr-transfer"],
    [Buffer.from(domain), "virsh save DOMAIN"],
    [Buffer.from('{"pc-q35": {"Name": "x"'), "-dump-vmstate"],
    [Buffer.from("qemu: load of migration failed\n"), "vmstate explain"],
    [
      Buffer.from([1, 2, 3, 4, 5]),
      'it begins with 01 02 03 04, and no stream (QEVM) is in it. To make one, in QEMU\'s monitor: migrate "exec:cat > vm.mig"',
    ],
    [Buffer.from("PK\x03\x04....", "latin1"), "a ZIP archive"],
  ])("is named, with the way to a stream (%#)", (bytes, message) => {
    expect(refused(read(bytes))).toContain(message);
  });
});
