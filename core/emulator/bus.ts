/** Devices and the buses they are on. */
export interface Bus {
  readonly name: string;
  /** PCI, PCIE, ISA, usb-bus, SCSI, IDE, virtio-bus, HDA, i2c-bus. */
  readonly type: string;
  /** The device that offers it. */
  readonly parent: Device;
  /** In order of creation. */
  readonly children: Device[];
  /** For a root bus of PCI: domain and number as in device paths, `0000:00`. */
  readonly rootPath: string | undefined;
}

export interface Device {
  readonly type: string;
  readonly id: string | undefined;
  readonly bus: Bus | undefined;
  /** PCI: slot << 3 | function. Other buses that address their devices: port, target or unit. */
  readonly address: number | undefined;
  /** qdev_get_dev_path; undefined where the bus gives none. */
  readonly path: string | undefined;
  readonly properties: ReadonlyMap<string, string>;
  readonly buses: Bus[];
}

export function isPci(bus: Bus): boolean {
  return bus.type === "PCI" || bus.type === "PCIE";
}

/** Whether a bus of one kind accepts devices made for another. */
export function suits(bus: Bus, wanted: string): boolean {
  return wanted === "PCI" ? isPci(bus) : bus.type === wanted;
}

/** Buses that take one device only. */
export function isFull(bus: Bus): boolean {
  return bus.type === "virtio-bus" && bus.children.length > 0;
}

/** The root bus above, itself included. */
export function rootOf(bus: Bus): Bus {
  let at = bus;
  while (at.rootPath === undefined && at.parent.bus !== undefined) at = at.parent.bus;
  return at;
}

/** Follows pcibus_get_dev_path: slots and functions from the root to the device; the bus number of the root only. */
function pciPath(bus: Bus, devfn: number): string {
  const slots: string[] = [];
  for (let at: Bus | undefined = bus, fn: number | undefined = devfn; at !== undefined && fn !== undefined; ) {
    slots.unshift(`:${hex2(fn >> 3)}.${(fn & 7).toString(16)}`);
    fn = at.parent.address;
    at = fn === undefined ? undefined : at.parent.bus;
  }
  return (rootOf(bus).rootPath ?? "0000:00") + slots.join("");
}

export function hex2(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The path a device gets from its bus. Follows the get_dev_path of each bus class. */
export function pathOn(bus: Bus | undefined, address: number | undefined, properties: ReadonlyMap<string, string>) {
  if (bus === undefined) return undefined;
  const above = bus.parent.path;
  if (isPci(bus)) return pciPath(bus, address ?? 0);
  switch (bus.type) {
    case "virtio-bus":
      return above;
    case "usb-bus": {
      const port = properties.get("port") ?? String(address ?? 1);
      return above === undefined ? port : `${above}/${port}`;
    }
    case "SCSI": {
      const at = `${properties.get("channel") ?? 0}:${properties.get("scsi-id") ?? address ?? 0}:${properties.get("lun") ?? 0}`;
      return above === undefined ? at : `${above}/${at}`;
    }
    default:
      return undefined;
  }
}
