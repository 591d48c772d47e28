/**
 * Boards built from the C of their tree beside what real ones send: every section, in its order, under its section id. A sample of targets;
 * QEMU_BOARDS=all takes all of them, QEMU_BOARDS=arm,ppc those and only says how they differ. The list lies beside the repository (shared/boards); without it, or without QEMU_SOURCE_10_0 and
 * QEMU_SOURCE_7_2, there is nothing to compare. Of 11.1 there is no list: the emulator is asked, a few boards of each target.
 */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildBoard } from "../../core/board";
import { machineOf } from "../../core/emulator";
import { boardList, differencesIn, differencesOf, liveBoard, propertiesOf, realBoards } from "./boardTruth";
import { loadProject, realProject } from "./project";
import { optionalRelease } from "./tree";

const wanted = process.env["QEMU_BOARDS"];
const isWhole = wanted === "all";
const sample = ["s390x", "sparc", "ppc64", "riscv64", "mips64el", "x86_64", "m68k", "hppa", "alpha", "sh4"];

interface Release {
  readonly release: "10.0" | "7.2";
  readonly tree: "QEMU_SOURCE_10_0" | "QEMU_SOURCE_7_2";
  /** Boards that are exact at least: of the sample, and of all. */
  readonly exact: { readonly sample: number; readonly all: number };
}

const releases: readonly Release[] = [
  { release: "10.0", tree: "QEMU_SOURCE_10_0", exact: { sample: 39, all: 192 } },
  { release: "7.2", tree: "QEMU_SOURCE_7_2", exact: { sample: 40, all: 184 } },
];

/** Command lines that are exact at least, of each kind: with devices, and with the board's default ones. */
const lines = {
  devices: { "10.0": 91, "7.2": 75 },
  defaults: { "10.0": 192, "7.2": 184 },
} as const;

/** Of so many lines one, unless all are asked for. */
const oneIn = { devices: 3, defaults: 12 };

const chosen = wanted === undefined ? sample : wanted.split(",");

/** Minutes for a machine that is busy. */
const patience = (isWhole ? 60 : 15) * 60_000;

describe.each(releases)("boards of QEMU $release", ({ release, tree, exact }) => {
  const isHere = boardList !== undefined && existsSync(process.env[tree] ?? "");
  const why = isHere ? "" : ` (left out: no shared/boards/boards.jsonl.gz, or ${tree} is not set)`;

  it.skipIf(!isHere)(
    `are built as they are at least as often as before${why}`,
    () => {
      const boards = realBoards().filter((each) => each.release.startsWith(`${release}.`));
      const targets = [...new Set(boards.map(({ arch }) => arch))].filter((arch) => isWhole || chosen.includes(arch));
      let same = 0;
      const others: string[] = [];
      for (const target of targets) {
        const project = loadProject(tree, target);
        for (const real of boards.filter(({ arch }) => arch === target)) {
          const [first, ...more] = differencesOf(
            buildBoard(project, real.board, { properties: propertiesOf(real) }),
            real,
          );
          if (first === undefined) same++;
          else others.push(`${target} ${real.board}: ${[first, ...more.slice(-2)].join("; ")}`);
        }
      }
      console.log(`${same} boards of ${same + others.length} are exact. The others:\n${others.join("\n")}`);
      expect(targets).not.toEqual([]);
      if (isWhole || wanted === undefined) expect(same).toBeGreaterThanOrEqual(isWhole ? exact.all : exact.sample);
    },
    patience,
  );

  it.skipIf(!isHere || (wanted !== undefined && !isWhole)).each(["devices", "defaults"] as const)(
    `are built with the %s of a command line at least as often as before${why}`,
    (variant) => {
      const of = realBoards(variant).filter((each) => each.release.startsWith(`${release}.`));
      const taken = of.filter((_, k) => isWhole || k % oneIn[variant] === 0);
      const wrong: string[] = [];
      for (const target of new Set(taken.map(({ arch }) => arch))) {
        const project = loadProject(tree, target);
        for (const real of taken.filter(({ arch }) => arch === target)) {
          const line = real.args.join(" ");
          const machine = machineOf(project, line, { defaults: true });
          const [first] = machine.ok ? differencesIn([...machine.value.handlers], real) : [machine.message];
          if (first !== undefined) wrong.push(`${target} ${line}: ${first}`);
        }
      }
      expect(taken).not.toEqual([]);
      expect(wrong, wrong.join("\n")).toHaveLength(Math.min(wrong.length, of.length - lines[variant][release]));
    },
    patience,
  );
});

const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");

/** Command lines with devices, of releases that the list does not have. */
const usual = [
  "-M q35 -device intel-iommu -device e1000e -device virtio-blk-pci,drive=d -drive if=none,id=d,driver=null-co,read-zeroes=on",
  "-M pc -smp 2 -device virtio-net-pci -device usb-ehci -device lsi53c895a",
];

describe.each(["QEMU_SOURCE_10_2", "QEMU_SOURCE_11_1"] as const)("the tree of $%s", (tree) => {
  const isThere = tree === "QEMU_SOURCE_10_2" || latest.isThere;

  it.skipIf(!isThere).each(usual)("follows what its C makes of %s", { timeout: patience }, (line) => {
    const machine = machineOf(realProject(tree, "x86_64"), line);
    if (!machine.ok) throw new Error(machine.message);
    expect(machine.value.notes.join("\n")).toContain("is built from its C");
    expect(machine.value.open).toEqual([]);
  });
});

/** Boards of 11.1 that are exact; the emulator is asked what they send. */
const exact = {
  x86_64: ["pc", "q35", "isapc", "microvm"],
  s390x: ["s390-ccw-virtio", "s390-ccw-virtio-7.2"],
  riscv64: ["sifive_u", "spike"],
} as const;

describe.skipIf(!latest.isThere).each(Object.entries(exact))(
  `boards of QEMU 11.1 on %s${latest.title}`,
  (target, boards) => {
    it.skipIf(target !== "x86_64").each(usual)("are what it sends: %s", { timeout: patience }, async (line) => {
      const real = await liveBoard("11.1", target, line.split(" "));
      const machine = machineOf(realProject("QEMU_SOURCE_11_1", target), line);
      if (real === undefined || !machine.ok) throw new Error(machine.ok ? "it sends nothing" : machine.message);
      expect(differencesIn([...machine.value.handlers], real)).toEqual([]);
    });

    it.each(boards)("are what it sends: %s", { timeout: patience }, async (board) => {
      const real = await liveBoard("11.1", target, ["-M", board]);
      if (real === undefined) throw new Error("it sends nothing");
      expect(differencesOf(buildBoard(realProject("QEMU_SOURCE_11_1", target), board), real)).toEqual([]);
    });
  },
);
