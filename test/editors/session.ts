/** One working session, the same in every editor. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, openDesk, until } from "./desk";
import type { Desk } from "./desk";
import type { Editor, Finding } from "./editor";

const iommu = "hw/demo/demo-iommu.c";
const nic = "hw/demo/demo-nic.c";
const anchor = "    .minimum_version_id = 1,\n";
const priority = "    .priority = MIG_PRI_IOMMU,";

export function describeSession(name: string, start: (desk: Desk) => Promise<Editor>): void {
  describe(name, () => {
    let desk: Desk;
    let editor: Editor;

    beforeAll(async () => {
      desk = openDesk();
      editor = await start(desk);
    });
    afterAll(() => {
      editor.kill();
      desk.remove();
    });

    const codesBecome = (codes: readonly string[]): Promise<readonly Finding[]> =>
      until(
        () => editor.findings(),
        (found) => JSON.stringify(found.map(({ code }) => code)) === JSON.stringify(codes),
        `the findings ${JSON.stringify(codes)}`,
      );

    it("shows what is wrong in a file that is opened", async () => {
      await editor.open(iommu);
      const [found] = await codesBecome(["dma-before-iommu"]);
      expect(found?.message).toContain("Set .priority = MIG_PRI_IOMMU");
      const lines = desk.onDisk(iommu).split("\n");
      expect(lines[found?.line ?? 0]).toContain("vmstate_demo_iommu = {");
    });

    it("shows what a word in a table means", async () => {
      const text = await editor.hover("VMSTATE_UINT64(root, DemoIOMMU)");
      expect(text).toContain("VMSTATE_UINT64");
      expect(text).toContain(".offset = offsetof(DemoIOMMU, root)");
    });

    it("applies a mend to the buffer, and only to the buffer", async () => {
      const before = await editor.text();
      await editor.applyAction("vmstate_demo_iommu = {", "Set .priority = MIG_PRI_IOMMU");
      const after = await editor.text();
      expect(after).toBe(before.replace(anchor, `${anchor}${priority}\n`));
      await codesBecome([]);
      expect(await editor.modified()).toBe(true);
      expect(desk.onDisk(iommu)).toBe(before);
    });

    it("reports a line that is deleted, and takes the report back when that is undone", async () => {
      await editor.deleteLine(priority.trim());
      await codesBecome(["dma-before-iommu"]);
      await editor.undo();
      await codesBecome([]);
    });

    it("reports a line while it is being typed, and takes the report back when that is undone", async () => {
      await editor.open(nic);
      await codesBecome(["priority-ignored"]);
      await editor.typeBelow("VMSTATE_UINT16(status, DemoNIC)", "VMSTATE_UINT64(status, DemoNIC),");
      const found = await codesBecome(["priority-ignored", "field-beyond-member"]);
      const above = (found[1]?.line ?? 0) - 1;
      expect(desk.onDisk(nic).split("\n")[above]).toContain("VMSTATE_UINT16(status, DemoNIC)");
      await editor.undo();
      await codesBecome(["priority-ignored"]);
    });

    it("answers load order and simulation as text", async () => {
      const order = await editor.command("order", "");
      expect(order).toContain("MIG_PRI_IOMMU");
      // The buffer with the priority is not saved; the order counts it all the same.
      expect(order.indexOf("demo-iommu")).toBeLessThan(order.indexOf("demo-disk"));
      const simulation = await editor.command("simulate", "-M q35 -device demo-disk -device demo-iommu");
      expect(simulation).toContain("demo-iommu");
    });

    it("logs no error, starts one server, and ends it", async () => {
      expect(await editor.errors()).toBe("");
      const servers = await editor.servers();
      expect(servers).toHaveLength(1);
      await editor.quit();
      expect(await ended(servers[0] ?? 0)).toBe(true);
      expect(desk.onDisk(iommu)).not.toContain(`\n${priority}`);
    });
  });
}
