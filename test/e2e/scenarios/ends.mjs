// A migration between two versions, and what tables are compared with while they are edited.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "-c", "commit.gpgsign=false"];

function git(folder, ...argv) {
  const { status, stderr } = spawnSync("git", [...identity, ...argv], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** @param {() => string} copy a new copy of the example */
export function endScenarios(copy) {
  const missing = spawnSync("git", ["--version"]).status === 0 ? undefined : "there is no git";
  return [
    {
      name: "ends: a guest of an older revision is refused by the tree in which a field came without a version",
      missing,
      async run(shared) {
        const folder = copy();
        git(folder, "init", "-q");
        git(folder, "add", ".");
        git(folder, "commit", "-q", "-m", "before");
        git(folder, "tag", "v1.0");
        const path = join(folder, "hw/demo/demo-nic.c");
        const field = "        VMSTATE_UINT16(status, DemoNIC),\n";
        const text = readFileSync(path, "utf8");
        writeFileSync(path, text.replace(field, `${field}        VMSTATE_BOOL(offload, DemoNIC),\n`));
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile("hw/demo/demo-nic.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Simulate Migration");
        await window.answer("-M q35 -device demo-nic");
        const page = window.webview();
        await page.locator(".verdict.good").waitFor({ timeout: 30_000 });
        await page.getByRole("button", { name: "Change the source: working tree" }).click();
        await window.answer("v1.0");
        await page.locator(".verdict.failed").waitFor({ timeout: 60_000 });
        assert.match(await page.locator("h1").textContent(), /demo-nic/);
        assert.match(await page.locator(".ends").textContent(), /From\s*v1\.0\s*to\s*working tree/);
        await window.shot("ends");

        await window.page.locator('.statusbar-item[aria-label^="VMState baseline: auto"]').click();
        await window.answer("None");
        await window.page.locator('.statusbar-item[aria-label^="VMState baseline: no baseline"]').waitFor();
      },
    },
  ];
}
