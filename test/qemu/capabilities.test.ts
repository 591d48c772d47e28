/** Streams that real QEMU writes with its migration capabilities on: read to the last byte, and written again byte for byte. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { edited } from "./edited";
import { type Guest, guestOptions, openGuest } from "./guest";
import { migrationEnd, type Release, type RunningQemu, startQemu } from "./realQemu";

const line = "-nodefaults -M q35 -m 32 -device e1000e".split(" ");
const shared = (folder: string) => [
  "-object",
  `memory-backend-file,id=shared,size=32M,mem-path=${folder}/ram,share=on`,
  "-machine",
  "memory-backend=shared",
];

interface Case {
  readonly capabilities: readonly string[];
  readonly releases: readonly Release[];
  /** Written by QEMU itself, which may seek in it. */
  readonly toFile?: true;
  readonly options?: (folder: string) => readonly string[];
  /** The guest writes to the same pages while they are sent. */
  readonly busy?: true;
}

const cases: readonly Case[] = [
  { capabilities: ["xbzrle"], releases: ["7.2", "10.0"], busy: true },
  { capabilities: ["compress"], releases: ["7.2"] },
  { capabilities: ["x-ignore-shared"], releases: ["7.2", "10.0"], options: shared },
  { capabilities: ["dirty-bitmaps"], releases: ["7.2", "10.0"] },
  {
    capabilities: ["validate-uuid"],
    releases: ["7.2", "10.0"],
    options: () => ["-uuid", "12345678-1234-1234-1234-123456789abc"],
  },
  { capabilities: ["mapped-ram"], releases: ["10.0"], toFile: true },
];

async function writeTo(guest: Guest, pages: number, value: number): Promise<void> {
  for (let page = 0; page < pages; page++) await guest.write(0x400000 + page * 0x1000, value, 4);
}

/** How often QEMU has asked which pages were written; undefined once the migration is over. */
async function timesSynced(qemu: RunningQemu): Promise<number | undefined> {
  const { status, ram } = (await qemu.command("query-migrate")) as Migration;
  return status === "active" || status === "setup" ? (ram?.["dirty-sync-count"] ?? 0) : undefined;
}

interface Migration {
  readonly status?: string;
  readonly ram?: { readonly "dirty-sync-count": number };
}

async function streamWith(release: Release, wanted: Case): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-stream-"));
  const file = join(folder, "stream");
  const control = join(folder, "qtest");
  const own = wanted.options?.(folder) ?? [];
  const qemu = await startQemu(release, "x86_64", [...line, ...own, ...guestOptions(control)]);
  const guest = await openGuest(control);
  try {
    const on = wanted.capabilities.map((capability) => ({ capability, state: true }));
    await qemu.command("migrate-set-capabilities", { capabilities: on });
    if (wanted.busy) {
      await qemu.command("migrate-set-parameters", { "max-bandwidth": 1 << 20, "downtime-limit": 1 });
      await writeTo(guest, 20, 1);
    }
    await qemu.command("migrate", { uri: wanted.toFile ? `file:${file}` : `exec:cat > ${file}` });
    for (let round = 2; wanted.busy && round < 22; round++) {
      const before = await timesSynced(qemu);
      await writeTo(guest, 20, round);
      while (before !== undefined && (await timesSynced(qemu)) === before) await delay(20);
    }
    await qemu.command("migrate-set-parameters", { "max-bandwidth": 1 << 30, "downtime-limit": 2000 });
    expect(await migrationEnd(qemu)).toBe("completed");
    if (wanted.busy) {
      const sent = await qemu.command("query-migrate");
      expect(sent).toMatchObject({ "xbzrle-cache": { pages: expect.any(Number) } });
      expect(sent).not.toMatchObject({ "xbzrle-cache": { pages: 0 } });
    }
    return new Uint8Array(readFileSync(file));
  } finally {
    guest.close();
    await qemu.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const each = cases.flatMap((wanted) => wanted.releases.map((release) => ({ release, wanted })));

describe.each(each)("QEMU $release with $wanted.capabilities on", ({ release, wanted }) => {
  it("writes a stream that is read to its end and comes out the same", async () => {
    const stream = await streamWith(release, wanted);
    const { error, sections, trailer } = inspectStream(memorySource(stream));
    expect(error).toBeUndefined();
    expect(trailer).toBeDefined();
    expect(sections.length).toBeGreaterThan(20);
    expect(Buffer.compare(edited(stream, {}), stream)).toBe(0);
  });
});
