/**
 * Our reading of a source tree against what QEMU itself prints of its tables.
 *
 * A tree and a binary of the same release may be different stable updates of it: Debian's 7.2 binary has twenty-two
 * updates that its 7.2.0 tree has not, among them a guard in every device's struct. Then the thresholds allow for what
 * updates changed; where the versions are the same, everything but sizes must be equal.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createProject } from "../../core/analysis";
import { dumpVmstate } from "../../core/analysis/dump";
import { openDiskTree } from "../../server/node/tree";
import { binaryVersion, realDump } from "./binary";
import { compareDumps, figures } from "./compareDump";
import type { Comparison } from "./compareDump";
import { sourceTree } from "./tree";

const x86AndArm = ["x86_64", "aarch64", "i386", "arm"];
const others = ["ppc64", "m68k", "mips64el", "sparc64", "hppa", "loongarch64"];
const releases = [
  { release: "7.2", source: "QEMU_SOURCE_7_2", targets: [...x86AndArm, ...others, "riscv64", "s390x"] },
  { release: "10.0", source: "QEMU_SOURCE_10_0", targets: [...x86AndArm, ...others] },
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

function read(root: string, target: string): Readonly<Record<string, unknown>> {
  const tree = openDiskTree(root);
  const project = createProject(tree, { target });
  for (const path of tree.paths()) project.load(path);
  return dumpVmstate(project, { explain: true });
}

function note(title: string, result: Comparison): void {
  const shown = result.differences.slice(0, 12).map((each) => `    ${each}`);
  const more = result.differences.length - shown.length;
  lines.push(`  ${title}: ${figures(result)}`, ...shown, ...(more > 0 ? [`    and ${more} more`] : []));
}

afterAll(() => {
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
  it.each(targets)("%s", (target) => {
    const root = sourceTree(source);
    const version = readFileSync(`${root}/VERSION`, "utf8").trim();
    const binary = binaryVersion(release, target);
    const result = compareDumps(realDump(release, target), read(root, target));
    note(`${target}, tree ${version}, binary ${binary}`, result);
    hold(result, version === binary, release === "7.2" ? 0.05 : 0.01);
  });
});

describe("the 7.2 dumps that the 10.2 tree carries are what we read in the 7.2 tree", () => {
  it.each(fixtures)("%s", (target, machine) => {
    const folder = `${sourceTree("QEMU_SOURCE_10_2")}/tests/data/vmstate-static-checker`;
    const real: unknown = JSON.parse(readFileSync(`${folder}/${target}/${machine}.json`, "utf8"));
    const result = compareDumps(real, read(sourceTree("QEMU_SOURCE_7_2"), target));
    note(`${target} of 10.2's fixtures`, result);
    // the fixtures, too, come from a later update than 7.2.0
    hold(result, false, 0.05);
  });
});
