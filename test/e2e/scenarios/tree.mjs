// A real QEMU tree: the founding case, typed by hand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const edited = "hw/i386/intel_iommu.c";
export const priority = ".priority = MIG_PRI_IOMMU,";

/** A copy that shares the unedited files with the original, which stays as it is. */
export function copyTree(source) {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-tree-"));
  const copy = join(folder, "qemu");
  if (spawnSync("cp", ["-al", source, copy]).status !== 0) {
    rmSync(copy, { recursive: true, force: true });
    const { status, stderr } = spawnSync("cp", ["-a", source, copy], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the tree cannot be copied: ${stderr}`);
  }
  rmSync(join(copy, edited));
  copyFileSync(join(source, edited), join(copy, edited));
  return { folder, copy };
}

export function treeScenarios(source) {
  const missing =
    source === undefined
      ? "QEMU_SOURCE_10_2 names no tree"
      : existsSync(join(source, edited))
        ? undefined
        : `QEMU_SOURCE_10_2 (${source}) has no ${edited}`;
  let tree;
  const open = () => {
    tree ??= copyTree(source);
    return tree.copy;
  };
  process.on("exit", () => tree && rmSync(tree.folder, { recursive: true, force: true }));

  return [
    {
      name: "QEMU: deleting the IOMMU's priority is reported while typing, and undoing it clears the report",
      missing,
      async run(shared) {
        const folder = open();
        const text = readFileSync(join(folder, edited), "utf8");
        const line = text.slice(0, text.indexOf(priority)).split("\n").length;
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.showProblems();
        await window.focusEditor();
        await window.goToLine(line);
        await window.page.waitForTimeout(1500);
        assert.equal(
          await window.page.locator(".markers-panel .monaco-list-row", { hasText: "dma-before-iommu" }).count(),
          0,
        );
        await window.shot("qemu-before");
        await window.page.keyboard.press("Control+Shift+K");
        await window.problem("dma-before-iommu");
        await window.page
          .locator(".editor-instance .squiggly-warning, .editor-instance .squiggly-error")
          .first()
          .waitFor();
        await window.shot("qemu-priority-deleted");
        await window.page.keyboard.press("Control+Z");
        await window.problem("dma-before-iommu", { present: false });
        await window.shot("qemu-undone");
      },
    },
    {
      name: "QEMU: simulation of q35 with VT-d completes, and fails in AHCI without the priority",
      missing,
      async run(shared) {
        const folder = open();
        const text = readFileSync(join(folder, edited), "utf8");
        const line = text.slice(0, text.indexOf(priority)).split("\n").length;
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const machine = "-M q35 -device ich9-ahci -device intel-iommu";
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.command("VMState: Simulate Migration");
        await window.answer(machine);
        await window.webview().locator(".verdict.good").waitFor({ timeout: 60_000 });
        await window.shot("qemu-simulation-good");
        await window.page.locator(".tab", { hasText: "intel_iommu.c" }).first().click();
        await window.goToLine(line);
        await window.page.keyboard.press("Control+Shift+K");
        await window.page.waitForTimeout(500);
        await window.command("VMState: Simulate Migration");
        await window.answer(machine);
        await window.webview().locator(".verdict.failed").waitFor({ timeout: 60_000 });
        assert.match(await window.webview().locator("h1").textContent(), /ahci/);
        await window.shot("qemu-simulation-failed");
      },
    },
    {
      name: "QEMU: load order of the whole tree",
      missing,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: open() });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.command("VMState: Show Load Order");
        await window.webview().locator("h1").waitFor({ timeout: 60_000 });
        const text = await window.webview().locator("table").textContent();
        assert.ok(text.indexOf("MIG_PRI_PCI_BUS") < text.indexOf("MIG_PRI_IOMMU"));
        await window.shot("qemu-order");
      },
    },
  ];
}
