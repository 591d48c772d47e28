// The extension as an editor in a browser runs it: no process, no disk; the server is a worker, files come through the editor.
import { lineOf } from "./example.mjs";

const kinds = { "remote.extensionKind": { "vmstate.vmstate": ["web"] } };

export function webScenarios(root, example) {
  return [
    {
      name: "browser: client and server in the page's workers find what is wrong, and follow unsaved text",
      landing: true,
      async run(shared) {
        shared.workbench.configure(kinds);
        try {
          shared.window = await shared.workbench.open({ folder: example() });
          const { window } = shared;
          await window.openFile("hw/demo/demo-iommu.c");
          await window.status("QEMU 10.2");
          // on the machine itself its address would be file:///
          await outputSays(window, "QEMU tree vscode-remote:");
          await window.showProblems();
          await window.problem("dma-before-iommu");
          await window.shot("browser");
          await window.focusEditor();
          await window.goToLine(lineOf(root, "hw/demo/demo-iommu.c", ".post_load = demo_iommu_post_load"));
          await window.page.keyboard.press("End");
          await window.page.keyboard.type("\n.priority = MIG_PRI_IOMMU,");
          await window.problem("dma-before-iommu", { present: false });
        } finally {
          shared.workbench.configure({});
        }
      },
    },
  ];
}

/** Only the lines in view are in the page, and a slow machine shows them late: looked at from the top, more than once. */
async function outputSays(window, text) {
  const output = window.page.locator(".output-view-container, .output-view").first();
  for (let attempt = 1; ; attempt++) {
    await window.command("VMState: Show Output");
    try {
      await output.locator(".view-lines").first().click({ timeout: 5_000 });
      await window.page.keyboard.press("Control+Home");
      await output.filter({ hasText: text }).waitFor({ timeout: 8_000 });
      return;
    } catch (error) {
      if (attempt < 6) continue;
      const shown = await output.innerText({ timeout: 1_000 }).catch(() => "nothing");
      throw new Error(`the output does not say "${text}" but: ${shown}`, { cause: error });
    }
  }
}
