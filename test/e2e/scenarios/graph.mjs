// The dependencies as a drawing, and a table that is moved to another level.
import assert from "node:assert/strict";

const node = (window, label) => window.webview().locator("button.node", { hasText: label }).first();

async function showGraph(window, file) {
  await window.openFile(file);
  await window.status("QEMU 10.", 120_000);
  await window.command("VMState: Show Dependency Graph");
  await window.webview().locator("button.node").first().waitFor({ timeout: 60_000 });
}

/** @param {() => string} example a copy of the example @param {string | undefined} source a QEMU tree */
export function graphScenarios(example, source) {
  return [
    {
      name: "graph: an entry's needs and their proof, by keyboard, and a level chosen in the page edits the source",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await showGraph(window, "hw/demo/demo-disk.c");
        await window.webview().locator(".verdict.wrong").waitFor();
        await window.webview().locator("button.node").first().focus();
        const walked = new Set();
        for (let step = 0; step < 40; step++) {
          const focused = await window.webview().locator("button.node:focus").textContent();
          if (focused.includes("demo-iommu")) break;
          walked.add(focused);
          await window.page.keyboard.press("ArrowRight");
        }
        await window.page.keyboard.press("Enter");
        await window.webview().locator(".graph-details h2", { hasText: "demo-iommu" }).waitFor();
        await window.webview().locator(".graph-details h3", { hasText: "Needed by" }).waitFor();
        await window.shot("graph-example");
        await window.webview().getByRole("button", { name: "Move to level…" }).click();
        await window.answer("MIG_PRI_IOMMU");
        await window.webview().locator(".graph-level", { hasText: "MIG_PRI_IOMMU" }).waitFor({ timeout: 30_000 });
        await window.page.locator(".notification-toast", { hasText: "kept now" }).first().waitFor();
        assert.match(
          await window.page.locator(".editor-instance .view-lines").first().textContent(),
          /\.priority.=.MIG_PRI_IOMMU/,
        );
        await window.shot("graph-moved");
      },
    },
    {
      name: "graph: the whole of QEMU stays readable, is searched and narrowed to an entry's neighbours",
      missing: source === undefined ? "QEMU_SOURCE_10_2 names no tree" : undefined,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: source, width: 1440, height: 900 });
        const { window } = shared;
        await showGraph(window, "hw/i386/intel_iommu.c");
        await window.command("View: Close Primary Side Bar").catch(() => undefined);
        await window.shot("graph-qemu-beside");
        await window.page.locator(".tab", { hasText: "intel_iommu.c" }).first().click();
        await window.command("View: Close All Editors in Group");
        await window.page.waitForTimeout(800);
        await window.shot("graph-qemu");
        const search = window.webview().locator(".graph-tools input[type=search]");
        await search.fill("ahci");
        await node(window, "ich9_ahci").click();
        await window.webview().getByRole("button", { name: "Only its neighbours" }).click();
        await search.fill("");
        await node(window, "iommu-intel").waitFor();
        assert.equal(await window.webview().locator("button.node", { hasText: "virtio-rng" }).count(), 0);
        await window.shot("graph-qemu-ahci");
      },
    },
  ];
}
