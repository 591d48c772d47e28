import { afterEach, describe, expect, it } from "vitest";
import { pciPath } from "../../qemu/guest/pci";
import { exampleTree, vmstate } from "../cli/run";
import { exampleLine, exampleStream } from "./exampleStream";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const made: StandIn[] = [];

afterEach(async () => {
  for (const each of made.splice(0)) {
    await expect.poll(each.alive).toEqual([]);
    each.remove();
  }
});

/** Configuration space of a SATA controller, whose receive area gets what it sends. */
const controller = { "inl 0xcfc": [0x01060100, 0xfffff000] };

async function check(behaviour: StandInBehaviour, ...more: string[]) {
  const program = makeStandIn({ stream: exampleStream(), ...behaviour });
  made.push(program);
  const machine = ["--machine", exampleLine, "--move", "demo-disk", "--before", "demo-iommu"];
  return vmstate([
    "confirm",
    "check",
    "--qemu",
    program.path,
    "--tree",
    exampleTree,
    ...(more.length > 0 ? more : machine),
  ]);
}

describe("a section before the one that it needs", () => {
  it("is refused with QEMU's words", async () => {
    const refusesMoved = { refuses: "error while loading state", refusesAfter: 1 };
    const { code, out } = await check({ ...refusesMoved, guest: { ...controller, "readl 0x501040": [0x34] } });
    expect(out).toMatch(/demo-disk before demo-iommu: confirmed on 1\.2\.3 \(stand-in\): QEMU refuses the stream/);
    expect(out).toMatch(/\n {2}error while loading state\n1 case confirmed of 1\n$/);
    expect(code).toBe(1);
  });

  it("loads without a word, and memory is wrong", async () => {
    const { code, out } = await check({
      guest: { ...controller, "readl 0x501040": [0x34] },
      guestOnce: "readl 0x501040",
    });
    expect(out).toMatch(/confirmed on .*: it loads without a word, and what the device writes does not reach/);
    expect(code).toBe(1);
  });

  it("is not seen where the device works all the same", async () => {
    const { code, out } = await check({ guest: { ...controller, "readl 0x501040": [0x34] } });
    expect(out).toMatch(/: not seen on /);
    expect(code).toBe(0);
  });

  it.each<[string, StandInBehaviour, RegExp]>([
    [
      "a class without a program",
      { guest: { "inl 0xcfc": [0x0c033000] } },
      /because how a driver starts a device of PCI class 0xc0330 is not/,
    ],
    [
      "a device that does not work anyway",
      { guest: controller },
      /because the device does not work after a load in the right order either$/m,
    ],
  ])("cannot be shown with %s", async (_, behaviour, said) => {
    const { code, out } = await check(behaviour);
    expect(out).toMatch(
      /^0000:00:\w\w\.\d\/demo-disk before demo-iommu: cannot be shown by a run of 1\.2\.3 \(stand-in\), /,
    );
    expect(out).toMatch(said);
    expect(code).toBe(0);
  });

  it("cannot be shown with a section that is not sent, and needs all three options", async () => {
    const absent = await check({}, "--machine", exampleLine, "--move", "demo-nic", "--before", "demo-iommu");
    expect(absent.out).toMatch(/because the machine sends no section demo-nic\n/);
    const half = await check({}, "--move", "demo-nic");
    expect([half.code, half.err]).toEqual([2, "vmstate: --machine, --move and --before belong together\n"]);
  });

  it("is looked for where check finds one", async () => {
    const { code, out } = await check({ types: ["demo-disk"] }, "--format", "json");
    expect([code, JSON.parse(out)]).toMatchObject([0, { runs: [], others: { "demo-iommu": ["demo-disk"] } }]);
  });
});

it("devices are found by the path in their section's name", () => {
  expect(pciPath("0000:00:1f.2")).toEqual([0xfa]);
  expect(pciPath("0000:00:06.0:00.0")).toEqual([0x30, 0]);
  for (const path of ["", "pci", "0001:00:01.0", "0000:00:1.0", "0000:00:01.9"]) expect(pciPath(path)).toBeUndefined();
});
