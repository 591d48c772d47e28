// A migration stream in the editor for it.
import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seriousFindings, tabThrough, themes } from "./pages.mjs";

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const named = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const header = Buffer.concat([Buffer.from("QEVM"), u32(3)]);

/** Bytes of guest memory in a stream with mapped-ram, which has a place for each page and a hole where it is zero. */
const memory = 2 ** 32;

/** A stream of more than 4 GiB that takes some kilobytes of the disk. */
function writeLargeStream(path) {
  const machine = Buffer.from("pc-q35-10.0");
  const configuration = Buffer.concat([
    Buffer.from([7]),
    u32(machine.length),
    machine,
    Buffer.from([5]),
    named("configuration/capabilities"),
    u32(1),
    u32(1),
    named("mapped-ram"),
  ]);
  const start = Buffer.concat([Buffer.from([1]), u32(2), named("ram"), u32(0), u32(4)]);
  const pages = 1 << 20;
  const before = Buffer.concat([header, configuration, start, u64(memory + 4), named("pc.ram"), u64(memory)]);
  // the bitmap begins where the block's own header of 28 bytes ends
  const block = Buffer.concat([u32(1), u64(4096), u64(before.length + 28), u64(pages)]);
  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([before, block]), 0, undefined, 0);
  const footer = Buffer.concat([u64(0x10), Buffer.from([0x7e]), u32(2)]);
  writeSync(file, Buffer.concat([footer, nicStream().subarray(header.length)]), 0, undefined, pages + memory);
  closeSync(file);
}

/** A stream of one section, as demo-nic of the example tree is sent. */
export function nicStream() {
  const name = Buffer.from("0000:00:02.0/demo-nic");
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
  return Buffer.concat([header, head, payload, footer, Buffer.from([0])]);
}

/** A window opens a file as text as long as it does not know the extension's editors. */
async function ready(window) {
  await window.status("QEMU 10.2");
}

/** @param {string} modules folder whose node_modules hold axe-core @param {() => string} example a copy of the example */
export function streamScenarios(modules, example) {
  const axe = () => readFileSync(join(modules, "node_modules/axe-core/axe.min.js"), "utf8");
  return [
    {
      name: "stream: sections, values by the tree's tables, and the bytes of a field",
      landing: true,
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "nic.mig"), nicStream());
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await ready(window);
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
    {
      name: "stream: 4 GiB open at once, are searched, and any offset is reached",
      async run(shared) {
        const folder = example();
        const path = join(folder, "large.mig");
        writeLargeStream(path);
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await ready(window);
        await window.command("View: Toggle Primary Side Bar Visibility");
        await window.openFile("large.mig", "iframe.webview");
        const page = window.webview();
        await page.locator(".choice", { hasText: "demo-nic" }).waitFor({ timeout: 60_000 });
        const frame = await window.pageFrame();
        const shown = await frame.evaluate("performance.getEntriesByName('stream-read')[0].startTime");
        console.log(`  4 GiB: sections shown ${Math.round(shown)} ms after the page was loaded; budget 1000 ms`);
        assert.match(await page.locator(".verdict").textContent(), /4\.00 GiB · 2 sections/);
        await page.getByLabel("Go to offset").fill("0x80000000");
        await page.getByLabel("Go to offset").press("Enter");
        await page.locator(".hex", { hasText: "80000000 00 00" }).waitFor();
        await page.getByLabel("Find text or bytes").fill("demo-nic");
        await page.getByRole("button", { name: "Find next" }).click();
        await page.locator(".looking", { hasText: "Found at 0x1" }).waitFor({ timeout: 60_000 });
        await page.locator(".hex mark", { hasText: "64 65 6d" }).waitFor();
        assert.equal(await page.locator(".choice.chosen .name").textContent(), "0000:00:02.0/demo-nic");
        await window.shot("stream-large");
        await page.locator(".hex").focus();
        await window.page.keyboard.press("Home");
        await page.locator(".hex", { hasText: "00000000 51 45 56 4d" }).waitFor();
        await window.page.keyboard.press("PageDown");
        await page.locator(".hex", { hasText: "00000170 " }).waitFor();
      },
    },
    {
      name: "stream: what is none, is cut, is empty or goes away is said, and its bytes stay readable",
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "text.mig"), "This is no stream at all.\n");
        writeFileSync(join(folder, "empty.mig"), "");
        writeFileSync(join(folder, "cut.mig"), nicStream().subarray(0, 200));
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await ready(window);
        const shows = async (name, text, bytes) => {
          await window.openFile(name, "iframe.webview");
          await window.webview().locator(".verdict.failed", { hasText: text }).waitFor({ timeout: 60_000 });
          if (bytes !== undefined) await window.webview().locator(".hex", { hasText: bytes }).waitFor();
        };
        await shows("text.mig", "no stream (QEVM) stands in it", "This is no strea");
        await window.shot("stream-none");
        await window.command("View: Close All Editors");
        await shows("empty.mig", "The file is empty");
        await window.command("View: Close All Editors");
        await shows("cut.mig", "0xc8", "11 11 11 11");
        rmSync(join(folder, "cut.mig"));
        await window.webview().locator(".verdict.failed", { hasText: "no longer there" }).waitFor({ timeout: 30_000 });
        writeFileSync(join(folder, "cut.mig"), nicStream());
        await window.webview().locator(".fields").waitFor({ timeout: 30_000 });
      },
    },
    {
      name: "stream: a copy is edited by value and by byte, loaded as it stands, undone, and saved under another name",
      async run(shared) {
        const folder = example();
        const path = join(folder, "nic.mig");
        writeFileSync(path, nicStream());
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        const { keyboard } = window.page;
        await ready(window);
        await window.command("View: Toggle Primary Side Bar Visibility");
        await window.openFile("nic.mig", "iframe.webview");
        await window.webview().getByRole("button", { name: "Edit a copy" }).click({ timeout: 60_000 });
        await window.page.locator(".tab.active", { hasText: "nic-edited.mig" }).waitFor();
        const page = window.webview();
        const copy = page.locator(".copy");
        await copy.locator(".tried", { hasText: "names no machine" }).waitFor({ timeout: 60_000 });
        await copy.getByLabel("Destination").fill("-M q35 -device demo-nic,addr=2");
        await copy.getByLabel("Destination").press("Enter");
        await copy.locator(".tried", { hasText: "What if it is loaded?" }).waitFor({ timeout: 60_000 });
        const status = page.locator(".fields tr", { hasText: "status" }).first();
        await status.getByRole("button", { name: "42 (0x2a)" }).focus();
        await keyboard.press("Enter");
        const value = status.getByLabel("Value of status, 2 bytes");
        await value.fill("0x10000");
        await status.locator(".problem").waitFor();
        assert.deepEqual(await seriousFindings(window, axe()), []);
        await value.fill("0x2b");
        await value.press("Enter");
        await status.locator("td", { hasText: "43 (0x2b)" }).waitFor();
        await copy.locator("p", { hasText: "1 byte changed" }).waitFor();
        await window.page.locator(".tab.active.dirty").waitFor();
        // a byte leads to its field, digits change it
        await status.locator("button", { hasText: "status" }).click();
        const hex = page.locator(".hex");
        await hex.focus();
        await keyboard.press("ArrowRight");
        await keyboard.press("ArrowRight");
        await page.locator(".fields tr.chosen", { hasText: "interrupt_mask" }).waitFor();
        await keyboard.type("a5");
        await page.locator(".fields tr", { hasText: "interrupt_mask" }).getByText("0xa50000ff").waitFor();
        await copy.locator("p", { hasText: "2 bytes changed" }).waitFor();
        await page.locator("output", { hasText: "interrupt_mask" }).waitFor();
        await copy.locator(".tried", { hasText: "What if it is loaded?" }).waitFor({ timeout: 60_000 });
        await window.shot("stream-copy");
        assert.deepEqual(await seriousFindings(window, axe()), []);
        await keyboard.press("Control+Z");
        await copy.locator("p", { hasText: "1 byte changed" }).waitFor();
        await keyboard.press("Control+Y");
        await copy.locator("p", { hasText: "2 bytes changed" }).waitFor();
        await keyboard.press("Control+S");
        await window.chooseFolder(join(folder, "other.mig"));
        await window.page.locator(".tab.active", { hasText: "other.mig" }).waitFor();
        const wanted = nicStream();
        const mac = wanted.indexOf("525400123456", 0, "hex");
        wanted[mac + 7] = 0x2b;
        wanted[mac + 8] = 0xa5;
        assert.deepEqual(readFileSync(join(folder, "other.mig")), wanted);
        assert.deepEqual(readFileSync(path), nicStream());
      },
    },
    {
      name: "stream: every theme without a serious accessibility finding, by keyboard alone",
      async run(shared) {
        const folder = example();
        writeFileSync(join(folder, "nic.mig"), nicStream());
        for (const [short, theme] of themes) {
          shared.workbench.configure({ "workbench.colorTheme": theme });
          for (const width of [1280, 800]) {
            shared.window = await shared.workbench.open({ folder, width, height: 900 });
            const { window } = shared;
            await ready(window);
            await window.openFile("nic.mig", "iframe.webview");
            await window.webview().locator(".fields").waitFor({ timeout: 60_000 });
            await window.command("View: Toggle Primary Side Bar Visibility");
            await window.settled();
            await window.shot(`page-stream-${short}-${width}`);
            assert.deepEqual(await seriousFindings(window, axe()), []);
            if (short === "dark") await tabThrough(window);
            await window.close();
          }
        }
        shared.window = undefined;
        shared.workbench.configure({});
      },
    },
  ];
}
