// What the editor says stays true when files come and go and when the server ends; and the ways to the commands.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nicStream } from "./stream.mjs";

const iommu = "hw/demo/demo-iommu.c";
const finding = "dma-before-iommu";

/** Through the palette, since the explorer's own keys need its focus. */
async function inExplorer(window, file, key) {
  await window.command("File: Reveal Active File in Explorer View");
  const row = window.page.locator(".explorer-folders-view .monaco-list-row.focused", { hasText: file }).first();
  await row.click();
  await window.page.keyboard.press(key);
}

const tab = (window, name) => window.page.locator(".tab", { hasText: name }).first();

/** Opens the menu at a place until it has `label`: asked of a window that is just drawing, it does not come. */
async function menuAt(window, place, label) {
  const item = window.page.locator(".monaco-menu .action-item", { hasText: label }).first();
  for (let attempt = 1; ; attempt++) {
    await place.click({ button: "right" });
    try {
      return await item.waitFor({ timeout: 5_000 }).then(() => item);
    } catch (error) {
      if (attempt === 6) throw error;
      await window.page.keyboard.press("Escape");
    }
  }
}

/** @param {() => string} example a new copy of the example */
export function trustScenarios(example) {
  return [
    {
      name: "trust: problems go with a closed file, a discarded text, an old name and a deleted file",
      async run(shared) {
        shared.workbench.configure({ "explorer.confirmDelete": false, "files.enableTrash": false });
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile(iommu);
        await window.showProblems();
        await window.problem(finding, { timeout: 60_000 });
        await window.command("View: Close All Editors");
        await window.problem(finding, { present: false });

        await window.openFile("hw/demo/demo-nic.c");
        await window.goToLine(1);
        await window.page.keyboard.type('static const VMStateDescription vmstate_typed = { .name = "typed",\n');
        await window.problem("vmstate_typed");
        await window.command("File: Revert File");
        await tab(window, "demo-nic.c").and(window.page.locator(".dirty")).waitFor({ state: "detached" });
        await window.problem("vmstate_typed", { present: false });

        await window.openFile(iommu);
        await window.problem(finding);
        await inExplorer(window, "demo-iommu.c", "F2");
        const name = window.page.locator(".explorer-folders-view .monaco-inputbox input").first();
        await name.waitFor();
        await name.fill("demo-mmu.c");
        await window.page.keyboard.press("Enter");
        await tab(window, "demo-mmu.c").waitFor();
        await window.problem("demo-mmu.c");
        await window.problem("demo-iommu.c", { present: false });
        await window.shot("trust-renamed");

        await inExplorer(window, "demo-mmu.c", "Shift+Delete");
        await tab(window, "demo-mmu.c").waitFor({ state: "detached" });
        await window.problem("demo-mmu.c", { present: false });
        shared.workbench.configure({});
      },
    },
    {
      name: "trust: a server that keeps ending is told of with a way on, and no longer once it answers",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile(iommu);
        await window.status("QEMU 10.2");
        const toast = window.page
          .locator(".notification-toast", { hasText: "the language server has stopped" })
          .first();
        const killed = new Set();
        for (let crash = 1; crash <= 5; crash++) {
          let pid;
          while (pid === undefined) {
            pid = shared.workbench.servers().find((each) => !killed.has(each));
            await window.frames();
          }
          // one that is killed while it starts is not the crash of a server that answers
          await window.status("QEMU 10.2");
          process.kill(pid, "SIGKILL");
          killed.add(pid);
          if (crash < 5) await window.status("starting").catch(() => undefined);
        }
        await toast.waitFor();
        await window.status("stopped");
        await window.shot("trust-stopped");
        await toast.locator("a", { hasText: "Restart" }).click();
        await window.status("QEMU 10.2");
        await toast.waitFor({ state: "detached" });
        await window.showProblems();
        await window.problem(finding);
        await window.shot("trust-restarted");
      },
    },
    {
      name: "trust: menus of the status, of a C editor and of a stream's file",
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "guest.mig"), nicStream());
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile(iommu);
        await window.status("QEMU 10.2");
        await window.page.locator('.statusbar-item[aria-label*="VMState: QEMU 10.2"]').first().click();
        for (const text of ["Log", "Restart Server", "Target…", "Baseline…"])
          await window.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().waitFor();
        await window.shot("trust-status-menu");
        await window.page.keyboard.press("Escape");

        const own = await menuAt(
          window,
          window.page.locator(".view-line", { hasText: "demo_iommu" }).first(),
          "VMState",
        );
        await own.hover();
        const simulate = window.page.locator(".monaco-menu .action-item", { hasText: "Simulate Migration" }).last();
        await simulate.waitFor();
        await window.shot("trust-editor-menu");
        await simulate.click();
        await window.page.locator(".quick-input-widget:visible .quick-input-box input").first().waitFor();
        await window.page.keyboard.press("Escape");

        const file = window.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "guest.mig" }).first();
        await file.waitFor();
        const step = await menuAt(window, file, "Debug Migration Load");
        await window.shot("trust-stream-menu");
        await step.click();
        // it is taken for a stream; that of the example has no configuration section
        await window.page.locator(".monaco-dialog-box", { hasText: "names no machine" }).waitFor({ timeout: 60_000 });
      },
    },
  ];
}
