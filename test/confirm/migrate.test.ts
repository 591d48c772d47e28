import { afterEach, describe, expect, it } from "vitest";
import type { TreeFinding } from "../../core/compat";
import { judgeEnds } from "../../core/confirm/ends";
import { simulate } from "../../core/emulator";
import { createProject } from "../../core/project";
import { openDiskTree } from "../../server/node/tree";
import { exampleTree, vmstate } from "../cli/run";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const line = "-M q35 -m 1 -device demo-disk -device demo-nic";
const made: StandIn[] = [];

afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function program(behaviour: StandInBehaviour): string {
  const standIn = makeStandIn({ stream: exampleStream(), ...behaviour });
  made.push(standIn);
  return standIn.path;
}

function exampleStream(): Uint8Array {
  const tree = openDiskTree(exampleTree);
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  let stream = new Uint8Array();
  simulate(project, { machine: line, observe: (bytes) => (stream = new Uint8Array(bytes)) });
  return stream;
}

const trees = ["--from-tree", exampleTree, "--to-tree", exampleTree];

function migrate(from: StandInBehaviour, to: StandInBehaviour, ...more: string[]) {
  const programs = ["--from", program({ version: [1, 0, 0], ...from }), "--to", program({ version: [2, 0, 0], ...to })];
  return vmstate(["confirm", "migrate", ...programs, "--machine", line, ...more]);
}

describe("machines between two QEMUs", () => {
  it("load both ways, as is read", async () => {
    const { code, out } = await migrate({}, {}, ...trees);
    expect(out).toBe(
      `old: 1.0.0 (stand-in), new: 2.0.0 (stand-in)\n\n${line}\n  old to new: loads; read: loads\n  new to old: loads; read: loads\n`,
    );
    expect(code).toBe(0);
  });

  it("are refused where nothing of it is read", async () => {
    const refuses = "error while loading state for instance 0x0 of device '0000:00:01.0/demo-nic'";
    const { code, out } = await migrate({}, { refuses }, ...trees);
    expect(out).toMatch(
      /old to new: refused at demo-nic: error while .*; read: loads \(not as read\)\n {2}new to old: loads;/,
    );
    expect(code).toBe(1);
  });

  it("say what they do without trees, and where there is no result", async () => {
    const { code, out } = await migrate(
      { diesAt: "migrate" },
      { refuses: "Unknown section or instance 'demo-nic' 0." },
    );
    expect(out).toMatch(/old to new: no result: set aside: QEMU ended\n {2}new to old: loads\n/);
    expect(code).toBe(2);
    const json = await migrate({}, { refuses: "Unknown section or instance 'demo-nic' 0." }, "--format", "json");
    expect(JSON.parse(json.out).machines[0].ends[0].real).toMatchObject({ kind: "refused", section: "demo-nic" });
    expect(json.code).toBe(1);
  });

  it("do not run with half of the trees, or for two targets", async () => {
    const half = await migrate({}, {}, "--to-tree", exampleTree);
    expect([half.code, half.err]).toEqual([2, "vmstate: --from-tree and --to-tree belong together\n"]);
    const targets = await migrate({}, { target: "ppc64" });
    expect([targets.code, targets.err]).toEqual([2, "vmstate: --from runs x86_64, --to runs ppc64\n"]);
  });
});

describe("what is read of a stream", () => {
  const finding = (more: Partial<TreeFinding>): TreeFinding => ({
    verdict: "refused",
    certain: true,
    declared: false,
    message: "",
    offset: undefined,
    saver: undefined,
    loader: undefined,
    difference: undefined,
    section: "nic",
    direction: "old->new",
    types: [],
    ...more,
  });
  const judged = (messages: readonly string[] | undefined, ...findings: TreeFinding[]) =>
    judgeEnds("old->new", messages, ["ram", "0000:00:01.0/nic"], findings);

  it.each<[string, readonly string[] | undefined, TreeFinding, boolean]>([
    ["a refusal that comes", ["Missing section footer for 0000:00:01.0/nic"], finding({}), true],
    ["a refusal that does not come", undefined, finding({}), false],
    ["one by state that does not come", undefined, finding({ optional: true }), true],
    ["one by state that comes", ["error of device 'nic'"], finding({ certain: false }), true],
    ["a refusal elsewhere", ["error of device 'disk'"], finding({}), false],
    ["another direction", undefined, finding({ direction: "new->old" }), true],
    ["a section that is not there", undefined, finding({ section: "disk" }), true],
  ])("%s", (_, messages, found, agrees) => {
    expect(judged(messages, found).agrees).toBe(agrees);
  });

  it("wrong values are told", () => {
    expect(judged(undefined, finding({ verdict: "wrong-values" }))).toMatchObject({ agrees: true, wrong: ["nic"] });
  });
});
