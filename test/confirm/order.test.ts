import { rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createProject } from "../../core/project";
import { readGiven, simulate, type SimulationOptions } from "../../core/emulator";
import { openDiskTree } from "../../server/node/tree";
import { exampleTree, vmstate } from "../cli/run";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const line = "-M q35 -m 1 -device demo-iommu -device demo-disk -device demo-nic";
const made: StandIn[] = [];

afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

/** What a QEMU that is built from the example sends, as far as we know. */
function streamOf(options: Partial<SimulationOptions> = {}): Uint8Array {
  const tree = openDiskTree(exampleTree);
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  let stream = new Uint8Array();
  const report = simulate(project, {
    machine: line,
    ...options,
    observe: (bytes) => {
      stream = new Uint8Array(bytes);
    },
  });
  if (!report.ok) throw new Error(report.message);
  return stream;
}

async function order(behaviour: StandInBehaviour, ...more: string[]) {
  const program = makeStandIn(behaviour);
  made.push(program);
  const run = await vmstate(["confirm", "order", "--qemu", program.path, "--tree", exampleTree, ...more]);
  return { ...run, program };
}

describe("a machine's real stream", () => {
  it("is as read", async () => {
    const { code, out, program } = await order({ stream: streamOf() }, "--machine", `qemu-system-x86_64 ${line}`);
    expect(out).toMatch(/\nas read: q35 sends \d+ sections, \d+ equal field by field, in the order that was read\n/);
    expect(code).toBe(0);
    expect(program.runs().at(-1)?.slice(-10)).toEqual(line.split(" "));
  });

  it.each<[string, Partial<SimulationOptions>, RegExp]>([
    [
      "another place",
      { moves: [{ section: "demo-nic", to: "first" }] },
      /demo-nic 0: sent \w+.* read elsewhere at MIG_PRI_DEFAULT\n/,
    ],
    ["a section that was read and is not sent", { drop: ["demo-nic"] }, /demo-nic 0: read, and not sent\n/],
    ["a section more", { machine: `${line} -device demo-timer` }, /demo-timer 0: not in the list that was read\n/],
    ["a level that is broken", { moves: [{ section: "demo-iommu", to: "last" }] }, /demo-iommu 0: sent behind/],
  ])("shows %s", async (_, options, said) => {
    const { code, out } = await order({ stream: streamOf(options) }, "--machine", line);
    expect(out).toMatch(/\nnot as read: /);
    expect(out).toMatch(said);
    expect(code).toBe(1);
  });

  it("that breaks off is not as read", async () => {
    const stream = streamOf();
    const last = readGiven(stream).sections.at(-1);
    const { code, out } = await order(
      { stream: stream.subarray(0, (last?.payloadOffset ?? 0) + 1) },
      "--machine",
      line,
    );
    expect(out).toMatch(/the stream could not be read on at byte \d+/);
    expect(code).toBe(1);
  });

  it("is compared by bytes and level for a board that can't be built", async () => {
    const { code, out } = await order({ stream: streamOf() }, "--machine", `${line} -device sun3`, "--all");
    expect(out).toMatch(/its order is compared by level only: -device sun3: 'sun3' is not a valid device model name/);
    expect(out).toMatch(/demo-disk +0 +MIG_PRI_DEFAULT +\d+ bytes +equal/);
    expect(code).toBe(0);
  });

  it("is compared for each line of a file, and a line that QEMU refuses is told", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vmstate-lines-"));
    const file = join(folder, "machines");
    writeFileSync(file, `# two\n${line}\n\n-M q35\n`);
    const { code, out } = await order({ stream: streamOf() }, "--machine", `@${file}`, "--format", "json");
    rmSync(folder, { recursive: true });
    const { machines } = JSON.parse(out);
    expect(machines.map((each: { line: string }) => each.line)).toEqual([line, "-M q35"]);
    expect(code).toBe(1);
  });
});

describe("what says nothing", () => {
  it.each<[string, StandInBehaviour, RegExp]>([
    ["a machine that is refused", { diesAt: "none", fails: "unsupported machine type" }, /unsupported machine type$/m],
    ["a QEMU that ends", { diesAt: "migrate" }, /QEMU ended without being asked to$/m],
  ])("%s", async (_, behaviour, said) => {
    const { code, err } = await order(behaviour, "--machine", line);
    expect(err).toMatch(said);
    expect(code).toBe(2);
  });

  it("is set aside among others", async () => {
    const { code, out } = await order({ diesAt: "migrate" }, "--machine", line, "--machine", "-M q35");
    expect(out.match(/^set aside: QEMU ended$/gm)).toHaveLength(2);
    expect(code).toBe(2);
  });

  it("a line that is none", async () => {
    const { code, err } = await order({}, "--machine", "-M 'q35");
    expect([code, err]).toEqual([2, "vmstate: --machine: the command line ends inside a quotation (')\n"]);
  });
});
