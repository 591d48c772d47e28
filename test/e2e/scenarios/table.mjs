// A table as its macros make it, from the code lens above it; and one that is written by few keys.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf } from "./example.mjs";

const struct = `#include "qemu/osdep.h"
#include "hw/sysbus.h"

typedef struct FreshState {
    SysBusDevice parent_obj;
    uint32_t control;
    uint32_t regs[16];
    uint32_t head;
} FreshState;
`;

/** The most keys beyond names that it may take from a struct to a registered table. */
const fewest = 25;

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
    {
      name: "table: from a struct to a registered table by few keys",
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "hw/demo/fresh.c"), struct);
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const { keyboard } = window.page;
        let keys = 0;
        const press = async (...wanted) => {
          for (const key of wanted) await keyboard.press(key);
          keys += wanted.length;
        };
        await window.openFile("hw/demo/fresh.c");
        await window.status("QEMU 10.2");
        const line = 1 + struct.split("\n").findIndex((each) => each.includes("typedef struct"));
        await window.goToLine(line);
        keys += "Control+G ENTER".split(" ").length + String(line).length;
        await press("Control+Period");
        const action = window.page.locator(".action-widget .monaco-list-row", {
          hasText: "Propose a VMStateDescription",
        });
        await action.waitFor();
        await window.shot("table-action");
        while (!(await action.getAttribute("class"))?.includes("focused")) await press("ArrowDown");
        await press("Enter");
        const preview = window.page.locator(".bulk-edit-panel");
        const row = (text) => preview.locator(".monaco-list-row", { hasText: text }).first();
        await row("SysBusDevice parent_obj;").waitFor();
        await window.shot("table-preview");
        // a look at the reasons, which takes no part in the count
        await window.page.locator(".action-label[aria-label*='Group Changes By Type']").first().click();
        await row("parent_obj is not saved").waitFor();
        await row("Add vmstate_fresh for FreshState").waitFor();
        await window.shot("table-preview-reasons");
        await preview.locator(".monaco-list").first().focus();
        await press("Control+Enter");
        await window.page
          .locator(".codelens-decoration a", { hasText: "priority DEFAULT" })
          .first()
          .waitFor({ timeout: 60_000 });
        await press("Control+S");
        await window.page.locator(".tab.active:not(.dirty)", { hasText: "fresh.c" }).waitFor();
        await window.shot("table-from-struct");
        const lines = (await window.page.locator(".editor-instance .view-lines").first().innerText()).replaceAll(
          "\u00a0",
          " ",
        );
        assert.match(lines, /VMSTATE_UINT32_ARRAY\(regs, FreshState, 16\)/);
        assert.ok(keys <= fewest, `${keys} keys, ${fewest} are allowed`);
      },
    },
  ];
}
