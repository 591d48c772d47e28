// How the pages look and how they are used without a mouse.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const broken = "-M q35 -device demo-disk -device demo-iommu";
export const themes = [
  ["light", "Default Light Modern"],
  ["dark", "Default Dark Modern"],
  ["contrast", "Default High Contrast"],
  ["contrast-light", "Default High Contrast Light"],
];

/** Runs in the window: whether what it keeps for its next start holds the simulation of this machine. */
async function isKept(machine) {
  const answered = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("vscode-web-state-db")) continue;
    const database = await answered(indexedDB.open(name));
    const values = await answered(database.transaction("ItemTable").objectStore("ItemTable").getAll());
    database.close();
    if (
      values.some(
        (value) => String(value).includes("mainThreadWebview-vmstate.simulation") && String(value).includes(machine),
      )
    )
      return true;
  }
  return false;
}

async function showSimulation(window) {
  await window.openFile("hw/demo/demo-disk.c");
  await window.status("QEMU 10.2");
  await window.command("VMState: Simulate Migration");
  await window.answer(broken);
  await window.webview().locator("h1").waitFor({ timeout: 30_000 });
}

/** Between the tree `folder` and that of the window. */
async function showComparison(window, folder) {
  await window.command("VMState: Compare Versions…");
  await window.asked("Compare This Tree With…");
  await window.answer(folder);
  await window.webview().locator("table").waitFor({ timeout: 60_000 });
}

/** A tree whose tables lack fields that the example's have. */
function olderExample(folder) {
  const without = (file, ...lines) => {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const kept = lines.reduce((rest, line) => rest.replace(line, ""), text);
    assert.notEqual(kept, text);
    writeFileSync(path, kept);
  };
  without("hw/demo/demo-nic.c", "        VMSTATE_UINT16(status, DemoNIC),\n");
  return folder;
}

/** Tabs through what the page has; each must be reached. */
export async function tabThrough(window) {
  const frame = await window.pageFrame();
  const all = await frame.locator("button, input").count();
  await frame.locator("button, input").first().focus();
  const reached = new Set();
  const label =
    "document.activeElement.outerHTML + [...document.querySelectorAll('*')].indexOf(document.activeElement)";
  for (let i = 0; i < all; i++) {
    reached.add(await frame.evaluate(label));
    await window.page.keyboard.press("Tab");
  }
  assert.equal(reached.size, all);
}

/** Findings of axe-core that a person would stumble over. */
export async function seriousFindings(window, axe) {
  const frame = await window.pageFrame();
  await frame.evaluate(axe);
  const violations = await frame.evaluate(
    "axe.run('#page', { resultTypes: ['violations'] }).then((r) => r.violations)",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(" ")}`,
    );
}

/** @param {string} modules folder whose node_modules hold axe-core @param {() => string} example a new copy of the example */
export function pageScenarios(modules, example) {
  let old;
  const older = () => {
    old ??= olderExample(example());
    return old;
  };
  const axe = () => readFileSync(join(modules, "node_modules/axe-core/axe.min.js"), "utf8");
  return [
    ...themes.map(([short, theme]) => ({
      name: `pages: ${short} theme, wide and narrow, without a serious accessibility finding`,
      async run(shared) {
        shared.workbench.configure({ "workbench.colorTheme": theme });
        for (const width of [1280, 800]) {
          shared.window = await shared.workbench.open({ folder: example(), width, height: 900 });
          const { window } = shared;
          await showSimulation(window);
          await window.command("View: Toggle Primary Side Bar Visibility");
          await window.settled();
          await window.shot(`page-simulation-${short}-${width}`);
          const code = await window
            .webview()
            .locator(".verdict code")
            .first()
            .evaluate((element) => {
              const { color, backgroundColor } = getComputedStyle(element);
              return { color, ground: backgroundColor, body: getComputedStyle(document.body).backgroundColor };
            });
          assert.notEqual(code.color, code.ground === "rgba(0, 0, 0, 0)" ? code.body : code.ground);
          assert.deepEqual(await seriousFindings(window, axe()), []);
          await window.command("View: Close All Editors");
          await window.command("VMState: Show Load Order");
          await window.webview().locator("table").waitFor({ timeout: 30_000 });
          await window.shot(`page-order-${short}-${width}`);
          assert.deepEqual(await seriousFindings(window, axe()), []);
          await window.command("View: Close All Editors");
          await window.command("VMState: Show Dependency Graph");
          await window.webview().locator("button.node", { hasText: "demo-iommu" }).click({ timeout: 30_000 });
          await window.webview().locator(".graph-details h3").first().waitFor();
          await window.shot(`page-graph-${short}-${width}`);
          assert.deepEqual(await seriousFindings(window, axe()), []);
          await window.command("View: Close All Editors");
          await showComparison(window, older());
          // The notice of its progress fades out by itself.
          await window.page.locator(".notification-toast").first().waitFor({ state: "detached" });
          await window.shot(`page-compare-${short}-${width}`);
          assert.deepEqual(await seriousFindings(window, axe()), []);
          await window.close();
        }
        shared.window = undefined;
        shared.workbench.configure({});
      },
    })),
    {
      name: "pages: the simulation is usable by keyboard alone",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await showSimulation(window);
        const frame = await window.pageFrame();
        await tabThrough(window);
        await frame.locator("#machine").focus();
        await window.page.keyboard.press("Home");
        await window.page.keyboard.press("Shift+End");
        await window.page.keyboard.type("-M q35 -device demo-iommu -device demo-disk");
        await window.page.keyboard.press("Enter");
        await window.webview().locator(".verdict.good").waitFor({ timeout: 30_000 });
      },
    },
    {
      name: "pages: a simulation is saved as one HTML file and as a trace, and its machine is completed",
      async run(shared) {
        const folder = example();
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await showSimulation(window);
        const isInSight = () => {
          const [fault, box] = [".timeline .failed rect", "section.scroll"].map((each) =>
            document.querySelector(each).getBoundingClientRect(),
          );
          return fault.left >= box.left && fault.right <= box.right;
        };
        assert.ok(await (await window.pageFrame()).evaluate(isInSight), "the section that fails is in sight");
        const saved = async (button, name) => {
          const path = join(folder, name);
          await window.webview().getByRole("button", { name: button }).click();
          await window.chooseFolder(path);
          return window.written(path);
        };
        const html = await saved("Save as HTML", "sent.html");
        assert.match(html, /^<!doctype html>/i);
        assert.match(html, /demo-disk: the ring cannot be mapped/);
        assert.doesNotMatch(html, /<(?:script|link)[^>]+(?:src|href)=/);
        const { traceEvents } = JSON.parse(await saved("Save for Perfetto", "sent.json"));
        assert.ok(traceEvents.some(({ name }) => String(name).includes("demo-iommu")));
        const machine = window.webview().locator("#machine");
        await machine.fill("-M q35 -device demo-n");
        await window
          .webview()
          .locator("#machine-lines option[value*='demo-nic']")
          .first()
          .waitFor({ state: "attached" });
        await window.shot("page-saved");
        const drawn = await window.workbenchPage(`file://${join(folder, "sent.html")}`);
        await drawn.screenshot({ path: join(window.screenshots, "page-saved-html.png"), fullPage: true });
        await drawn.close();
      },
    },
    {
      name: "pages: an access opens into its walk, all pages share a column, and a narrow one widens",
      landing: true,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await showSimulation(window);
        const address = window.webview().locator(".event button[aria-expanded]").first();
        await address.focus();
        await window.page.keyboard.press("Enter");
        const walks = window.webview().locator(".walk");
        await walks.nth(1).waitFor();
        assert.match(await walks.nth(0).innerText(), /not been loaded yet.*stays 0x.*no memory at/s);
        assert.match(await walks.nth(1).innerText(), /Mapping 1.*phys_start.*Translated to 0x/s);
        assert.deepEqual(await seriousFindings(window, axe()), []);
        await window.shot("page-walk");
        await walks.nth(1).getByRole("button", { name: "Guest memory at" }).last().focus();
        await window.page.keyboard.press("Enter");
        const memory = window.webview().locator(".walks + .memory");
        await memory.locator(".holds", { hasText: "demo-disk was to find this" }).waitFor({ timeout: 30_000 });
        assert.match(await memory.innerText(), /RAM's section brought this page.*Generated: a buffer of/s);
        await memory.locator("input").fill("0x40000000");
        await window.page.keyboard.press("Enter");
        await memory.getByText("The guest has no memory at 0x40000000.").waitFor({ timeout: 30_000 });
        await memory.locator("input").fill("400100");
        await window.page.keyboard.press("Enter");
        await memory.getByRole("button", { name: "Memory before" }).click({ timeout: 30_000 });
        await memory.locator(".holds", { hasText: "demo-disk was to find this" }).waitFor({ timeout: 30_000 });
        assert.deepEqual(await seriousFindings(window, axe()), []);
        await memory.scrollIntoViewIfNeeded();
        await window.shot("page-memory");
        const place = window.webview().locator(".scrubber input");
        await place.focus();
        await window.page.keyboard.press("End");
        await window.webview().locator(".scrubber output", { hasText: "demo-iommu" }).waitFor();
        await window.webview().locator(".steps button", { hasText: "Earlier" }).focus();
        await window.page.keyboard.press("Enter");
        await window.webview().locator(".verdict.good").waitFor({ timeout: 30_000 });
        const moved = window.webview().locator(".changes").first();
        assert.match(await moved.innerText(), /priority = MIG_PRI_IOMMU.*-device demo-iommu -device demo-disk/s);
        assert.deepEqual(await seriousFindings(window, axe()), []);
        await window.shot("page-rearranged");
        const bars = window.webview().locator(".timeline rect");
        await bars.nth((await bars.count()) - 2).dragTo(bars.last(), { targetPosition: { x: 60, y: 8 }, force: true });
        await window.webview().locator(".verdict.failed").waitFor({ timeout: 30_000 });
        await window.command("VMState: Show Load Order");
        await window.webview().locator("th", { hasText: "Entry" }).waitFor({ timeout: 30_000 });
        await window.command("VMState: Show Dependency Graph");
        await window.webview().locator("button.node").first().waitFor({ timeout: 30_000 });
        assert.equal(await window.page.locator(".editor-group-container").count(), 2);
        await window.command("View: Toggle Primary Side Bar Visibility");
        await window.page.setViewportSize({ width: 400, height: 800 });
        await window.settled();
        await window.webview().locator("button.widen").click();
        await window.webview().locator("button.widen").waitFor({ state: "detached" });
        await window.shot("page-widened");
      },
    },
    {
      name: "pages: the comparison is usable by keyboard alone, and at 200 % zoom nothing is cut off",
      async run(shared) {
        // What a window of 1280 has left at 200 %.
        shared.window = await shared.workbench.open({ folder: example(), width: 640, height: 450 });
        const { window } = shared;
        await window.openFile("hw/demo/demo-disk.c");
        await window.status("QEMU 10.2");
        await window.command("View: Close All Editors");
        await window.command("View: Toggle Primary Side Bar Visibility");
        await showComparison(window, older());
        await tabThrough(window);
        const frame = await window.pageFrame();
        const cut = await frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        await window.shot("page-compare-zoomed");
        assert.ok(cut <= 0, `${cut} px are cut off`);
      },
    },
    {
      name: "pages: a reloaded window has its page again",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await showSimulation(window);
        await window.webview().locator(".verdict.failed").waitFor();
        // A window in a browser writes its layout every 5 seconds, and later when it has other things to do.
        await window.changed("false", async () => String(await window.page.evaluate(isKept, broken)));
        await window.page.reload();
        await window.page.waitForSelector(".monaco-workbench", { timeout: 60_000 });
        await window.webview().locator(".verdict.failed").waitFor({ timeout: 60_000 });
        assert.equal(await window.webview().locator("#machine").inputValue(), broken);
      },
    },
    {
      name: "pages: a saved mend runs the simulation again and says what changed",
      async run(shared) {
        const folder = example();
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await showSimulation(window);
        await window.webview().locator(".verdict.failed").waitFor();
        await window.webview().locator("input[type=checkbox]").check();
        const path = join(folder, "hw/demo/demo-iommu.c");
        const text = readFileSync(path, "utf8");
        await window.openFile("hw/demo/demo-iommu.c");
        await window.goToLine(text.slice(0, text.indexOf(".post_load = demo_iommu")).split("\n").length);
        await window.page.keyboard.press("End");
        await window.page.keyboard.type("\n.priority = MIG_PRI_IOMMU,");
        await window.page.keyboard.press("Control+S");
        await window.webview().locator(".verdict.good").waitFor({ timeout: 30_000 });
        assert.match(await window.webview().locator(".changes").textContent(), /completes now/);
        await window.shot("page-run-again");
      },
    },
  ];
}
