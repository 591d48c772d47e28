/**
 * Our reading of a source tree against what QEMU itself prints of its tables.
 *
 * A tree and a binary of the same release may be different stable updates of it: Debian's 7.2 binary has twenty-two
 * updates that its 7.2.0 tree has not, among them a guard in every device's struct. Then the thresholds allow for what
 * updates changed; where the versions are the same, everything but sizes must be equal.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createProject, type LoadableProject } from "../../core/project";
import { dumpVmstate } from "../../core/project/dump";
import { openDiskTree } from "../../server/node/tree";
import { binaryVersion, realDump } from "./binary";
import { compareDumps, figures } from "./compareDump";
import type { Comparison } from "./compareDump";
import { optionalRelease, sourceTree } from "./tree";

const x86AndArm = ["x86_64", "aarch64", "i386", "arm"];
const others = ["ppc64", "m68k", "mips64el", "sparc64", "hppa", "loongarch64"];
const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
const releases = [
  { release: "7.2", source: "QEMU_SOURCE_7_2", targets: [...x86AndArm, ...others, "riscv64", "s390x"] },
  { release: "10.0", source: "QEMU_SOURCE_10_0", targets: [...x86AndArm, ...others] },
  {
    release: "11.1",
    source: "QEMU_SOURCE_11_1",
    targets: [...x86AndArm, ...others, "riscv64", "s390x"],
  },
] as const;

/** Directories of the real dumps that the 10.2 tree carries, by target, and their machine. */
const fixtures = [
  ["x86_64", "pc-q35-7.2"],
  ["aarch64", "virt-7.2"],
  ["m68k", "virt-7.2"],
  ["ppc64", "pseries-7.2"],
  ["s390x", "s390-ccw-virtio-7.2"],
] as const;

const lines: string[] = [];

function open(root: string, target: string): LoadableProject {
  const tree = openDiskTree(root);
  const project = createProject(tree, { target });
  for (const path of tree.paths()) project.load(path);
  return project;
}

function read(project: LoadableProject): Readonly<Record<string, unknown>> {
  return dumpVmstate(project, { explain: true });
}

/**
 * What stable updates between 7.2.0 and 7.2.17, which printed the fixtures, changed in tables and in what they hold,
 * in words of our own: a guard in every device and in AHCI's ports, a value of a clock, and the block that a flash is about to write.
 */
const updates: readonly (readonly [path: string, at: RegExp, put: string])[] = [
  ["include/hw/qdev-core.h", /GSList \*unplug_blockers;/, "$&\n    struct { bool busy; } guard;"],
  ["hw/ide/ahci_internal.h", /NCQTransferState ncq_tfs\[AHCI_MAX_CMDS\];/, "$&\n    struct { bool busy; } guard;"],
  ["hw/rtc/goldfish_rtc.c", /\.version_id = 2,/, ".version_id = 3,"],
  [
    "hw/rtc/goldfish_rtc.c",
    /VMSTATE_UINT32\(time_high, GoldfishRTCState\),/,
    "$& VMSTATE_UINT64_V(tick_offset, GoldfishRTCState, 3),",
  ],
  ["hw/block/pflash_cfi01.c", /struct PFlashCFI01 \{/, "$& void *blk_bytes; uint32_t blk_length; uint32_t blk_offset;"],
  [
    "hw/block/pflash_cfi01.c",
    /static const VMStateDescription vmstate_pflash = \{/,
    `static const VMStateDescription vmstate_written = {
    .name = "pflash_cfi01_blk_write", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VBUFFER_UINT32(blk_bytes, PFlashCFI01, 0, NULL, blk_length),
        VMSTATE_UINT32(blk_offset, PFlashCFI01), VMSTATE_END_OF_LIST() } };
$& .subsections = (const VMStateDescription * []) { &vmstate_written, NULL },`,
  ],
];

function updated(project: LoadableProject): LoadableProject {
  for (const [path, at, put] of updates) {
    const text = project.text(path) ?? "";
    expect(text, `${path} of 7.2.0`).toMatch(at);
    project.update(path, text.replace(at, put));
  }
  return project;
}

function note(title: string, result: Comparison): void {
  const shown = result.differences.slice(0, 12).map((each) => `    ${each}`);
  const more = result.differences.length - shown.length;
  lines.push(`  ${title}: ${figures(result)}`, ...shown, ...(more > 0 ? [`    and ${more} more`] : []));
}

afterAll(() => {
  if (!latest.isThere) lines.push(`  11.1${latest.title}`);
  console.info(`tables read against QEMU's own\n${lines.join("\n")}`);
});

/** Tables that a stable update may have changed. */
const tablesChanged = 3;

function hold(result: Comparison, sameSource: boolean, wrongSizes: number): void {
  expect(result.types).toBeGreaterThan(10);
  expect(result.typesFound).toBe(result.types);
  expect(result.tables.size, [...result.tables].join()).toBeLessThanOrEqual(sameSource ? 0 : tablesChanged);
  expect(result.sizesUnknown / result.fields).toBeLessThanOrEqual(0.01);
  expect(result.sizesEqual / result.fields).toBeGreaterThanOrEqual(sameSource ? 0.99 : 1 - wrongSizes);
}

describe.each(releases)("QEMU $release's binaries print what we read", ({ release, source, targets }) => {
  it.skipIf(source === "QEMU_SOURCE_11_1" && !latest.isThere).each(targets)("%s", (target) => {
    const root = sourceTree(source);
    const version = readFileSync(`${root}/VERSION`, "utf8").trim();
    const binary = binaryVersion(release, target);
    const project = open(root, target);
    const real = realDump(release, target);
    const result = compareDumps(real, read(project));
    note(`${target}, tree ${version}, binary ${binary}`, result);
    hold(result, version === binary, release === "7.2" ? 0.05 : 0.01);
    if (release !== "7.2" || version !== "7.2.0") return;
    const later = compareDumps(real, read(updated(project)));
    note(`${target}, with what updates up to 7.2.17 changed`, later);
    hold(later, true, 0.01);
  });
});

describe("the 7.2 dumps that the 10.2 tree carries are what we read in the 7.2 tree", () => {
  it.each(fixtures)("%s", (target, machine) => {
    const folder = `${sourceTree("QEMU_SOURCE_10_2")}/tests/data/vmstate-static-checker`;
    const real: unknown = JSON.parse(readFileSync(`${folder}/${target}/${machine}.json`, "utf8"));
    const root = sourceTree("QEMU_SOURCE_7_2");
    const version = readFileSync(`${root}/VERSION`, "utf8").trim();
    const project = open(root, target);
    const result = compareDumps(real, read(project));
    note(`${target} of 10.2's fixtures, tree ${version}`, result);
    // the fixtures come from 7.2.17
    if (version !== "7.2.0") {
      expect(result.differences).toEqual([]);
      return;
    }
    hold(result, false, 0.05);
    const later = compareDumps(real, read(updated(project)));
    note(`${target} of 10.2's fixtures, with what 7.2.17 changed`, later);
    expect(later.differences).toEqual([]);
  });
});

describe("a type that a build leaves out", () => {
  it.each([
    ["7.2", "QEMU_SOURCE_7_2", "x86_64"],
    ["10.0", "QEMU_SOURCE_10_0", "x86_64"],
    ["10.0", "QEMU_SOURCE_10_0", "aarch64"],
  ] as const)("is printed with its condition, and none that is there is said to be absent: %s %s %s", (...of) => {
    const [release, source, target] = of;
    const project = open(sourceTree(source), target);
    const real = new Set(Object.keys(realDump(release, target) ?? {}));
    const ours = Object.entries(dumpVmstate(project)).filter(([name]) => name !== "vmschkmachine");
    const bare = ours.filter(([name, type]) => !real.has(name) && !("condition" in type)).map(([name]) => name);
    expect(bare).toEqual([]);
    const denied = ours.filter(
      ([name]) => real.has(name) && project.compiles(project.type(name)?.file ?? "") === "false",
    );
    expect(denied.map(([name]) => name)).toEqual([]);
  });
});
