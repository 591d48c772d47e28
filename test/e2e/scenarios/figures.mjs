// How long a person waits, measured in the workbench.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";

const activationLimit = 150;
const drawnLimit = 300;
const devices = ["e1000e", "ich9-ahci", "virtio-net-pci"].flatMap((name) => Array.from({ length: 10 }, () => name));
const machine = ["-M q35 -device intel-iommu", ...devices.slice(1).map((name) => `-device ${name}`)].join(" ");

/** Runs in the page: milliseconds from the message with a result to the frame that shows it. */
const timeDrawing = `new Promise((resolve) => {
  addEventListener("message", ({ data, timeStamp }) => {
    if (data?.kind !== "simulation") return;
    const look = () => {
      if (document.querySelectorAll("table.stream tbody tr").length < data.result.sections.length) return requestAnimationFrame(look);
      requestAnimationFrame(() => resolve({ milliseconds: performance.now() - timeStamp, sections: data.result.sections.length }));
    };
    look();
  });
})`;

/** A figure is printed, not judged: how fast a shared machine is says nothing about a change. */
function print(what, times, limit) {
  const each = times.map((milliseconds) => Math.round(milliseconds)).join(", ");
  console.log(`  ${what}: ${each} ms; budget ${limit} ms${Math.min(...times) < limit ? "" : ", MISSED"}`);
}

/** @param {() => string} example a copy of the example @param {string | undefined} source a QEMU tree */
export function figureScenarios(example, source) {
  const hasTree = source !== undefined && existsSync(join(source, "include/migration/vmstate.h"));
  return [
    {
      name: "figures: activation",
      async run(shared) {
        const times = [];
        for (let i = 0; i < 3; i++) {
          // The list draws only the rows in sight, in the order of installation: ours comes after all built-in ones.
          shared.window = await shared.workbench.open({ folder: example(), height: 3000 });
          const { window } = shared;
          await window.openFile("hw/demo/demo-disk.c");
          await window.status("QEMU 10.2");
          await window.command("Developer: Show Running Extensions");
          const row = window.page.locator(".runtime-extensions-editor .extension", { hasText: "VMState" }).first();
          await row.waitFor({ timeout: 30_000 });
          times.push(Number(/(\d+) ?ms/.exec(await row.locator(".activation-time").textContent())?.[1]));
          await window.close();
        }
        shared.window = undefined;
        assert.ok(times.every((milliseconds) => milliseconds > 0));
        print("activation", times, activationLimit);
      },
    },
    {
      name: "figures: the simulation page of q35 with 30 devices",
      missing: hasTree ? undefined : "QEMU_SOURCE_10_2 names no tree",
      async run(shared) {
        shared.window = await shared.workbench.open({ folder: source });
        const { window } = shared;
        await window.openFile("hw/i386/intel_iommu.c");
        await window.status("QEMU 10.", 120_000);
        await window.command("VMState: Simulate Migration");
        await window.answer(machine);
        await window.webview().locator("table.stream").waitFor({ timeout: 60_000 });
        const frame = await window.pageFrame();
        const times = [];
        for (let i = 0; i < 3; i++) {
          const drawn = frame.evaluate(timeDrawing);
          await window.webview().getByRole("button", { name: "Run again" }).click();
          times.push(await drawn);
          await window.webview().locator("table.stream").waitFor();
        }
        await window.shot("figures-q35");
        assert.ok(times[0].sections > 30);
        print(
          `${times[0].sections} sections drawn`,
          times.map(({ milliseconds }) => milliseconds),
          drawnLimit,
        );
      },
    },
  ];
}
