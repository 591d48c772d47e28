import { afterEach, describe, expect, it } from "vitest";
import { belongsTo, regionsIn } from "../../qemu/probe/regions";
import { exampleTree, vmstate } from "../cli/run";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const made: StandIn[] = [];

afterEach(async () => {
  for (const each of made.splice(0)) {
    await expect.poll(each.alive).toEqual([]);
    each.remove();
  }
});

const range = (start: string, end: string, rest: string) => `  00000000${start}-00000000${end} (prio 0, ${rest}\n`;
const mtree =
  'FlatView #0\n AS "cpu-memory-0", root: system\n AS "memory", root: system\n Root memory region: system\n' +
  range("00000000", "000fffff", "ram): ram") +
  range("40000000", "4000000f", "i/o): dut-regs @0000000000000000 owner:{dev id=vmstate-dut}") +
  range("40000010", "40000017", "i/o): other owner:{dev path=/machine/soc/other}") +
  'FlatView #1\n AS "I/O", root: io\n Root memory region: io\n' +
  range("00000070", "00000071", "i/o): rtc owner:{dev path=/machine/peripheral/vmstate-dut/rtc}");

async function probe(behaviour: StandInBehaviour, ...more: string[]) {
  const program = makeStandIn({ target: "arm", mtree, ...behaviour });
  made.push(program);
  return vmstate(["confirm", "probe", "--qemu", program.path, "--machine", "-M board", ...more]);
}

describe("a device's registers", () => {
  it("are kept by a migration", async () => {
    const { code, out } = await probe({}, "--device", "demo-nic,x=1");
    expect(out).toBe("demo-nic,x=1: nothing lost of 6 registers, 6 of which keep what is written\n");
    expect(code).toBe(0);
  });

  it("are lost, with the members that no table saves", async () => {
    const { code, out } = await probe({ loses: ["0x40000004"] }, "--device", "demo-nic", "--tree", exampleTree);
    expect(out).toMatch(
      /^demo-nic: 1 register lost of 6 registers, 6 of which keep what is written\n {2}dut-regs 0x4 \(4 bytes\): 0xffffffff, then 0x0\n/,
    );
    expect(code).toBe(1);
  });

  it("are those of the whole machine without a device", async () => {
    const { code, out } = await probe({ loses: ["0x40000010"] }, "--format", "json");
    const [report] = JSON.parse(out).devices;
    expect(report).toMatchObject({ registers: 8, otherwise: 0, setAside: 0 });
    expect(report.lost).toEqual([
      {
        region: "other",
        owner: "path=/machine/soc/other",
        offset: 0,
        bytes: 4,
        before: "ffffffff",
        after: "0",
        pattern: "ones",
      },
    ]);
    expect(code).toBe(1);
  });

  it("of a region at which QEMU ends are set aside, and the others looked at", async () => {
    const { code, out } = await probe({ diesAtAccess: "writel 0x40000010 0xffffffff", loses: ["0x40000004"] });
    expect(out).toMatch(/: 1 register lost of 8 registers, \d of which keep what is written; 1 run set aside\n/);
    expect(code).toBe(1);
  });

  it("that differ without a write are counted apart", async () => {
    // the first machine reads it three times, its destination after that
    const { out } = await probe({ guest: { "readl 0x40000000": [7] }, guestOnce: "readl 0x40000000", guestTimes: 3 });
    expect(out).toMatch(
      /^-M board: nothing lost of 8 registers, 8 of which keep what is written; 1 read otherwise without a write\n/,
    );
  });
});

describe("what a probe writes", () => {
  it("is not undone by a register that resets the others", async () => {
    const { out } = await probe({ resetsAt: "writel 0x4000000c", loses: ["0x40000004"] }, "--device", "demo-nic");
    expect(out).toMatch(/: 1 register lost of \d+ registers, \d of which keep/);
  });

  it("is the configuration space of a PCI function as well", async () => {
    const pci = [{ bus: 0, devices: [{ bus: 0, slot: 2, function: 0, qdev_id: "vmstate-dut" }] }];
    const { out } = await probe({ target: "x86_64", pci, loses: ["0xcfc"] }, "--device", "demo-nic");
    expect(out).toMatch(/config space 0x40 \(4 bytes\): 0x[0-9a-f]+, then 0x0/);
  });

  it("may be bytes of memory in which no word is kept", async () => {
    const { out } = await probe({ loses: ["0x40000008"], resetsAt: "writel" }, "--device", "demo-nic");
    expect(out).toContain("dut-regs 0x8 (1 byte): 0x5a, then 0x0");
  });
});

it("a region that is not where it was is told, not each of its registers", async () => {
  const mtreeLoaded = mtree.replace("0000000040000000-000000004000000f", "0000000050000000-000000005000000f");
  // the first two machines are not written to
  const { out } = await probe({ mtreeLoaded, mtreeTimes: 1, loses: ["0x40000004"] }, "--device", "demo-nic");
  expect(out).toMatch(/nothing lost of .*\n {2}not in the memory map any more: 0000000040000000-000000004000000f /);
});

describe("no result", () => {
  it.each<[string, StandInBehaviour, RegExp]>([
    ["a device that is refused", { refuses: "State blocked" }, /^demo-nic: no result: State blocked\n$/],
  ])("%s", async (_, behaviour, said) => {
    const { code, out } = await probe(behaviour, "--device", "demo-nic");
    expect(out).toMatch(said);
    expect(code).toBe(2);
  });

  it("a device without registers", async () => {
    const { code, out } = await probe({ mtree: "" }, "--device", "demo-nic");
    expect([code, out]).toEqual([0, "demo-nic: no register of it is in the machine's memory or ports\n"]);
  });

  it("no machine of a target that has no usual one", async () => {
    const program = makeStandIn({ target: "arm" });
    made.push(program);
    const { code, err } = await vmstate(["confirm", "probe", "--qemu", program.path]);
    expect([code, err]).toEqual([2, "vmstate: --machine: name one of arm\n"]);
  });
});

it("regions are read from what QEMU prints", () => {
  const regions = regionsIn(mtree);
  expect(regions.map(({ name, space, start, end }) => [name, space, start, end])).toEqual([
    ["dut-regs", "memory", 0x40000000, 0x4000000f],
    ["other", "memory", 0x40000010, 0x40000017],
    ["rtc", "ports", 0x70, 0x71],
  ]);
  expect(regions.map((region) => belongsTo(region, "vmstate-dut"))).toEqual([true, false, true]);
  expect(regionsIn("no flat view")).toEqual([]);
});
