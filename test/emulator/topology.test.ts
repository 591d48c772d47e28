import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../core/emulator";
import { apicIdOf } from "../../core/emulator/topology";

function ids(smp: string): readonly number[] {
  const request = parseCommandLine(`-M q35 -smp ${smp}`);
  if (!request.ok) throw new Error(request.message);
  const { processors } = request.value;
  return Array.from({ length: processors.cpus }, (_, index) => apicIdOf(processors, index));
}

describe("APIC ids", () => {
  it.each([
    ["6", [0, 1, 2, 3, 4, 5]],
    ["6,sockets=2,cores=3", [0, 1, 2, 4, 5, 6]],
    ["6,sockets=1,cores=2,threads=3", [0, 1, 2, 4, 5, 6]],
    ["6,cores=3", [0, 1, 2, 4, 5, 6]],
    ["3,sockets=3,maxcpus=6", [0, 1, 2]],
    ["sockets=3,cores=1,threads=2", [0, 1, 2, 3, 4, 5]],
    ["8,sockets=2,dies=3,cores=3,maxcpus=18", [0, 1, 2, 4, 5, 6, 8, 9]],
    ["6,sockets=1,dies=2,modules=3,cores=1", [0, 1, 2, 4, 5, 6]],
  ])("of -smp %s", (smp, expected) => {
    expect(ids(smp)).toEqual(expected);
  });
});
