// Two versions of the example: a field that came without a new version.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "-c", "commit.gpgsign=false"];

function git(folder, ...argv) {
  const { status, stderr } = spawnSync("git", [...identity, ...argv], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

export function compareScenarios(copy) {
  return [
    {
      name: "versions: a field added without a new version is refused by the older one",
      missing: spawnSync("git", ["--version"]).status === 0 ? undefined : "there is no git",
      async run(shared) {
        const folder = copy();
        git(folder, "init", "-q");
        git(folder, "add", ".");
        git(folder, "commit", "-q", "-m", "before");
        const path = join(folder, "hw/demo/demo-nic.c");
        const field = "        VMSTATE_UINT16(status, DemoNIC),\n";
        writeFileSync(
          path,
          readFileSync(path, "utf8").replace(field, `${field}        VMSTATE_BOOL(offload, DemoNIC),\n`),
        );
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile("hw/demo/demo-nic.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Compare With an Older Version…");
        const input = window.page.locator(".quick-input-widget:visible input").first();
        await input.waitFor();
        // the palette's own box goes before the command's comes
        for (let tries = 0; tries < 50 && (await input.inputValue()) !== "HEAD"; tries++)
          await window.page.waitForTimeout(200);
        assert.equal(await input.inputValue(), "HEAD");
        await window.page.keyboard.press("Enter");
        const page = window.webview();
        await page.locator(".verdict.failed").waitFor({ timeout: 60_000 });
        const text = await page.locator("table").textContent();
        assert.match(text, /demo-nic/);
        assert.doesNotMatch(text, /demo-disk/);
        await window.shot("versions");
      },
    },
  ];
}
