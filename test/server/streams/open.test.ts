import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Opening } from "../../../core/wire/containers";
import { bytesAt } from "../../../core/wire/containers/source";
import { type OpenOptions, openStreamFile } from "../../../server/node/streams/open";
import { sampleStream } from "../../wire/sample";
import { saveImage } from "../../wire/containers/make";

/** A stream's header and end, then what repeats and what does not; packed in two parts by the tool that the name says. */
const plain = Buffer.concat([
  Buffer.from("QEVM\0\0\0\x03\0"),
  Buffer.from("abcdefgh".repeat(400)),
  Buffer.from(Array.from({ length: 1024 }, (_, i) => i & 255)),
  Buffer.alloc(9000),
]);
const packed: Readonly<Record<string, string>> = {
  xz: "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4BOHARJdACiRRxJP3Usmn77diVT4uI7kkQtndCnFBDsVPsWNyHGFMyXbPBe15zI4XgCwD6gJQFjp0xUNxjA3BzEPEMS8RqP59zhNh6zIK7L597elxPSr8fJbuVJ7fa64m2JtHywf2xirUMgkxCI1uq800loQq5uTQ9CDtWRb95Ol+J3BzEGZ1O0JLCBcKPD14sbd17/p4X/8Uzon0r18dW5fTALeh19+gcibs91aQQ+C+o8HrrWkhhWrP1IVm70tmgeYICFk131XpKPPTQOUSdfI6o/gDsE0bEIVzU/lcd1SwUEBqQAUOR8EwiNvnZRUUTkLgHXdUMcMJqLJsuCq+RfckeNylaBqoBWaXcBJkQrNNv4pSiMcY7gAAABWy3rn15cE7QABrgKIJwAAkjlsj7HEZ/sCAAAAAARZWv03elhaAAAE5ta0RgIAIQEWAAAAdC/lo+AgKAAoXQAAb/3//6O3/0c+SBVyOWFRuJIo5qOGB/nu5B6C0y/FOjwBSsOtYAAAAK6/GuEx/jiLAAFEqUAAAAB9Ob+xscRn+wIAAAAABFla",
  bzip2:
    "QlpoOTFBWSZTWQ5t7wkAAKz/////////////////////////////////////////////wAI8AACTAATAAEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACTAATAAEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACqlSamnpoNTZABGAE0wBMCYI0NGGTTQmA0ANQ0wCMEwQ0NGTJpo9AACYARgAAARhNMCYTTQNNDRoY0J4JZHxJLoiETCUlyKiIQ8MiIoiSYEWTEmRMyaEYeITUjSOJsTcnBOSdE7J4T0nxPzxTxigFBKEUMohRSjFHKQUk8cpR5BSymFNKcU8qBUSpFTPJKoVUqxVysFZPKK0VsrhXSvHlnmFfPNPOPPLASXolhLEWMshHkgWqRJEsxJEhZyMLQWk9IjbUTMtZbC2luLeXAky4lyJOEIQEI65l0IIELqQQIXYggQu5BAheCCBC8kECEoQQIRZ6Z6h6pej1i9l8L6X4v5gDAmCPXPYMGYQwphjDnsmIMSYoxZjD2j2z3DGnunvHvmOPgPhMeZA+IyJkj4zJnyGUPlPmJUypljLmYMyZozZnDOmeM+aA0JojRnzmkNKaY05qDUmqNWaw1p9B9JrjXmwNibI2ZtDam2Nubg3Jujdm8N6b435wDgnCOGcQ4p9R9ZxjjnIOSfYco+05ZzDmnOOedA+46J0jpnUPvOqfgdY/E/I/M/Q/U65+x2D9z+D+Tsn9H9naP8P9P+O2dw7pKwliWO8d88B/4u5IpwoSAc294SBCWmg5MUFZJlNZCu60WgAAEEQAwAACAAAIIAAwzAVTakCjg8XckU4UJAK7rRaA",
  zstd: "KLUv/QRY9QgAlBBRRVZNAAAAAwBhYmNkZWZnaAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2BpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr/AwcLDxMXGx8jJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f7/BAD78Apc/A2sKiE3IXHWcX4BAz3FadwotS/9BFhNAAAQAAABACSAB1jMRJlE",
  lz4: "BCJNGGRApzEBAAD/AlFFVk0AAAADAGFiY2RlZmdoCAD///////////////9x9FIAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9g4Qz/iGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+goaKjpKWmp6ipqqusra6vsLGys7S1tre4ubq7vL2+v8DBwsPExcbHyMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9/v8AAf//8A8BAP//6FAAAAAAAAAAAAAa3iNwBCJNGGRApysAAAAfAAEA//////////////////////////////////////////8wUAAAAAAAAAAAABdBf/E=",
  "lz4 with blocks that hang together":
    "BCJNGGRApzEBAAD/AlFFVk0AAAADAGFiY2RlZmdoCAD///////////////9x9FIAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9g4Qz/iGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+goaKjpKWmp6ipqqusra6vsLGys7S1tre4ubq7vL2+v8DBwsPExcbHyMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9/v8AAf//8A8BAP//6FAAAAAAAAAAAAAa3iNwBCJNGGRApysAAAAfAAEA//////////////////////////////////////////8wUAAAAAAAAAAAABdBf/E=",
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-open-"));
  // what is unpacked goes here, so that a test sees what is left
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function open(bytes: Uint8Array, options: Partial<OpenOptions["unpack"]> = {}): Promise<Opening> {
  const file = join(folder, "file");
  writeFileSync(file, bytes);
  return openStreamFile(file, { unpack: { most: 1 << 30, ...options } });
}

function opened(opening: Opening): Extract<Opening, { kind: "stream" }> {
  if (opening.kind !== "stream") throw new Error(opening.kind === "none" ? opening.message : opening.kind);
  return opening;
}

async function content(bytes: Uint8Array): Promise<Buffer> {
  const { source, close } = opened(await open(bytes));
  try {
    return Buffer.from(bytesAt(source, 0, source.size));
  } finally {
    close();
  }
}

describe("packed streams", () => {
  it.each(Object.entries(packed))("%s, of several parts, is read to the last byte", async (_, base64) => {
    expect((await content(Buffer.from(base64, "base64"))).equals(plain)).toBe(true);
  });

  it("gzip is, also within a libvirt image within gzip", async () => {
    const stream = sampleStream({ extraPages: 50 });
    const image = gzipSync(saveImage(gzipSync(stream), { compressed: 1 }));
    const { layers, source, close } = opened(await open(image));
    expect(layers.map(({ title }) => title)).toEqual([
      "gzip file",
      "libvirt save image, header version 2, packed by gzip",
    ]);
    expect(Buffer.from(bytesAt(source, 0, source.size)).equals(stream)).toBe(true);
    close();
  });

  it.each([
    [
      "a check of SHA-256",
      "/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4ACHAEpdACiRRxJP3Usmn0GQgJNt7MZzLuTetCcxstFLhYTiH2rKCkfdf+4w+EBdRKOJXA4GbMmB46xpvlrldxGbNU45TeX+sOApkyjTAKAAAAAADoWJmSS8s2jgv27QG8ctgpt9SzjWBbDfLYc3WV31YYAAAX6IAQAAAFokV8u26d8cAgAAAAAKWVo=",
    ],
    [
      "a delta filter",
      "/Td6WFoAAAFpIt42AgEDAQMhARaXj3H84ACHABldACiRRxJXEuXHPP4Ua2YEaFABTcKvvSI8AAAAAAAA+N9qjQABMYgBAAAA45xZNT4wDYsCAAAAAAFZWg==",
    ],
  ])("xz with %s is not called damaged: it is said what unpacks it", async (_, base64) => {
    const opening = await open(Buffer.from(base64, "base64"));
    const message = opening.kind === "none" ? opening.message : "";
    expect(message).toContain("are not read here: xz -dc FILE > vm.mig");
    expect(message).not.toContain("damaged");
  });

  it.each(Object.entries(packed))("%s that is cut or damaged gives what was before, or says so", async (_, base64) => {
    const whole = Buffer.from(base64, "base64");
    const opening = await open(whole.subarray(0, whole.length - 40));
    if (opening.kind === "stream") {
      expect(opening.source.size).toBeLessThan(plain.length);
      expect(opening.source.problem?.()).toMatch(/data are cut or damaged \(.+\): \d+ bytes could be unpacked/);
      opening.close();
    } else expect(opening.kind === "none" ? opening.message : "").toContain("cut or damaged");
  });

  it.each(Object.entries(packed))("%s with a bit changed is told, wherever the bit is", async (_, base64) => {
    const whole = Buffer.from(base64, "base64");
    for (let at = 8; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const opening = await open(damaged);
      const isTold = opening.kind !== "stream" || opening.source.problem?.() !== undefined;
      const isSame =
        opening.kind === "stream" && Buffer.from(bytesAt(opening.source, 0, opening.source.size)).equals(plain);
      // some bits mean nothing: a size that is said beside the data, padding
      expect({ at, right: isTold || isSame }).toEqual({ at, right: true });
      if (opening.kind === "stream") opening.close();
    }
  });

  it("leave nothing behind, open or closed", async () => {
    const { close } = opened(await open(gzipSync(sampleStream())));
    const left = process.platform === "win32" ? 1 : 0;
    expect(readdirSync(folder).filter((name) => name !== "file")).toHaveLength(left);
    close();
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("are not unpacked beyond the bound", async () => {
    const bomb = gzipSync(Buffer.concat([sampleStream(), Buffer.alloc(4 << 20)]));
    const opening = await open(bomb, { most: 1 << 20 });
    expect(opening).toMatchObject({
      kind: "none",
      message: expect.stringContaining("more than 1048576 bytes are packed"),
    });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("stop where nobody waits any more", async () => {
    const stop = () => {
      throw new Error("cancelled");
    };
    await expect(open(gzipSync(sampleStream()), { report: stop })).rejects.toThrow("cancelled");
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});
