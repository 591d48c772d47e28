import { afterEach, describe, expect, it } from "vitest";
import { changedByLoad, isKept } from "../../core/confirm/roundTrip";
import { simulate } from "../../core/emulator";
import { createProject, type Project } from "../../core/project";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { openDiskTree } from "../../server/node/tree";
import { exampleTree, vmstate } from "../cli/run";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const line = "-M q35 -m 1 -device demo-disk -device demo-nic";
const made: StandIn[] = [];
const project = openExample();

afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function openExample(): Project {
  const tree = openDiskTree(exampleTree);
  const opened = createProject(tree);
  for (const path of tree.paths()) opened.load(path);
  return opened;
}

/** Another seed gives the devices other values. */
function streamOf(seed: number): Uint8Array {
  let stream = new Uint8Array();
  simulate(project, { machine: line, seed, observe: (bytes) => (stream = new Uint8Array(bytes)) });
  return stream;
}

function roundTrip(behaviour: StandInBehaviour, ...more: string[]) {
  const standIn = makeStandIn({ stream: streamOf(1), ...behaviour });
  made.push(standIn);
  return vmstate(["confirm", "roundtrip", "--qemu", standIn.path, "--machine", line, ...more]);
}

describe("a machine that is saved, loaded and saved again", () => {
  it("is as it was", async () => {
    const { out, code } = await roundTrip({});
    expect(out).toMatch(
      /as it starts: saved again as it was loaded, \d+ sections\n.*written: saved again as it was loaded/,
    );
    expect(code).toBe(0);
  });

  it("is shown with each field that the load changes, before and after", async () => {
    const { out, code } = await roundTrip({ again: streamOf(2) });
    expect(out).toMatch(
      /as it starts: \d+ sections of \d+ changed by the load\n[\s\S]*demo-disk 0 v\d\n {8}\S+: \S+ -> \S+\n/,
    );
    expect(code).toBe(1);
    const { machines } = JSON.parse((await roundTrip({ again: streamOf(2) }, "--format", "json")).out);
    const [{ states }] = machines;
    expect(states[0].report.changed[0].fields[0]).toMatchObject({ path: expect.any(String), a: expect.any(String) });
  });

  it("tries each device by itself", async () => {
    const { out } = await roundTrip({}, "--device", "demo-disk", "--device", "demo-nic,mac=1");
    expect(out.split("\n").filter((each) => each.startsWith("-M"))).toEqual([
      `${line} -device demo-disk`,
      `${line} -device demo-nic,mac=1`,
    ]);
    const [standIn] = made;
    expect(standIn?.runs().filter((argv) => argv.includes("demo-disk,id=vmstate-dut"))).toHaveLength(6);
  });

  it("that does not load what it saved has no result, and says why", async () => {
    const { out, code } = await roundTrip({ refuses: "load of migration failed: Invalid argument" });
    expect(out).toContain(
      "as it starts: no result: it does not load what it saved: load of migration failed: Invalid argument\n",
    );
    expect(code).toBe(2);
  });

  it("is saved after its guest has run where that is asked for, and its processors are compared", async () => {
    const registers = ["PC=10 CC=2\r\nR1=5\r\nTIME=1", "PC=10 CC=0\r\nR1=5\r\nTIME=2", "PC=10 CC=0\r\nR1=5\r\nTIME=3"];
    const { out, code } = await roundTrip({ registers }, "--run", "0.01");
    expect(out).toMatch(
      /after it has run: 0 sections of \d+ changed by the load \(1 field set aside: two loads differ in them too\)\n {4}info registers\n {6}- PC=10 CC=2\n {6}\+ PC=10 CC=0\n$/,
    );
    expect(code).toBe(1);
    const alike = await roundTrip({ registers: ["R1=5", "R1=5", "R1=5"] }, "--run", "0.01");
    expect(alike.out).toContain("after it has run: saved again as it was loaded");
    expect(alike.code).toBe(0);
    expect((await roundTrip({ registers })).out).not.toContain("after it has run");
    expect((await roundTrip({}, "--run", "soon")).err).toContain("Give seconds, up to 3600.");
  });

  it("that ends is set aside", async () => {
    const { out, code } = await roundTrip({ diesAt: "migrate" });
    expect(out).toContain("no result: set aside: QEMU ended");
    expect(code).toBe(2);
  });
});

describe("what two starts do not have in common", () => {
  const [one, two, three] = [1, 2, 3].map((seed) => inspectStream(memorySource(streamOf(seed))));

  it("is no change by the load", () => {
    if (!one || !two || !three) throw new Error("no streams");
    expect(isKept(changedByLoad(one, one, [one, one]))).toBe(true);
    expect(isKept(changedByLoad(one, two, [one, one]))).toBe(false);
    const report = changedByLoad(one, two, [one, two]);
    expect(report).toMatchObject({ changed: [] });
    expect(report.unsteady).toBeGreaterThan(0);
  });
});
