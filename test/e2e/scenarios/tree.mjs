// A real QEMU tree: the founding case, typed by hand.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export const edited = "hw/i386/intel_iommu.c";
export const priority = ".priority = MIG_PRI_IOMMU,";

const folders = [];
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let whole;

/**
 * A copy that shares the unedited files with the original, which stays as it is; gone when the tests end. For every window
 * a new one: the workbench keeps what was typed and not saved, and gives it to the next window on the same folder. Where
 * files cannot be shared there is one copy for all windows.
 */
export function copyTree(source) {
  if (whole) return whole;
  const folder = mkdtempSync(join(tmpdir(), "vmstate-tree-"));
  folders.push(folder);
  const copy = join(folder, "qemu");
  if (spawnSync("cp", ["-al", source, copy]).status !== 0) {
    rmSync(copy, { recursive: true, force: true });
    const { status, stderr } = spawnSync("cp", ["-a", source, copy], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the tree cannot be copied: ${stderr}`);
    whole = copy;
  }
  rmSync(join(copy, edited));
  copyFileSync(join(source, edited), join(copy, edited));
  return copy;
}

/** @param {string | undefined} source a QEMU tree @param {string | undefined} older that of an earlier release @param {string | undefined} stream of a real QEMU with VT-d */
export function treeScenarios(source, older, stream) {
  const missing =
    source === undefined
      ? "QEMU_SOURCE_10_2 names no tree"
      : existsSync(join(source, edited))
        ? undefined
        : `QEMU_SOURCE_10_2 (${source}) has no ${edited}`;
  const open = () => copyTree(source);
  return [
    {
      name: "QEMU: deleting the IOMMU's priority is reported while typing, and undoing it clears the report",
      landing: true,
      missing,
      async run(shared) {
        const folder = open();
        const text = readFileSync(join(folder, edited), "utf8");
        const line = text.slice(0, text.indexOf(priority)).split("\n").length;
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.showProblems();
        await window.focusEditor();
        await window.goToLine(line);
        assert.equal(
          await window.page.locator(".markers-panel .monaco-list-row", { hasText: "dma-before-iommu" }).count(),
          0,
        );
        await window.shot("qemu-before");
        await window.deleteLine();
        await window.problem("dma-before-iommu");
        await window.page
          .locator(".editor-instance .squiggly-warning, .editor-instance .squiggly-error")
          .first()
          .waitFor();
        await window.shot("qemu-priority-deleted");
        await window.page.keyboard.press("Control+Z");
        await window.problem("dma-before-iommu", { present: false });
        await window.shot("qemu-undone");
      },
    },
    {
      name: "QEMU: simulation of q35 with VT-d completes, and goes wrong in AHCI without the priority",
      landing: true,
      missing,
      async run(shared) {
        const folder = open();
        const text = readFileSync(join(folder, edited), "utf8");
        const line = text.slice(0, text.indexOf(priority)).split("\n").length;
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const machine = "-M q35 -device ich9-ahci -device intel-iommu";
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.command("VMState: Simulate Migration");
        await window.answer(machine);
        await window.webview().locator(".verdict.good").waitFor({ timeout: 60_000 });
        await window.shot("qemu-simulation-good");
        await window.page.locator(".tab", { hasText: "intel_iommu.c" }).first().click();
        await window.goToLine(line);
        await window.deleteLine();
        await window.command("VMState: Simulate Migration");
        await window.answer(machine);
        await window.webview().locator(".verdict.wrong").waitFor({ timeout: 60_000 });
        assert.match(await window.webview().locator(".verdict").textContent(), /in 0000:00:1f\.2\/ich9_ahci/);
        assert.match(await window.webview().locator("tr.event.bad").first().textContent(), /a bounce buffer instead/);
        await window.shot("qemu-simulation-wrong");
      },
    },
    {
      name: "QEMU: the messages of an open log are explained beside it",
      missing,
      async run(shared) {
        const folder = open();
        const messages = [
          "qemu-system-x86_64: error while loading state for instance 0x0 of device '0000:00:1f.2/ich9_ahci'",
          "qemu-system-x86_64: load of migration failed: Operation not permitted",
        ];
        writeFileSync(join(folder, "destination.log"), `${messages.join("\n")}\n`);
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.openFile("destination.log");
        await window.command("VMState: Explain Migration Log");
        await window.page.locator(".tab", { hasText: "explanation.log" }).waitFor({ timeout: 60_000 });
        await window.page
          .locator(".view-line", { hasText: /vmstate_ich9_ahci/ })
          .first()
          .waitFor();
        assert.equal(await window.page.locator(".tab.dirty").count(), 0);
        await window.shot("qemu-explain-log");
      },
    },
    {
      name: "QEMU: load order of the whole tree",
      missing,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: open() });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.command("VMState: Show Load Order");
        await window.webview().locator("h1").waitFor({ timeout: 60_000 });
        const text = await window.webview().locator("table").textContent();
        assert.ok(text.indexOf("MIG_PRI_PCI_BUS") < text.indexOf("MIG_PRI_IOMMU"));
        await window.shot("qemu-order");
        await window.command("Explorer: Focus on VMState: Load Order View");
        const row = (words) => window.page.locator(".pane-body .monaco-list-row", { hasText: words }).first();
        await row("MIG_PRI_IOMMU").locator(".monaco-tl-twistie").click();
        // Only the rows in sight are there.
        const scrolledTo = async (words) => {
          for (let step = 0; step < 60 && !(await row(words).isVisible()); step++) {
            await row("MIG_PRI").hover();
            await window.page.mouse.wheel(0, 40);
            await window.frames();
          }
          return row(words);
        };
        await (await scrolledTo("vtd_vmstate")).locator(".monaco-tl-twistie").click();
        await (await scrolledTo("kept by priority")).waitFor();
        await window.shot("qemu-side-bar");
      },
    },
    {
      name: "QEMU: compared with an older release",
      missing: missing ?? (older && existsSync(older) ? undefined : "QEMU_SOURCE_10_0 names no tree"),
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: open(), width: 1440, height: 900 });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.command("View: Close All Editors");
        await window.command("VMState: Compare Versions…");
        await window.asked("Compare This Tree With…");
        await window.answer(older);
        const page = window.webview();
        await page.locator("tr.band").first().waitFor({ timeout: 120_000 });
        assert.ok((await page.locator("tr.band").count()) > 5, "releases that differ in some tables");
        await page.locator("td button.link").first().click();
        await window.page
          .locator(".tab.active", { hasText: /\.(c|h|inc)/ })
          .first()
          .waitFor();
        await window.shot("qemu-versions");
      },
    },
    {
      name: "QEMU: a stream that QEMU wrote, by the tables of the tree",
      missing: missing ?? (stream && existsSync(stream) ? undefined : "VMSTATE_E2E_STREAM names no stream"),
      async run(shared) {
        const folder = open();
        const bytes = readFileSync(stream);
        writeFileSync(join(folder, "guest.mig"), stream.endsWith(".gz") ? gunzipSync(bytes) : bytes);
        shared.window = await shared.workbench.open({ folder, width: 1440, height: 900 });
        const { window } = shared;
        await window.openFile(edited);
        await window.status("QEMU 10.", 120_000);
        await window.openFile("guest.mig", "iframe.webview");
        const page = window.webview();
        await page.locator(".choice", { hasText: "iommu-intel" }).click({ timeout: 60_000 });
        await page.locator(".fields tr", { hasText: "root" }).first().waitFor();
        assert.match(await page.locator(".detail").textContent(), /by the tree's tables/);
        await page.locator(".detail button.link", { hasText: "vtd_vmstate" }).click();
        await window.page.locator(".tab.active", { hasText: "intel_iommu.c" }).first().waitFor();
        await window.shot("qemu-stream");
      },
    },
  ];
}
