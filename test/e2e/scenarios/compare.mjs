// Two versions of the example: a field that came without a new version.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nicStream } from "./stream.mjs";

const identity = ["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "-c", "commit.gpgsign=false"];

export function git(folder, ...argv) {
  const { status, stderr } = spawnSync("git", [...identity, ...argv], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

const statusField = "        VMSTATE_UINT16(status, DemoNIC),\n";

/** What `vmstate dump` prints has the form of QEMU's -dump-vmstate. */
function dumpOf(root, tree) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/cli.js"), "dump", "--tree", tree, "--machine", "pc-q35-10.2"],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Chooses a file as a side of the page, by the dialog that the workbench draws itself. */
async function chooseFile(window, side, path) {
  await window
    .webview()
    .getByRole("button", { name: `Change what is compared ${side}` })
    .click();
  await window.asked(side === "from" ? "Compare From…" : "Compare To…");
  await window.answer(path);
}

export function compareScenarios(root, copy) {
  return [
    {
      name: "versions: a dump and a stream of another version are compared with the tree",
      async run(shared) {
        const folder = copy();
        const files = copy();
        const dump = join(files, "now.json");
        const stream = join(files, "guest.mig");
        writeFileSync(dump, dumpOf(root, folder));
        writeFileSync(stream, nicStream());
        const path = join(folder, "hw/demo/demo-nic.c");
        const text = readFileSync(path, "utf8");
        assert.ok(text.includes(statusField));
        writeFileSync(path, text.replace(statusField, ""));
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile("hw/demo/demo-nic.c");
        await window.status("QEMU 10.2");
        await window.command("VMState: Compare Versions…");
        await window.asked("Compare This Tree With…");
        await window.answer(dump);
        const page = window.webview();
        await page.locator(".verdict.failed").waitFor({ timeout: 60_000 });
        assert.match(await page.locator("table").textContent(), /now\.json sends demo-nic\/status \(2 bytes\)/);
        await window.shot("versions-dump");
        await page.locator("td button.link").first().click();
        await window.page.locator(".tab.active", { hasText: "demo-nic.c" }).first().waitFor();

        await chooseFile(window, "from", stream);
        const unread = page.locator("td", { hasText: "does not read section 0000:00:02.0/demo-nic" });
        await unread.first().waitFor({ timeout: 60_000 });
        assert.equal(await page.locator("td button.link").count(), 1);
        await window.shot("versions-stream");
        await chooseFile(window, "to", dump);
        await page.locator(".verdict.failed", { hasText: "cannot be compared" }).waitFor({ timeout: 60_000 });
        await page.getByText("a stream is read by a source tree or a revision").waitFor();
      },
    },
    {
      name: "versions: a field added without a new version is refused by the older one",
      landing: true,
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
        assert.match(text, /working tree sends demo-nic\/offload \(1 byte\), and HEAD does not expect it/);
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
