/** `vmstate confirm` with a real binary: what it says of it, and that runs which are given up leave nothing. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QemuFailure } from "../../qemu/failure";
import { withMachine } from "../../qemu/machine";
import { loadStream, saveStream } from "../../qemu/migration";
import type { JsonFinding } from "../../cli/report/json";
import { vmstate } from "../cli/run";
import { sourceTree } from "./tree";

const folder = mkdtempSync(join(tmpdir(), "vmstate-confirm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** $QEMU_BINARY takes a release and a target; a user's QEMU is a program by itself. */
function qemu(release: string, target: string): string {
  const program = process.env.QEMU_BINARY;
  if (program === undefined || !existsSync(program)) {
    throw new Error("set QEMU_BINARY to a program that runs `PROGRAM RELEASE TARGET ARGUMENTS…`");
  }
  const path = join(folder, `qemu-${release}-${target}`);
  writeFileSync(path, `#!/bin/sh\nexec '${program}' ${release} ${target} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

const founding = "-M q35 -m 16 -device intel-iommu -device ich9-ahci";
const moved = ["--machine", founding, "--move", "0000:00:1f.2/ich9_ahci", "--before", "iommu-intel"];

describe.each([
  ["7.2", "QEMU_SOURCE_7_2"],
  ["10.0", "QEMU_SOURCE_10_0"],
] as const)("QEMU %s", (release, source) => {
  let tree = "";
  beforeAll(() => {
    tree = sourceTree(source);
  });
  const confirm = (what: string, ...more: string[]) =>
    vmstate(["confirm", what, "--qemu", qemu(release, "x86_64"), "--tree", tree, ...more]);

  it("prints the tables of its tree, but for what updates changed", async () => {
    const { out } = await confirm("tables", "--format", "json");
    const { types, equal, onlyBinary } = JSON.parse(out);
    expect(types).toBeGreaterThan(200);
    expect(types - equal).toBeLessThanOrEqual(3);
    expect(onlyBinary).toEqual([]);
  });

  it("sends its machines as read", async () => {
    const machines = [
      "-M pc -m 16 -device e1000",
      `${founding} -device qemu-xhci`,
      "-M microvm -m 16",
      "-M pc -m 16 -device i82550 -device pcnet",
      "-M q35 -m 16 -device pxb-pcie,id=p,bus_nr=10 -device pcie-root-port,bus=p,id=r -device e1000e,bus=r",
      "-M pc -m 16 -device pxb,id=p,bus_nr=10 -device e1000,bus=p,addr=1",
      "-M q35 -m 16 -device virtio-serial,id=vs -device virtserialport,bus=vs.0,name=a",
      "-M q35 -m 16 -device qemu-xhci -drive if=none,id=d,driver=null-co,size=1M -device usb-storage,drive=d",
    ];
    const { out, code } = await confirm("order", ...machines.flatMap((line) => ["--machine", line]));
    expect(out.match(/^as read: .* in the order that was read$/gm)).toHaveLength(machines.length);
    expect(code).toBe(0);
  });

  it("shows what a controller does that loads before its IOMMU", async () => {
    const { out, code } = await confirm("check", ...moved, "--format", "json");
    const [run] = JSON.parse(out).runs;
    if (release === "7.2") {
      expect(run.verdict.kind).toBe("refused");
      expect(run.verdict.messages.join("\n")).toMatch(/^AHCI: Failed to start .* engine: bad .* buffer address$/m);
      expect(run.read).toBe("failed");
    } else {
      expect(run.verdict).toEqual({ kind: "wrong memory" });
      expect(run.read).toBe("corrupted");
    }
    expect(code).toBe(1);
  });

  it("loses what a device without a table holds", async () => {
    const { out, code } = await confirm("probe", "--device", "edu", "--device", "e1000", "--format", "json");
    const [edu, e1000] = JSON.parse(out).devices;
    expect(edu.lost.length).toBeGreaterThan(3);
    expect(e1000).toMatchObject({ lost: [], setAside: 0 });
    expect(code).toBe(1);
  });

  it("confirms the finding at a place, and check shows it", async () => {
    const path = "hw/misc/edu.c";
    const check = async (...more: string[]): Promise<readonly JsonFinding[]> =>
      JSON.parse((await vmstate(["check", "--tree", tree, "--review", "--format", "json", ...more, path])).out);
    const isBare = ({ code }: JsonFinding): boolean => code === "device-without-table";
    const line = (await check()).find(isBare)?.range.start.line ?? 0;
    const kept = join(folder, `verdicts-${release}.json`);
    const { code, out } = await confirm("check", "--at", `${path}:${line + 1}`, "--verdicts", kept);
    expect(out).toMatch(
      /\[device-without-table\] confirmed on .*: a migration loses \d+ of [\d,]+ registers of edu: edu-mmio /,
    );
    expect(code).toBe(1);
    const [verdict] = (await check("--verdicts", kept)).find(isBare)?.verdicts ?? [];
    expect(verdict).toMatchObject({
      kind: "confirmed",
      binary: expect.stringMatching(`^${release}`),
      target: "x86_64",
    });
  });
});

it("7.2 and 10.0 migrate as diff reads it, an ESP not", { timeout: 300_000 }, async () => {
  const sides = ["--from", qemu("7.2", "x86_64"), "--to", qemu("10.0", "x86_64")];
  const trees = ["--from-tree", sourceTree("QEMU_SOURCE_7_2"), "--to-tree", sourceTree("QEMU_SOURCE_10_0")];
  const lines = ["-M pc-i440fx-7.2 -m 16 -device e1000e", "-M pc-i440fx-7.2 -m 16 -device am53c974"];
  const argv = [...sides, ...trees, ...lines.flatMap((line) => ["--machine", line]), "--format", "json"];
  const { machines } = JSON.parse((await vmstate(["confirm", "migrate", ...argv])).out);
  const ends = machines.map((each: { ends: unknown }) => each.ends);
  expect(ends).toMatchObject([
    [
      { real: { kind: "loads" }, agrees: true },
      { real: { kind: "loads" }, agrees: true },
    ],
    [
      { real: { kind: "refused", section: "pciespscsi" }, agrees: true },
      { real: { kind: "loads" }, wrong: ["pciespscsi"], agrees: true },
    ],
  ]);
});

/** Process ids of programs that this process started and that still run. */
function children(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, state, parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return (
          state !== "Z" && (Number(parent) === process.pid || argv.includes(folder)) && argv.includes("vmstate-qmp")
        );
      } catch {
        return false;
      }
    });
}

it("100 runs that are given up at random leave no process, no socket and no file", { timeout: 600_000 }, async () => {
  const path = qemu("10.0", "x86_64");
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`vmstate-qemu-${process.pid}-`));
  const args = ["-M", "q35", "-m", "16"];
  const program = { path, cwd: tmpdir(), seconds: 60, memory: undefined };
  const stream = await withMachine(program, { args }, saveStream);
  let state = 11;
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor(state / 2 ** 16) % below;
  };
  const ends = new Map<string, number>();
  for (let run = 0; run < 100; run++) {
    const cancel = new AbortController();
    const incoming = run % 2 === 0;
    const giveUp = async (): Promise<void> => {
      for (let turn = random(60); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
      cancel.abort();
    };
    const early = random(3) === 0;
    if (early) void giveUp();
    const ending = withMachine(
      { ...program, signal: cancel.signal },
      { args, incoming, guest: true },
      async (machine) => {
        if (!early) void giveUp();
        await (incoming ? loadStream(machine, stream) : saveStream(machine));
      },
    ).then(
      () => "done",
      (error: unknown) => (error instanceof QemuFailure ? error.kind : String(error)),
    );
    const end = await ending;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    expect(left()).toEqual([]);
  }
  await expect.poll(children).toEqual([]);
  expect(ends.get("cancelled")).toBeGreaterThan(50);
  expect([...ends.keys()].filter((end) => end !== "cancelled" && end !== "done")).toEqual([]);
});
