// A table as its macros make it, from the code lens above it.
import { lineOf } from "./example.mjs";

export function tableScenarios(root, example) {
  return [
    {
      name: "table: its code lens opens it as its macros make it",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await window.openFile("hw/demo/demo-iommu.c");
        await window.status("QEMU 10.2");
        await window.goToLine(lineOf(root, "hw/demo/demo-iommu.c", "VMStateDescription vmstate_demo_iommu"));
        await window.page.locator(".codelens-decoration a", { hasText: "4 fields" }).first().click();
        await window.page.locator(".tab", { hasText: "vmstate_demo_iommu.c" }).first().waitFor();
        await window.page.locator(".view-line", { hasText: "offsetof(DemoIOMMU" }).first().waitFor();
        await window.shot("table");
      },
    },
  ];
}
