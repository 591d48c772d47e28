// A load in the debugger: of the example, of a real tree, of a stream that a real QEMU wrote.
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { copyTree, edited, priority } from "./tree.mjs";

const frames = (page) => page.locator(".debug-call-stack .monaco-list-row");

async function started(window) {
  await window.page.locator(".debug-toolbar").waitFor({ timeout: 60_000 });
  await window.command("View: Show Run and Debug");
  await frames(window.page).first().waitFor({ timeout: 60_000 });
}

/** Goes on to the first fault; answers nothing, the frames say where it is. */
async function goOnToFault(window) {
  await window.page.keyboard.press("F5");
  const state = window.page.locator(".sidebar").getByText("Paused on exception").first();
  await state.waitFor({ timeout: 60_000 });
  return state;
}

async function stop({ page }) {
  await page.locator(".debug-toolbar .codicon-debug-stop").click();
  await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
}

/** @param {() => string} example a copy of the example @param {string | undefined} source a QEMU tree @param {string | undefined} stream of a real QEMU */
export function debugScenarios(example, source, stream) {
  const hasTree = source !== undefined && existsSync(join(source, edited));
  const noTree = hasTree ? undefined : "QEMU_SOURCE_10_2 names no tree";
  const open = () => copyTree(source);
  return [
    {
      name: "debugger: a load stops at its fault, with frames, fields and a way back",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        const { page } = window;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("");
        await window.command("VMState: Debug Migration Load");
        await window.answer("-M q35 -device demo-disk -device demo-iommu -device demo-nic");
        await started(window);
        // RAM comes first and has no table: the load waits at the first line there is
        await frames(page).filter({ hasText: "vmstate_demo_disk" }).first().waitFor({ timeout: 30_000 });
        await page.locator(".debug-top-stack-frame-line").first().waitFor();
        await page.locator(".debug-variables .monaco-list-row", { hasText: "Machine" }).first().waitFor();
        await window.shot("debugger-entry");
        const state = await goOnToFault(window);
        await frames(page).filter({ hasText: "dma-map" }).first().waitFor();
        await page.locator(".repl").getByText("demo-disk: dma-map").first().waitFor();
        assert.equal(await page.locator(".tab.active", { hasText: "ring.c" }).count(), 1);
        const scopes = page.locator(".debug-variables .monaco-list-row");
        await scopes.filter({ hasText: "Fields loaded so far" }).first().waitFor();
        await window.shot("debugger");
        await page.locator(".debug-toolbar .codicon-debug-step-back").click();
        await frames(page).filter({ hasText: "vmstate_demo_disk" }).first().waitFor();
        await state.waitFor({ state: "detached" });
        await stop(window);
      },
    },
    {
      name: "debugger: QEMU's own AHCI stops where it maps memory before the IOMMU that has lost its priority",
      missing: noTree,
      async run(shared) {
        const folder = open();
        const text = readFileSync(join(folder, edited), "utf8");
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const { page } = window;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.focusEditor();
        await window.goToLine(text.slice(0, text.indexOf(priority)).split("\n").length);
        await window.deleteLine();
        await window.command("VMState: Debug Migration Load");
        await window.answer("-M q35 -device ich9-ahci -device intel-iommu");
        await started(window);
        await goOnToFault(window);
        await frames(page).filter({ hasText: "ahci" }).first().waitFor();
        await page.locator(".tab.active", { hasText: ".c" }).first().waitFor();
        await window.shot("debugger-qemu");
        await stop(window);
      },
    },
    {
      name: "debugger: a stream that QEMU wrote is walked field by field",
      missing: noTree ?? (stream && existsSync(stream) ? undefined : "VMSTATE_E2E_STREAM names no stream"),
      async run(shared) {
        const folder = open();
        const bytes = readFileSync(stream);
        writeFileSync(join(folder, "guest.mig"), stream.endsWith(".gz") ? gunzipSync(bytes) : bytes);
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const { page } = window;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.openFile("guest.mig", "iframe.webview");
        await window.webview().locator("tr, .fields").first().waitFor({ timeout: 60_000 });
        await window.command("VMState: Debug Migration Load");
        await started(window);
        await frames(page).filter({ hasText: "vmstate_" }).first().waitFor();
        await page.keyboard.press("F11");
        await page.locator(".debug-variables .monaco-list-row", { hasText: "Fields loaded so far" }).first().waitFor();
        await window.shot("debugger-stream");
        await stop(window);
      },
    },
  ];
}
