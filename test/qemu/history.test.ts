/** Ordering bugs of QEMU's own history: the tree before the fix is flagged where the fix mends it, the tree with the fix is not. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../core/check";
import { removePriorityFix } from "../../core/check/fixes/priorityFix";
import { orderFixes } from "./fixCases";
import { aroundFix, projectOf, treeAt } from "./fixHistory";

describe.each(orderFixes)("$fix", (each) => {
  it(`${each.code}: flagged before, silent after`, { timeout: 300_000 }, () => {
    const { before, after } = aroundFix(each);
    expect(before).not.toEqual([]);
    expect(after).toEqual([]);
  });
});

const levels = [
  ["8cdcf3c1e5", "iommu-intel", "dma-before-iommu", "hw/i386/intel_iommu.c"],
  ["252a7a6a96", "arm_gicv3", "interrupt-controller-order", "hw/intc/arm_gicv3_common.c"],
  ["252a7a6a96", "arm_gicv3_its", "msi-before-its", "hw/intc/arm_gicv3_its_common.c"],
] as const;

describe.each(levels)("%s", (commit, name, code, file) => {
  it(`${name} without the priority that it gave is flagged`, { timeout: 300_000 }, () => {
    const project = projectOf(treeAt(commit));
    const found = () => diagnoseFile(project, file, (each) => each === code).filter((each) => each.code === code);
    expect(found()).toEqual([]);
    const description = project.descriptionsIn(file).find((d) => d.name.known && d.name.value === name);
    const edit = description && removePriorityFix(project, description)[0]?.edits[0];
    const text = project.text(file) ?? "";
    project.update(file, text.slice(0, edit?.range.start) + text.slice(edit?.range.end ?? 0));
    expect(found()).not.toEqual([]);
  });
});
