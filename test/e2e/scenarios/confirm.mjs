// A finding, shown by a real QEMU: what it says stands with the finding.
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const iommu = "hw/demo/demo-iommu.c";
const disk = "hw/demo/demo-disk.c";

function change(folder, file, from, to) {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

/** @param {() => string} example a new copy of the example @param {string | undefined} binary takes RELEASE TARGET ARGUMENTS… */
export function confirmScenarios(example, binary) {
  return [
    {
      name: "confirm: a real QEMU shows the finding, whose place carries what it did",
      missing: binary !== undefined && existsSync(binary) ? undefined : "QEMU_BINARY names no program",
      async run(shared) {
        const folder = example();
        // the example's devices under the names of QEMU's own
        change(folder, iommu, '"demo-iommu"\n', '"intel-iommu"\n');
        change(folder, iommu, '.name = "demo-iommu"', '.name = "iommu-intel"');
        change(folder, disk, '"demo-disk"\n', '"ich9-ahci"\n');
        change(folder, disk, '.name = "demo-disk"', '.name = "ich9_ahci"');
        const qemu = join(example(), "qemu-system-x86_64");
        writeFileSync(qemu, `#!/bin/sh\nexec '${binary}' 10.0 x86_64 "$@"\n`);
        chmodSync(qemu, 0o755);
        shared.window = await shared.workbench.open({ folder });
        const { window } = shared;
        await window.openFile(disk);
        await window.status("QEMU 10.2");
        await window.showProblems();
        await window.problem("dma-before-iommu", { timeout: 60_000 });
        const lines = readFileSync(join(folder, disk), "utf8").split("\n");
        await window.focusEditor();
        await window.goToLine(lines.findIndex((line) => line.includes("VMStateDescription vmstate_demo_disk")) + 1);
        await window.command("VMState: Confirm with QEMU");
        const toast = window.page.locator(".notification-toast");
        await toast.filter({ hasText: "vmstate.qemu names no QEMU to run" }).first().waitFor();
        await window.command("Notifications: Clear All Notifications");
        shared.workbench.configureMachine({ "vmstate.qemu": qemu });
        await toast.first().waitFor({ state: "detached" });
        await window.command("VMState: Confirm with QEMU");
        await toast.filter({ hasText: "Confirmed on QEMU 10.0" }).first().waitFor({ timeout: 120_000 });
        await window.showProblems();
        await window.problem("confirmed on 10.0");
        await window.shot("confirm");
        shared.workbench.configureMachine({});
      },
    },
  ];
}
