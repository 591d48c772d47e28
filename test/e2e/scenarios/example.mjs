// The example tree, as a newcomer meets it.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const broken = "-M q35 -device demo-disk -device demo-iommu";

const copies = [];
process.on("exit", () => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the example that the tests may change, gone when they end. */
export function copyExample(root) {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-example-"));
  cpSync(join(root, "examples/mini-qemu"), folder, { recursive: true });
  copies.push(folder);
  return folder;
}

export function exampleScenarios(root, example) {
  return [
    {
      name: "example: findings in the editor",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-iommu.c");
        await window.goToLine(lineOf(root, "hw/demo/demo-iommu.c", "VMStateDescription vmstate_demo_iommu"));
        await window.page.locator(".squiggly-warning, .squiggly-error").first().waitFor({ timeout: 60_000 });
        await window.status("QEMU 10.2");
        await window.showProblems();
        await window.problem("dma-before-iommu");
        await window.shot("example-problems");
      },
    },
    {
      name: "example: the finding goes when the priority is typed and comes back when it is undone",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-iommu.c");
        await window.showProblems();
        await window.problem("dma-before-iommu", { timeout: 60_000 });
        await window.focusEditor();
        await window.goToLine(lineOf(root, "hw/demo/demo-iommu.c", ".post_load = demo_iommu_post_load"));
        await window.page.keyboard.press("End");
        await window.page.keyboard.type("\n.priority = MIG_PRI_IOMMU,");
        await window.problem("dma-before-iommu", { present: false });
        await window.shot("example-mended");
        for (let i = 0; i < 6; i++) await window.page.keyboard.press("Control+Z");
        await window.problem("dma-before-iommu");
      },
    },
    {
      name: "example: a simulation from the palette stops at the disk",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Simulate Migration");
        await window.page.locator(".quick-input-list .monaco-list-row").first().waitFor();
        await window.shot("example-picker");
        await window.answer(broken);
        const page = window.webview();
        const headline = page.locator("h1");
        await headline.waitFor({ timeout: 30_000 });
        assert.match(await headline.textContent(), /demo-disk/);
        await page.locator("tr.stopped").first().waitFor();
        await window.shot("example-simulation");
        await page.locator("tr.event.bad button.link").first().click();
        await window.page.locator(".tab.active", { hasText: /\.c/ }).first().waitFor();
      },
    },
    {
      name: "example: the load order page names the broken dependency",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Show Load Order");
        const page = window.webview();
        await page.locator("h1").waitFor({ timeout: 30_000 });
        assert.match(await page.locator(".edges").first().textContent(), /demo-disk[\s\S]*demo-iommu/);
        await window.shot("example-order");
      },
    },
    {
      name: "no tree: simulation offers the example",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: mkdtempSync(join(tmpdir(), "vmstate-empty-")) });
        const { window } = shared;
        await window.command("VMState: Simulate Migration");
        const toast = window.page.locator(".notification-toast", { hasText: "Open the Example" }).first();
        await toast.waitFor({ timeout: 30_000 });
        await window.shot("no-tree");
      },
    },
    {
      name: "server: it can be restarted and its output shown",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Restart Language Server");
        await window.status("QEMU 10.2");
        await window.command("VMState: Show Output");
        await window.page.locator(".output-view, .panel .monaco-editor").first().waitFor();
        const line = window.page.locator(".output-view .view-line", { hasText: "activated in" }).first();
        await line.waitFor();
        const milliseconds = Number(/in\s(\d+)\sms/.exec(await line.textContent())?.[1]);
        console.log(`  the extension was activated in ${milliseconds} ms`);
        assert.ok(milliseconds < 150, `${milliseconds} ms`);
        await window.shot("output");
      },
    },
  ];
}

export function lineOf(root, path, words) {
  const text = readFileSync(join(root, "examples/mini-qemu", path), "utf8");
  return text.slice(0, text.indexOf(words)).split("\n").length;
}
