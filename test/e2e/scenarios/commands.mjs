// What the other scenarios reach by a page or a message, by the palette; and the side bar, by mouse.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "./compare.mjs";
import { lineOf } from "./example.mjs";

const row = (window, text) => window.page.locator(".pane-body .monaco-list-row", { hasText: text }).first();

async function ready(window, file) {
  await window.openFile(file);
  await window.status("QEMU 10.2");
}

/** @param {string} root of the project @param {() => string} example a new copy of the example */
export function commandScenarios(root, example) {
  return [
    {
      name: "commands: the load order of a machine",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await ready(window, "hw/demo/demo-disk.c");
        await window.command("VMState: Show Load Order of a Machine");
        await window.answer("-M q35 -device demo-nic -device demo-timer");
        const page = window.webview();
        await page
          .locator(".verdict p", { hasText: "in the order in which this machine" })
          .waitFor({ timeout: 30_000 });
        assert.equal(await page.locator("#machine").inputValue(), "-M q35 -device demo-nic -device demo-timer");
        const table = await page.locator("table").textContent();
        assert.match(table, /demo-nic/);
        assert.doesNotMatch(table, /demo-disk/);
        await window.shot("order-machine");
      },
    },
    {
      name: "commands: a table of the open file is moved to another level",
      async run(shared) {
        const folder = example();
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await ready(window, "hw/demo/demo-iommu.c");
        await window.command("VMState: Change Migration Priority…");
        await window.asked("Change Migration Priority");
        await window.answer("demo-iommu");
        await window.asked("Level of vmstate_demo_iommu");
        await window.answer("MIG_PRI_IOMMU");
        await window.page
          .locator(".notification-toast", { hasText: "1 dependency is satisfied now" })
          .first()
          .waitFor();
        const line = window.page.locator(".view-line", { hasText: "MIG_PRI_IOMMU" }).first();
        await line.waitFor();
        // with the inlay hint of its value, where that is there already
        assert.match(await line.textContent(), /\.priority.=.MIG_PRI_IOMMU(?:.?=.3)?,/);
        await window.page.keyboard.press("Control+S");
        await window.page.locator(".tab.dirty").waitFor({ state: "detached" });
        assert.match(readFileSync(join(folder, "hw/demo/demo-iommu.c"), "utf8"), /\.priority = MIG_PRI_IOMMU,/);
      },
    },
    {
      name: "commands: another baseline, by the palette and by the status bar",
      missing: spawnSync("git", ["--version"]).status === 0 ? undefined : "there is no git",
      async run(shared) {
        const folder = example();
        git(folder, "init", "-q");
        git(folder, "add", ".");
        git(folder, "commit", "-q", "-m", "before");
        git(folder, "tag", "v10.1.0");
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const bar = (name) => window.page.locator(`.statusbar-item[aria-label*="VMState baseline: ${name}"]`).first();
        await ready(window, "hw/demo/demo-nic.c");
        await bar("auto").waitFor();
        await window.command("VMState: Set Compatibility Baseline…");
        await window.asked("Compare Tables With…");
        await window.answer("v10.1.0");
        await bar("v10.1.0").waitFor();
        await window.focusEditor();
        await window.goToLine(lineOf(root, "hw/demo/demo-nic.c", "VMSTATE_UINT16(status, DemoNIC),"));
        await window.page.keyboard.press("End");
        await window.page.keyboard.type("\nVMSTATE_BOOL(offload, DemoNIC),");
        await window.showProblems();
        await window.problem("v10.1.0");
        await window.shot("baseline");
        await bar("v10.1.0").click();
        await window.asked("Compare Tables With…");
        await window.answer("None");
        await bar("no baseline").waitFor();
        await window.problem("v10.1.0", { present: false });
      },
    },
    {
      name: "commands: a device outside of any tree, with a tree that is chosen",
      async run(shared) {
        const tree = example();
        const own = mkdtempSync(join(tmpdir(), "vmstate-empty-"));
        mkdirSync(join(own, "empty"));
        shared.window = await shared.workbench.open({ folder: own });
        const { window } = shared;
        await window.command("VMState: Choose QEMU Tree…");
        await window.chooseFolder(`${join(own, "empty")}/`);
        const refused = window.page.locator(".notification-toast", { hasText: "is not a QEMU tree" }).first();
        await refused.waitFor();
        await window.command("Notifications: Clear All Notifications");
        await window.command("VMState: Choose QEMU Tree…");
        await window.chooseFolder(`${tree}/`);
        await window.status("QEMU 10.2");
        assert.match(
          readFileSync(join(own, ".vscode/settings.json"), "utf8"),
          /"vmstate\.tree": "\/.*vmstate-example-/,
        );
      },
    },
    {
      name: "commands: the example, opened in a window of its own",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await ready(window, "hw/demo/demo-disk.c");
        const [opened] = await Promise.all([
          window.page.context().waitForEvent("page"),
          window.command("VMState: Open Example Tree"),
        ]);
        await opened.waitForSelector(".monaco-workbench", { timeout: 60_000 });
        await ready(window.on(opened), "hw/demo/demo-iommu.c");
      },
    },
    {
      name: "side bar: an entry is dragged to another level, and the view refreshed",
      async run(shared) {
        const folder = example();
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await ready(window, "hw/demo/demo-disk.c");
        await window.command("Explorer: Focus on VMState: Load Order View");
        await row(window, "MIG_PRI_DEFAULT").locator(".monaco-tl-twistie").click();
        // a tree of the example has one level in use: the priority of another table makes a second one
        await window.command("VMState: Change Migration Priority…");
        await window.answer("demo-disk");
        await window.answer("MIG_PRI_IOMMU");
        await row(window, "MIG_PRI_IOMMU").waitFor();
        await row(window, "vmstate_demo_iommu").dragTo(row(window, "MIG_PRI_IOMMU"));
        await window.page.locator(".tab", { hasText: "demo-iommu.c" }).first().waitFor();
        const line = window.page.locator(".view-line", { hasText: "MIG_PRI_IOMMU" }).first();
        // with the inlay hint of its value, where that is there already
        assert.match(await line.textContent(), /\.priority.=.MIG_PRI_IOMMU(?:.?=.3)?,/);
        await window.command("VMState: Refresh Load Order View");
        await row(window, "MIG_PRI_IOMMU").waitFor();
        await window.shot("side-bar-moved");
      },
    },
  ];
}
