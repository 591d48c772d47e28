/**
 * Streams of real machines, loaded into the same machine: none is refused, whether its command line is given or taken from
 * the stream. What the tree does not say (a section that code reads, an option that no section tells) is not known.
 */
import { describe, expect, it } from "vitest";
import { simulateLoad } from "../../core/emulator";
import { createProject } from "../../core/project";
import { openDiskTree } from "../../server/node/tree";
import { realStream } from "./realQemu";
import { sourceTree } from "./tree";

const lines: Readonly<Record<string, readonly string[]>> = {
  x86_64: [
    "-M q35 -m 64",
    "-M pc -m 64",
    "-M q35 -m 64 -nodefaults -device intel-iommu -device virtio-net-pci,mq=on,vectors=10",
    "-M q35 -m 64 -nodefaults -device virtio-net-pci,netdev=n -netdev user,id=n",
    "-M q35 -m 64 -nodefaults -device VGA,vgamem_mb=32 -device qemu-xhci,p2=8 -device usb-tablet",
    "-M q35 -m 64 -nodefaults -device virtio-scsi-pci,num_queues=4 -device virtio-serial-pci,max_ports=4 -device virtconsole",
    "-M pc -m 64 -nodefaults -device i82559er -device e1000 -device lsi53c895a -device piix3-usb-uhci",
  ],
  aarch64: [
    "-M virt -m 64 -nodefaults -device virtio-net-pci",
    "-M virt,gic-version=3,iommu=smmuv3 -cpu cortex-a57 -m 64 -nodefaults -device virtio-gpu-device -device qemu-xhci",
    "-M raspi3b -nodefaults",
    "-M sbsa-ref -nodefaults",
  ],
};

/** What no tree says, by the section's name. */
const unread = new Set(["slirp"]);

describe.each([
  ["7.2", "QEMU_SOURCE_7_2"],
  ["10.0", "QEMU_SOURCE_10_0"],
] as const)("%s", (release, variable) => {
  const tree = openDiskTree(sourceTree(variable));

  describe.each(Object.entries(lines))("%s", (target, own) => {
    const project = createProject(tree, { target });
    for (const path of tree.paths()) project.load(path);

    it.each(own)("%s", async (line) => {
      const bytes = await realStream(release, target, line.split(" "));
      const given = simulateLoad(project, bytes, { machine: line, defaults: !line.includes("-nodefaults") });
      if (!given.ok) throw new Error(given.message);
      const { outcome, messages, open } = given.value;
      expect(open.map(({ idstr }) => idstr).filter((idstr) => !unread.has(idstr))).toEqual([]);
      expect({ outcome, messages }).toEqual({ outcome: open.length > 0 ? "unknown" : "completed", messages: [] });
      const inferred = simulateLoad(project, bytes);
      if (!inferred.ok) throw new Error(inferred.message);
      expect(inferred.value).toMatchObject({
        outcome: expect.stringMatching(/completed|unknown/) as unknown,
        messages: [],
      });
    });
  });
});
