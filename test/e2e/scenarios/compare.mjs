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
        await window.command("VMState: Compare Versions…");
        await window.asked("Compare This Tree With…");
        await window.answer("HEAD");
        const page = window.webview();
        await page.locator(".verdict.failed").waitFor({ timeout: 60_000 });
        const text = await page.locator("table").textContent();
        assert.match(text, /demo-nic/);
        assert.doesNotMatch(text, /demo-disk/);
        await window.shot("versions");

        await page.getByRole("searchbox").fill("no-such-device");
        await page.getByText("No description matches.").waitFor();
        await page.getByRole("searchbox").fill("DEMO-nic");
        assert.match(await page.locator(".meets").first().textContent(), /to HEAD: refused/);

        // Both sides open at their own text.
        const link = (side) =>
          page
            .locator("td div", { hasText: `${side}: ` })
            .locator("button")
            .first();
        await link("working tree").click();
        await window.page.locator(".view-line", { hasText: "VMSTATE_BOOL(offload" }).first().waitFor();
        const line = (await link("HEAD").textContent()).split(":").at(-1);
        await link("HEAD").click();
        // A second document of the same name, at the old line.
        await window.page.locator(".tab", { hasText: "demo-nic.c" }).nth(1).waitFor();
        await window.page.locator(".statusbar-item", { hasText: `Ln ${line},` }).waitFor();
        await window.shot("versions-old-side");

        await page.getByRole("button", { name: "Change what is compared to: working tree" }).click();
        await window.asked("Compare To…");
        await window.answer("HEAD");
        await page
          .locator("h1", { hasText: "Streams go both ways between HEAD and HEAD" })
          .waitFor({ timeout: 60_000 });
      },
    },
  ];
}
