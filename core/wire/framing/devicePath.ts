/** The device path in front of a section's idstr, as the bus classes' get_dev_path makes it (hw/pci/pci.c, hw/s390x/css-bridge.c). */

/** PCI's `0000:00:03.0`, with `:slot.function` for each bridge on the way. */
const pciPath = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](?::[0-9a-f]{2}\.[0-7])*/;
const ccwPath = /^\/[0-9a-f]{2}\.[0-9a-f]\.[0-9a-f]{4}\//;

export function startsWithPciPath(idstr: string): boolean {
  return pciPath.test(idstr);
}

/** Whether something stands behind the path: a name of a section or of a RAM block. */
export function isUnderPciPath(name: string): boolean {
  return name[pciPath.exec(name)?.[0].length ?? name.length] === "/";
}

/** The bus by whose path the idstr starts; undefined where it starts by none that is known. */
export function busOfPath(idstr: string): "pci" | "mmio" | "ccw" | undefined {
  if (startsWithPciPath(idstr)) return "pci";
  if (idstr.startsWith("virtio-mmio@")) return "mmio";
  return ccwPath.test(idstr) ? "ccw" : undefined;
}
