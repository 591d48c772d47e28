// The dependencies as a drawing, and a table that is moved to another level.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const node = (window, label) => window.webview().locator("button.node", { hasText: label }).first();

async function showGraph(window, file) {
  await window.openFile(file);
  await window.status("QEMU 10.", 120_000);
  await window.command("VMState: Show Dependency Graph");
  await window.webview().locator("button.node").first().waitFor({ timeout: 60_000 });
}

const families = 25;
const membersOfEach = 40;

/** A thousand devices beside those of the example: in every fourth folder disks, which need the IOMMU, elsewhere cards, which don't. */
function writeThousandDevices(root, folder) {
  const read = (name) => readFileSync(join(root, "examples/mini-qemu/hw/demo", `${name}.c`), "utf8");
  const [disk, nic] = [read("demo-disk"), read("demo-nic")];
  for (let family = 0; family < families; family++) {
    const path = join(folder, `hw/family${family}`);
    mkdirSync(path);
    for (let member = 0; member < membersOfEach; member++) {
      const id = `${family}x${member}`;
      const text = (family % 4 === 0 ? disk : nic)
        .replaceAll(/Demo(Disk|NIC)/g, `Unit${id}$1`)
        .replaceAll(/demo([-_])(disk|nic)/g, `unit${id}$1$2`)
        .replaceAll(/DEMO_(DISK|NIC)/g, `UNIT${id}_$1`);
      writeFileSync(join(path, `unit${id}.c`), text);
    }
  }
}

/** Pairs of nodes, or of a node and the head of a level, that cover each other. */
async function overlaps(window) {
  const frame = await window.pageFrame();
  return frame.evaluate(() => {
    const boxes = [...document.querySelectorAll("button.node, .graph-level h2")].map((element) => ({
      text: element.textContent,
      box: element.getBoundingClientRect(),
    }));
    const found = [];
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (across > 1 && down > 1) found.push(`${a.text} and ${b.text}`);
      }
    }
    return found.slice(0, 5);
  });
}

/** @param {string} root of the project @param {() => string} example a copy of the example @param {string | undefined} source a QEMU tree */
export function graphScenarios(root, example, source) {
  return [
    {
      name: "graph: a thousand entries in one picture, each group opened in it",
      async run(shared) {
        const folder = example();
        writeThousandDevices(root, folder);
        shared.window = await shared.workbench.open({ folder, width: 1440, height: 900 });
        const { window } = shared;
        await showGraph(window, "hw/demo/demo-disk.c");
        await window.command("View: Close Editors in Other Groups");
        await window.command("View: Toggle Primary Side Bar Visibility");
        await window.webview().locator(".verdict p", { hasText: "1,004 entries" }).waitFor();
        await window.shot("graph-thousand");
        assert.deepEqual(await overlaps(window), []);
        const nodes = window.webview().locator("button.node");
        assert.ok((await nodes.count()) < 60, `${await nodes.count()} nodes while all groups are closed`);
        const frame = await window.pageFrame();
        const opened = await frame.evaluate(() => {
          const began = performance.now();
          for (const group of document.querySelectorAll("button.node.group[aria-expanded=false]")) group.click();
          return new Promise((resolve) =>
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began))),
          );
        });
        console.log(`  a thousand entries drawn: ${Math.round(opened)} ms`);
        await window.webview().locator("button.node", { hasText: "unit24x39-disk" }).first().waitFor();
        assert.ok((await nodes.count()) > 1000, `${await nodes.count()} nodes once all groups are open`);
        assert.deepEqual(await overlaps(window), []);
        await window.shot("graph-thousand-open");
        await window.webview().locator(".graph-tools input[type=search]").fill("unit4x7-");
        await node(window, "unit4x7-disk").click();
        await window.webview().locator(".graph-details h2", { hasText: "unit4x7-disk" }).waitFor();
      },
    },
    {
      name: "graph: an entry's needs and their proof, by keyboard, and a level chosen in the page edits the source",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: example() });
        const { window } = shared;
        await showGraph(window, "hw/demo/demo-disk.c");
        await window.webview().locator(".verdict.wrong").waitFor();
        await window.webview().locator("button.node").first().focus();
        const walked = new Set();
        for (let step = 0; step < 40; step++) {
          const focused = await window.webview().locator("button.node:focus").textContent();
          if (focused.includes("demo-iommu")) break;
          walked.add(focused);
          await window.page.keyboard.press("ArrowRight");
        }
        await window.page.keyboard.press("Enter");
        await window.webview().locator(".graph-details h2", { hasText: "demo-iommu" }).waitFor();
        await window.webview().locator(".graph-details h3", { hasText: "Needed by" }).waitFor();
        await window.shot("graph-example");
        await window.webview().getByRole("button", { name: "Move to level…" }).click();
        await window.answer("MIG_PRI_IOMMU");
        await window.webview().locator(".graph-level", { hasText: "MIG_PRI_IOMMU" }).waitFor({ timeout: 30_000 });
        await window.page.locator(".notification-toast", { hasText: "satisfied now" }).first().waitFor();
        assert.match(
          await window.page.locator(".editor-instance .view-lines").first().textContent(),
          /\.priority.=.MIG_PRI_IOMMU/,
        );
        await window.shot("graph-moved");
      },
    },
    {
      name: "graph: the whole of QEMU stays readable, is searched and narrowed to an entry's neighbours",
      missing: source === undefined ? "QEMU_SOURCE_10_2 names no tree" : undefined,
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: source, width: 1440, height: 900 });
        const { window } = shared;
        await showGraph(window, "hw/i386/intel_iommu.c");
        await window.command("View: Close Primary Side Bar").catch(() => undefined);
        await window.shot("graph-qemu-beside");
        await window.page.locator(".tab", { hasText: "intel_iommu.c" }).first().click();
        await window.command("View: Close All Editors in Group");
        await window.settled();
        await window.shot("graph-qemu");
        const search = window.webview().locator(".graph-tools input[type=search]");
        await search.fill("ahci");
        await node(window, "ich9_ahci").click();
        await window.webview().getByRole("button", { name: "Only its neighbours" }).click();
        await search.fill("");
        await node(window, "iommu-intel").waitFor();
        assert.equal(await window.webview().locator("button.node", { hasText: "virtio-rng" }).count(), 0);
        await window.shot("graph-qemu-ahci");
      },
    },
  ];
}
