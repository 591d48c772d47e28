// The whole tree's findings, by the task that the extension offers.

/** The picker of tasks opens while the palette closes, and may go with it. */
async function runBuildTask(window, name) {
  const row = window.page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first();
  for (let attempt = 1; ; attempt++) {
    await window.command("Tasks: Run Build Task");
    try {
      await row.waitFor({ timeout: 10_000 });
      return await row.click();
    } catch (error) {
      if (attempt === 4) throw error;
      await window.page.keyboard.press("Escape");
    }
  }
}

/** @param {() => string} example a copy of the example */
export function taskScenarios(example) {
  return [
    {
      name: "task: check the tree fills the Problems view without a file open",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-timer.c");
        await window.status("QEMU 10.2");
        await window.command("View: Close All Editors");
        await runBuildTask(window, "check the tree");
        // The task's terminal comes to the front once it has ended with findings, also behind our back: the view is shown again.
        const finding = window.page.locator(".markers-panel .monaco-list-row", { hasText: "dma-before-iommu" }).first();
        for (let attempt = 1; ; attempt++) {
          await window.showProblems();
          try {
            await window.problem("demo-disk.c", { timeout: 10_000 });
            await window.problem("dma-before-iommu", { timeout: 10_000 });
            await window.shot("task-check");
            await finding.dblclick({ timeout: 10_000 });
            break;
          } catch (error) {
            if (attempt === 6) throw error;
          }
        }
        await window.page.locator(".tab", { hasText: "demo-disk.c" }).first().waitFor();
      },
    },
  ];
}
