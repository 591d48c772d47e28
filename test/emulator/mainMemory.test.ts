/** Main memory under the names of back ends: -machine memory-backend and -numa memdev. */
import { describe, expect, it } from "vitest";
import { parseCommandLine, simulate, simulateLoad } from "../../core/emulator";
import { mainBlocks, placeIn, startsOf } from "../../core/emulator/mainMemory";
import { inferMachine } from "../../core/emulator/infer";
import { readGiven } from "../../core/emulator/migration/given";
import { exampleTree } from "./tree";

const tree = exampleTree();
const plain = "-M q35 -m 64";
const single = `${plain} -machine memory-backend=mem -object memory-backend-ram,id=mem,size=64M`;
const nodes =
  `${plain} -object memory-backend-file,id=low,size=32M,mem-path=/x -numa node,memdev=low ` +
  `-object '{"qom-type":"memory-backend-ram","id":"high","size":33554432}' -numa node,memdev=high,cpus=0`;

function saved(machine: string): Uint8Array {
  let stream = new Uint8Array(0);
  const report = simulate(tree, { machine, observe: (bytes) => (stream = Uint8Array.from(bytes)) });
  if (!report.ok) throw new Error(report.message);
  expect(report.value).toMatchObject({ outcome: "completed", messages: [] });
  return stream;
}

const blocksOf = (line: string): unknown => {
  const request = parseCommandLine(line);
  if (!request.ok) throw new Error(request.message);
  return mainBlocks("pc.ram", request.value).map(({ name, length }) => [name, length]);
};

it("is not taken from a stream whose machine's name is more than a name", () => {
  const given = readGiven(saved(plain));
  const { configuration } = given;
  if (configuration === undefined) throw new Error("no configuration");
  const machine = "pc-q35-10.2 -smp 2";
  const inferred = inferMachine(tree, { ...given, configuration: { ...configuration, machine } });
  expect(inferred).toEqual({ ok: false, message: `the stream's machine '${machine}' is not known here` });
  expect(inferMachine(tree, given).ok).toBe(true);
});

describe("blocks of main memory", () => {
  it.each([
    ["the board's", plain, [["pc.ram", 0x400_0000n]]],
    ["a back end's", single, [["mem", 0x400_0000n]]],
    [
      "those of nodes",
      nodes,
      [
        ["low", 0x200_0000n],
        ["high", 0x200_0000n],
      ],
    ],
    ["one that no -object makes", `${plain} -machine memory-backend=mem`, [["mem", undefined]]],
    [
      "one whose size is that of the machine",
      "-M q35,memory-backend=mem -object memory-backend-ram,id=mem,size=1G",
      [["mem", 0x4000_0000n]],
    ],
  ])("%s", (_, line, blocks) => {
    expect(blocksOf(line)).toEqual(blocks);
  });

  it("follow each other", () => {
    const blocks = [
      { name: "low", length: 0x2000n },
      { name: "high", length: 0x1000n },
    ];
    expect([...startsOf(blocks)]).toEqual([
      ["low", 0],
      ["high", 0x2000],
    ]);
    expect(placeIn(blocks, 0x1fff)).toEqual({ name: "low", offset: 0x1fff });
    expect(placeIn(blocks, 0x2000)).toEqual({ name: "high", offset: 0 });
    expect(placeIn(blocks, 0x3000)).toBeUndefined();
  });

  it.each([
    ["a back end", single, ["mem"]],
    ["nodes", nodes, ["low", "high"]],
  ])("are sent under the names of %s", (_, line, names) => {
    const blocks = readGiven(saved(line)).sections.flatMap(({ ram }) => ram?.blocks ?? []);
    expect(blocks.map(({ name }) => name).slice(0, names.length)).toEqual(names);
  });

  it.each([
    ["a back end", single],
    ["nodes", nodes],
  ])("are refused by a machine that has %s", (_, to) => {
    const reports = [
      simulate(tree, { machine: plain, destinationMachine: to }),
      simulateLoad(tree, saved(plain), { machine: to }),
    ];
    for (const report of reports) {
      if (!report.ok) throw new Error(report.message);
      expect(report.value.messages[0]).toBe('Unknown ramblock "ram", cannot accept migration');
    }
  });

  it.each([single, nodes])("load where they have the same names: %s", (line) => {
    const report = simulateLoad(tree, saved(line), { machine: line });
    if (!report.ok) throw new Error(report.message);
    expect(report.value).toMatchObject({ outcome: "completed", messages: [] });
  });

  it("are refused in another size", () => {
    const report = simulateLoad(tree, saved(single), { machine: single.replace("size=64M", "size=32M") });
    if (!report.ok) throw new Error(report.message);
    expect(report.value.messages[0]).toBe("Size mismatch: mem: 0x4000000 != 0x2000000: Invalid argument");
  });
});
