// From an empty window to a fixed migration, without a manual; and what the side bar shows on the way.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function newcomerScenarios() {
  return [
    {
      name: "newcomer: from no tree to a fixed migration",
      landing: true,
      async run(shared) {
        const started = Date.now();
        shared.window = await shared.workbench.open({ folder: mkdtempSync(join(tmpdir(), "vmstate-empty-")) });
        const { window } = shared;
        await window.command("VMState: Simulate Migration");
        const toast = window.page.locator(".notification-toast", { hasText: "Open the Example" }).first();
        await toast.waitFor({ timeout: 30_000 });
        const [opened] = await Promise.all([
          window.page.context().waitForEvent("page"),
          toast.locator("a, button", { hasText: "Open the Example" }).first().click(),
        ]);
        await opened.waitForSelector(".monaco-workbench", { timeout: 60_000 });
        const example = window.on(opened);
        await example.openFile("hw/demo/demo-iommu.c");
        await example.goToLine(50);
        await example.page.locator(".squiggly-error, .squiggly-warning").first().waitFor({ timeout: 30_000 });
        // asked before the editor has its lights on, the menu does not come: a person asks again
        const mend = example.page.locator(".action-widget", { hasText: "MIG_PRI_IOMMU" });
        for (let tries = 0; tries < 6 && !(await mend.isVisible()); tries++) {
          await example.page.keyboard.press("Control+Period");
          await mend.waitFor({ timeout: 5000 }).catch(() => example.page.keyboard.press("Escape"));
        }
        await mend.waitFor({ timeout: 5000 });
        await example.shot("newcomer-fix");
        await example.page.keyboard.press("Enter");
        await example.page.locator(".squiggly-error").first().waitFor({ state: "detached" });
        await example.command("VMState: Simulate Migration");
        await example.answer("-M q35 -device demo-disk -device demo-iommu");
        await example.webview().locator(".verdict.good").waitFor({ timeout: 30_000 });
        await example.shot("newcomer-good");
        console.log(`  a newcomer needed ${((Date.now() - started) / 1000).toFixed(1)} s`);
      },
    },
  ];
}

export function sideBarScenarios(example) {
  return [
    {
      name: "side bar: levels, entries and who needs whom",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("QEMU 10.2");
        const header = window.page.locator(".pane-header", { hasText: "VMState: Load Order" }).first();
        await header.click();
        const row = (text) => window.page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
        for (const text of ["MIG_PRI_DEFAULT", "vmstate_demo_disk", "needs demo-iommu"]) {
          await row(text).locator(".monaco-tl-twistie").click();
        }
        await row("dma_memory_map").waitFor();
        await window.shot("side-bar");
      },
    },
  ];
}
