/**
 * Ordering bugs of QEMU's own history: the tree before the fix is flagged where the fix mends it, the tree with the fix is
 * not. QEMU_HISTORY names a clone of QEMU (bare or not) that has the commits.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { diagnoseProject } from "../../core/check";
import { createProject } from "../../core/project";
import type { Diagnostic } from "../../core/check/diagnostic";
import type { Project } from "../../core/project/project";
import { removePriorityFix } from "../../core/check/fixes/priorityFix";
import { openDiskTree } from "../../server/node/tree";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function history(): string {
  const path = process.env["QEMU_HISTORY"];
  if (path === undefined || !existsSync(path)) throw new Error("set QEMU_HISTORY to a clone of QEMU's repository");
  return path;
}

const wanted = /^(?:hw|include|migration|target|target-.*|qom|block|system|softmmu|accel|\w+\.c)$/;

function treeAt(revision: string): Project {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-history-"));
  folders.push(folder);
  const top = execFileSync("git", ["-C", history(), "ls-tree", "--name-only", revision], { encoding: "utf8" });
  const paths = top.split("\n").filter((name) => wanted.test(name));
  const archive = execFileSync("git", ["-C", history(), "archive", revision, ...paths], { maxBuffer: 1 << 30 });
  execFileSync("tar", ["x", "-C", folder], { input: archive });
  const tree = openDiskTree(folder);
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  return project;
}

function findings(project: Project, code: string, file: string): readonly Diagnostic[] {
  return diagnoseProject(project).filter((d) => d.code === code && d.range.file === file);
}

const fixes = [
  ["90c647db8d59", "block-write-in-post-load", "hw/block/pflash_cfi01.c"],
  ["a6dead43e65d", "cross-device-access-in-post-load", "hw/i386/kvmvapic.c"],
  ["552a1e01a41d", "iommu-rebuild-missing", "hw/i386/intel_iommu.c"],
  ["9d6b9db19c", "bus-number-before-iommu", "hw/pci-bridge/gen_pcie_root_port.c"],
  ["326049cc8e", "load-hook-on-subsection", "hw/intc/arm_gicv3_common.c"],
  ["a55aab6181", "dma-before-iommu", "hw/arm/smmuv3.c"],
  ["2c9ecdeb9f", "irq-in-post-load", "hw/pci-host/piix.c"],
] as const;

describe.each(fixes)("%s", (commit, code, file) => {
  it(`${code}: flagged before, silent after`, () => {
    const short = commit.slice(0, 10);
    expect(findings(treeAt(`${short}^`), code, file)).not.toEqual([]);
    expect(findings(treeAt(short), code, file)).toEqual([]);
  }, 120_000);
});

const levels = [
  ["8cdcf3c1e5", "iommu-intel", "dma-before-iommu", "hw/i386/intel_iommu.c"],
  ["252a7a6a96", "arm_gicv3", "interrupt-controller-order", "hw/intc/arm_gicv3_common.c"],
  ["252a7a6a96", "arm_gicv3_its", "msi-before-its", "hw/intc/arm_gicv3_its_common.c"],
] as const;

describe.each(levels)("%s", (commit, name, code, file) => {
  it(`${name} without the priority that it gave is flagged`, () => {
    const project = treeAt(commit);
    expect(findings(project, code, file)).toEqual([]);
    const description = project.descriptionsIn(file).find((d) => d.name.known && d.name.value === name);
    const edit = description && removePriorityFix(project, description)[0]?.edits[0];
    const text = project.text(file) ?? "";
    project.update(file, text.slice(0, edit?.range.start) + text.slice(edit?.range.end ?? 0));
    expect(findings(project, code, file)).not.toEqual([]);
  }, 120_000);
});
