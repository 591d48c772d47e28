// Starts the real workbench with the packaged extension, and reads it as a person would.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { startServer } from "./server.mjs";

export const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function findChromium() {
  const named = process.env.VMSTATE_E2E_CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** How long (ms) a window on a busy machine may take to know a file or a command. */
const patience = 60_000;

/** Installs the extension once and answers a function that opens folders in it. */
export async function startWorkbench({ modules, vsix, chromium, screenshots }) {
  const require = createRequire(join(modules, "package.json"));
  const { chromium: browserType } = require("playwright-core");
  const { base, home, settings, stop } = await startServer({ modules, vsix });
  const browser = await browserType.launch({ executablePath: chromium, args: chromiumFlags });

  return {
    /** @param {{folder?: string, width?: number, height?: number, theme?: string}} options */
    async open({ folder, width = 1280, height = 800 } = {}) {
      const context = await browser.newContext({ viewport: { width, height } });
      const page = await context.newPage();
      await page.goto(folder ? `${base}/?folder=${encodeURIComponent(folder)}` : `${base}/?ew=true`);
      await page.waitForSelector(".monaco-workbench", { timeout: 60_000 });
      return new Workbench(page, screenshots);
    },
    /** Process ids of the extension's language servers in this workbench. */
    servers() {
      const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
      const own = stdout.split("\n").filter((line) => line.includes(home) && line.includes("dist/server.js"));
      return own.map((line) => Number.parseInt(line, 10));
    },
    configure(extra) {
      writeFileSync(join(home, "data/User/settings.json"), JSON.stringify({ ...settings, ...extra }, null, 2));
    },
    /** Settings of scope "machine": of the one that the workbench runs on, not of the browser's user. */
    configureMachine(extra) {
      writeFileSync(join(home, "data/Machine/settings.json"), JSON.stringify(extra, null, 2));
    },
    async stop() {
      await browser.close();
      await stop();
    },
  };
}

/** One window of the workbench. */
export class Workbench {
  constructor(page, screenshots) {
    this.page = page;
    this.screenshots = screenshots;
  }

  async shot(name) {
    await this.page.screenshot({ path: join(this.screenshots, `${name}.png`) });
  }

  /** The same for a window that this one has opened. */
  on(page) {
    return new Workbench(page, this.screenshots);
  }

  async close() {
    await this.page.context().close();
  }

  /** Asks by a key until the quick input is there with what is asked for: a key is lost where the focus is just moving. */
  async quickly(key, text, choose) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input").first();
    const end = Date.now() + patience;
    for (let wait = 3_000; ; wait = Math.min(wait * 1.5, 10_000)) {
      try {
        await this.page.keyboard.press(key);
        await input.waitFor({ timeout: wait });
        await input.fill(text, { timeout: wait });
        return await choose(wait);
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.keyboard.press("Escape");
      }
    }
  }

  /** Opens a file of the workspace by its path; `shows` is what its editor must have. */
  async openFile(path, shows = ".editor-instance .view-line") {
    const name = path.split("/").at(-1);
    await this.quickly("Control+P", path, async (timeout) => {
      // a file that was open stands in the list before what was typed is looked for
      await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor({ timeout });
      await this.page.keyboard.press("Enter");
      await this.page.locator(".tab", { hasText: name }).first().waitFor({ timeout });
      await this.page.locator(shows).first().waitFor({ timeout });
    });
  }

  /** Runs a command of the palette by its title; a new window may not know it at once. */
  async command(title) {
    const name = title.replace(/^.*: /, "");
    // A click takes this row; Enter would take the one in focus when it comes, which the list may have changed by then.
    const row = this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).first();
    await this.quickly("F1", `>${title}`, async (timeout) => {
      await row.waitFor({ timeout });
      await row.click({ timeout });
    });
  }

  /** Waits for the picker with this title: the palette's own goes before a command's comes. */
  async asked(title) {
    await this.page.locator(".quick-input-widget:visible .quick-input-title", { hasText: title }).waitFor();
  }

  /** Types into the quick input that a command has opened and accepts it. */
  async answer(text) {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input").first();
    await input.waitFor();
    await input.fill(text);
    await this.page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await this.still(() => this.page.locator(".quick-input-widget:visible").innerText());
    await this.page.keyboard.press("Enter");
  }

  /** What the extension has written to a file, when it is there and whole. */
  async written(path) {
    const read = () => (existsSync(path) ? readFileSync(path, "utf8") : "");
    await this.changed("", read);
    await this.still(read);
    return read();
  }

  /** A page of its own in the same browser. */
  async workbenchPage(url) {
    const page = await this.page.context().newPage();
    await page.goto(url);
    return page;
  }

  /** Lets the window draw what it has to draw. */
  async frames(count = 2) {
    for (let i = 0; i < count; i++)
      await this.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => drawn(undefined)))");
  }

  /** Waits until `read` answers the same for a number of frames: what moves or is filled has come to rest. */
  async still(read, count = 12) {
    const end = Date.now() + patience;
    let last = await read();
    for (let same = 0; same < count; ) {
      if (Date.now() > end) throw new Error(`does not come to rest: ${last}`);
      await this.frames();
      const now = await read();
      same = now === last ? same + 1 : 0;
      last = now;
    }
  }

  /** Waits until `read` answers something else than `before`, and not nothing. */
  async changed(before, read) {
    const end = Date.now() + patience;
    for (;;) {
      const now = await read();
      if (now !== before && now !== "") return;
      if (Date.now() > end) throw new Error(`does not change: ${before}`);
      await this.frames();
    }
  }

  /** Waits until the parts of the window have their places. */
  async settled() {
    const places = () =>
      this.page.evaluate(
        "JSON.stringify([...document.querySelectorAll('.part, iframe')].map((part) => part.getBoundingClientRect()))",
      );
    await this.still(places);
  }

  /** Deletes the line at the cursor of a file without unsaved changes. */
  async deleteLine() {
    await this.page.keyboard.press("Control+Shift+K");
    await this.page.locator(".tab.active.dirty").first().waitFor();
  }

  /** Accepts a folder in the dialog that asks for one; it shows a folder of its own first, over what was typed before. */
  async chooseFolder(path) {
    const widget = this.page.locator(".quick-input-widget:visible");
    const input = widget.locator("input").first();
    for (let attempt = 1; ; attempt++) {
      await input.waitFor();
      while (!(await input.inputValue()).startsWith("/")) await this.frames();
      await input.fill(path);
      await this.still(async () => `${await input.inputValue()} ${await widget.innerText()}`);
      if ((await input.inputValue()) === path) await this.page.keyboard.press("Enter");
      const hidden = await widget.waitFor({ state: "hidden", timeout: 3000 }).then(
        () => true,
        () => false,
      );
      if (hidden) return;
      if (attempt === 8) throw new Error(`the dialog does not take ${path}`);
    }
  }

  /** Puts the cursor at a line (one-based) of the open file. */
  async goToLine(line) {
    await this.quickly("Control+G", `:${line}`, async (timeout) => {
      await this.page.keyboard.press("Enter");
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout });
    });
  }

  /** Waits until the Problems view has (or no longer has) an entry whose label contains `text`. */
  async problem(text, { present = true, timeout = 30_000 } = {}) {
    const row = this.page.locator(".markers-panel .monaco-list-row", { hasText: text }).first();
    await row.waitFor({ state: present ? "visible" : "detached", timeout });
  }

  async showProblems() {
    await this.command("Problems: Focus on Problems View");
    await this.page.locator(".markers-panel").waitFor();
  }

  async focusEditor() {
    await this.page
      .locator(".editor-instance .view-lines")
      .first()
      .click({ position: { x: 300, y: 60 } });
  }

  /** The document inside the extension's page. */
  webview() {
    return this.page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame");
  }

  /** The frame of the extension's page, for what a locator cannot do. */
  async pageFrame() {
    await this.webview().locator("#page h1").waitFor();
    for (const frame of this.page.frames()) {
      if (
        (await frame
          .locator("#page")
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    }
    throw new Error("no page of the extension is open");
  }

  /** Waits until the status bar's item of the extension says `text`. */
  async status(text, timeout = 60_000) {
    await this.page.locator(`.statusbar-item[aria-label*="VMState: ${text}"]`).first().waitFor({ timeout });
  }
}
