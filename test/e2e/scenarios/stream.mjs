// A migration stream in the editor for it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A stream of one section, as demo-nic of the example tree is sent. */
function nicStream() {
  const name = Buffer.from("0000:00:02.0/demo-nic");
  const u32 = (value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const pci = Buffer.concat([u32(2), Buffer.alloc(256, 0x11), Buffer.alloc(16)]);
  const queue = (base) => Buffer.concat([Buffer.alloc(4), u32(base), Buffer.from([0, 3, 0, 7])]);
  const payload = Buffer.concat([
    pci,
    Buffer.from("525400123456", "hex"),
    Buffer.from([0x00, 0x2a]),
    u32(0xff),
    queue(0x1000),
    queue(0x2000),
  ]);
  const head = Buffer.concat([Buffer.from([4]), u32(7), Buffer.from([name.length]), name, u32(0), u32(2)]);
  const footer = Buffer.concat([Buffer.from([0x7e]), u32(7)]);
  return Buffer.concat([Buffer.from("QEVM"), u32(3), head, payload, footer, Buffer.from([0])]);
}

export function streamScenarios(example) {
  return [
    {
      name: "stream: sections, values by the tree's tables, and the bytes of a field",
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "nic.mig"), nicStream());
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.command("View: Toggle Primary Side Bar Visibility");
        await window.openFile("nic.mig", "iframe.webview");
        const page = window.webview();
        await page.locator(".fields").waitFor({ timeout: 60_000 });
        assert.match(await page.locator(".detail").textContent(), /by the tree's tables/);
        const status = page.locator("tr", { hasText: "status" }).first();
        assert.match(await status.textContent(), /42 \(0x2a\)/);
        await status.locator("button").click();
        assert.equal((await page.locator(".hex mark").allTextContents()).join("").trim(), "00 2a ·*");
        await window.shot("stream");
      },
    },
  ];
}
