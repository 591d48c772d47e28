import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { URI } from "vscode-uri";
import { nodeHost } from "../../../server/node/host";
import { type InspectParams, type InspectResult, methods, type StreamBytesParams } from "../../../server/protocol";
import { qcow2Image, saveImage } from "../../wire/containers/make";
import { sampleStream } from "../../wire/sample";
import { connectClient, type TestClient } from "../client";

describe("a stream for an editor", () => {
  let folder = "";
  let client: TestClient;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-editor-"));
    client = await connectClient(nodeHost(undefined), { folders: [] });
  });
  afterEach(() => {
    client.connection.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function at(name: string, bytes: Uint8Array): string {
    writeFileSync(join(folder, name), bytes);
    return URI.file(join(folder, name)).toString();
  }
  const inspect = (params: InspectParams) => client.connection.sendRequest<InspectResult>(methods.inspect, params);
  const bytes = async (params: StreamBytesParams) =>
    Buffer.from(await client.connection.sendRequest<string>(methods.streamBytes, params), "base64");

  it("that is the file has nothing around it", async () => {
    const found = await inspect({ uri: at("vm.mig", sampleStream()) });
    expect(found).toMatchObject({ machine: "pc-sample-1.0", size: sampleStream().length });
    expect(found.around).toBeUndefined();
  });

  it("in an image of virsh save is the same, and its bytes are the stream's", async () => {
    const stream = sampleStream();
    const uri = at("vm.save", saveImage(gzipSync(stream), { compressed: 1 }));
    const { around, ...rest } = await inspect({ uri });
    expect(around).toMatchObject([{ title: "libvirt save image, header version 2, packed by gzip" }]);
    expect(rest).toEqual(await inspect({ uri: at("vm.mig", stream) }));
    expect(await bytes({ uri, offset: 8, size: 100 })).toEqual(Buffer.from(stream.subarray(8, 108)));
    expect(await bytes({ uri, offset: stream.length - 4, size: 100 })).toHaveLength(4);
  });

  it("of several is the one that is named", async () => {
    const [one, two] = [sampleStream(), sampleStream({ trailer: false })];
    const uri = at(
      "disk.qcow2",
      qcow2Image([
        { id: "1", name: "one", state: one },
        { id: "2", name: "two", state: two },
      ]),
    );
    const listed = await inspect({ uri });
    expect(listed.sections).toEqual([]);
    expect(listed.around?.[0]?.snapshots.map(({ id, name }) => [id, name])).toEqual([
      ["1", "one"],
      ["2", "two"],
    ]);
    expect((await inspect({ uri, snapshot: "2" })).size).toBe(two.length);
    expect(await bytes({ uri, snapshot: "1", offset: 0, size: one.length })).toEqual(Buffer.from(one));
  });

  it("is read with other bytes, which have no say about its size", async () => {
    const stream = sampleStream();
    const uri = at("vm.save", saveImage(gzipSync(stream), { compressed: 1 }));
    const field = (found: InspectResult, name: string) =>
      found.sections.flatMap(({ fields }) => fields).find((each) => each.name === name && each.typed !== undefined);
    const { around, ...plain } = await inspect({ uri });
    const [first] = plain.sections.flatMap(({ fields }) => fields).filter(({ typed }) => typed === "unsigned");
    if (first?.offset === undefined || first.size === undefined) throw new Error("the sample has no integer");
    const edit = { offset: first.offset, bytes: Buffer.alloc(first.size, 0x7f).toString("base64") };
    const changed = await inspect({ uri, edits: [edit, { offset: stream.length, bytes: "AAAA" }] });
    expect(field(changed, first.name)?.text).toContain(`0x${"7f".repeat(first.size)}`);
    expect(changed.size).toBe(stream.length);
    expect((await inspect({ uri })).sections).toEqual(plain.sections);
    for (const wrong of [
      { offset: -1, bytes: "" },
      { offset: 0, bytes: "%" },
      { offset: 0.5, bytes: "" },
    ])
      await expect(inspect({ uri, edits: [wrong] })).rejects.toThrow("no edit of a stream");
  });

  it("that is none is refused with what the file is", async () => {
    await expect(inspect({ uri: at("a.zip", Buffer.from("PK\x03\x04")) })).rejects.toThrow("a ZIP archive");
    await expect(inspect({ uri: URI.file(join(folder, "none")).toString() })).rejects.toThrow("cannot be read here");
    await expect(bytes({ uri: at("x.mig", sampleStream()), offset: 0, size: 1 << 30 })).rejects.toThrow("no bytes");
  });
});
