/**
 * The options for QEMU that follow from libvirt's description of a guest (libvirt: docs/formatdomain.rst, src/qemu/qemu_command.c).
 * What does not follow is named behind them, so that nobody takes the line for the whole guest.
 */
import { type Element, parseXml } from "./xml";

export interface DomainMachine {
  /** `-machine … -device …` */
  readonly line: string;
  /** Elements of the domain that no option follows from. */
  readonly left: readonly string[];
}

/** undefined where the text is no domain with a machine. */
export function machineLine(xml: string): DomainMachine | undefined {
  const domain = parseXml(xml);
  const type = domain && at(domain, "os", "type");
  const machine = type?.attributes.get("machine");
  if (domain === undefined || machine === undefined) return undefined;
  const devices = at(domain, "devices")?.children ?? [];
  const buses = devices.some((each) => each.name === "controller" && each.attributes.get("model") === "pcie-root");
  const board: Board = { root: buses ? "pcie.0" : "pci.0" };
  const made = devices.map((each) => ({ name: each.name, made: optionsOf(each, board) }));
  // buses before what is on them
  const bridges = devices.flatMap((each, i) => (each.attributes.get("type") === "pci" ? (made[i]?.made ?? []) : []));
  const others = devices.flatMap((each, i) => (each.attributes.get("type") === "pci" ? [] : (made[i]?.made ?? [])));
  const left = [...new Set(made.flatMap((each) => (each.made === undefined ? [each.name] : [])))];
  const words = [
    `-machine ${machine}${machineOptions(domain)}`,
    ...processorOf(domain),
    ...memoryOf(domain),
    "-nodefaults",
    ...bridges,
    ...others,
  ];
  return { line: words.join(" "), left };
}

interface Board {
  /** Name of the bus that the machine itself has. */
  readonly root: string;
}

function at(element: Element, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((held, name) => held?.children.find((each) => each.name === name), element);
}

function valueAt(element: Element, attribute: string, ...path: readonly string[]): string | undefined {
  return at(element, ...path)?.attributes.get(attribute);
}

function machineOptions(domain: Element): string {
  const feature = (name: string, attribute = "state") => valueAt(domain, attribute, "features", name);
  const gic = feature("gic", "version");
  const timers = at(domain, "clock")?.children ?? [];
  const hpet = timers.find((each) => each.attributes.get("name") === "hpet")?.attributes.get("present");
  return [
    at(domain, "features", "acpi") === undefined && at(domain, "features", "apic") !== undefined ? ",acpi=off" : "",
    feature("vmport") === undefined ? "" : `,vmport=${feature("vmport")}`,
    feature("smm") === undefined ? "" : `,smm=${feature("smm")}`,
    gic === undefined ? "" : `,gic-version=${gic}`,
    feature("ioapic", "driver") === "qemu" ? ",kernel-irqchip=split" : "",
    hpet === "no" ? ",hpet=off" : "",
  ].join("");
}

function processorOf(domain: Element): readonly string[] {
  const cpu = at(domain, "cpu");
  const mode = cpu?.attributes.get("mode");
  const name = mode === "host-passthrough" ? "host" : mode === "maximum" ? "max" : cpu && at(cpu, "model")?.text.trim();
  const features = (cpu?.children ?? []).flatMap((each) => {
    const policy = each.attributes.get("policy");
    const feature = each.attributes.get("name");
    if (each.name !== "feature" || feature === undefined) return [];
    return [`,${feature}=${policy === "disable" || policy === "forbid" ? "off" : "on"}`];
  });
  const count = at(domain, "vcpu")?.text.trim() ?? "1";
  const topology = ["sockets", "dies", "clusters", "cores", "threads"].flatMap((each) => {
    const value = cpu && valueAt(cpu, each, "topology");
    return value === undefined || (value === "1" && (each === "dies" || each === "clusters"))
      ? []
      : [`,${each}=${value}`];
  });
  return [...(name ? [`-cpu ${name}${features.join("")}`] : []), `-smp ${count}${topology.join("")}`];
}

const units = new Map([
  ["b", 1 / 1024],
  ["bytes", 1 / 1024],
  ["KiB", 1],
  ["k", 1],
  ["MiB", 1024],
  ["M", 1024],
  ["GiB", 2 ** 20],
  ["G", 2 ** 20],
  ["TiB", 2 ** 30],
]);

function kibibytes(element: Element | undefined): number | undefined {
  const size = Number(element?.text.trim()) * (units.get(element?.attributes.get("unit") ?? "KiB") ?? Number.NaN);
  return Number.isFinite(size) && size > 0 ? Math.round(size) : undefined;
}

function memoryOf(domain: Element): readonly string[] {
  const size = kibibytes(at(domain, "memory"));
  const most = kibibytes(at(domain, "maxMemory"));
  if (size === undefined) return [];
  const slots = valueAt(domain, "slots", "maxMemory");
  return [`-m size=${size}k${most === undefined ? "" : `,slots=${slots ?? "0"},maxmem=${most}k`}`];
}

const bridges = new Map([
  ["pcie-root-port", "pcie-root-port"],
  ["pcie-to-pci-bridge", "pcie-pci-bridge"],
  ["dmi-to-pci-bridge", "i82801b11-bridge"],
  ["pci-bridge", "pci-bridge"],
  ["pcie-switch-upstream-port", "x3130-upstream"],
  ["pcie-switch-downstream-port", "xio3130-downstream"],
  ["pcie-expander-bus", "pxb-pcie"],
  ["pci-expander-bus", "pxb"],
]);
const usbControllers = new Map([
  ["piix3-uhci", "piix3-usb-uhci"],
  ["piix4-uhci", "piix4-usb-uhci"],
  ["ehci", "usb-ehci"],
  ["ich9-ehci1", "ich9-usb-ehci1"],
  ["ich9-uhci1", "ich9-usb-uhci1"],
  ["ich9-uhci2", "ich9-usb-uhci2"],
  ["ich9-uhci3", "ich9-usb-uhci3"],
  ["vt82c686b-uhci", "vt82c686b-usb-uhci"],
  ["pci-ohci", "pci-ohci"],
  ["nec-xhci", "nec-usb-xhci"],
  ["qemu-xhci", "qemu-xhci"],
]);
const scsiControllers = new Map([
  ["lsilogic", "lsi"],
  ["lsisas1068", "mptsas1068"],
  ["lsisas1078", "megasas"],
  ["vmpvscsi", "pvscsi"],
]);
const displays = new Map([
  ["vga", "VGA"],
  ["cirrus", "cirrus-vga"],
  ["vmvga", "vmware-svga"],
  ["bochs", "bochs-display"],
  ["ramfb", "ramfb"],
]);
const sounds = new Map([
  ["ich6", "intel-hda"],
  ["ich9", "ich9-intel-hda"],
  ["ac97", "AC97"],
  ["es1370", "ES1370"],
  ["sb16", "sb16"],
  ["usb", "usb-audio"],
]);

/** Empty: the machine has it itself, or it has no state. undefined: not known here. */
function optionsOf(device: Element, board: Board): readonly string[] | undefined {
  const model = device.attributes.get("model");
  const one = (type: string, ...properties: readonly string[]) => [
    `-device ${[type, ...properties, ...placeOf(device, board)].join(",")}`,
  ];
  const virtio = (name: string, ...properties: readonly string[]) =>
    one(`${name}-${transport(device)}`, ...properties, ...legacy(device));
  switch (device.name) {
    case "emulator":
    case "graphics":
    case "audio":
    case "serial":
    case "parallel":
    case "filesystem":
      return device.name === "filesystem" ? undefined : [];
    case "controller":
      return controllerOf(device, one, virtio);
    case "disk":
      return diskOf(device, one, virtio);
    case "interface": {
      const name = valueAt(device, "type", "model") ?? "";
      const mac = valueAt(device, "address", "mac");
      const properties = mac === undefined ? [] : [`mac=${mac}`];
      if (name === "") return undefined;
      return name.startsWith("virtio") ? virtio("virtio-net", ...properties) : one(name, ...properties);
    }
    case "video": {
      const name = valueAt(device, "type", "model") ?? "";
      const primary = valueAt(device, "primary", "model") === "yes";
      const vram = Number(valueAt(device, "vram", "model"));
      const memory = Number.isFinite(vram) && vram >= 1024 ? [`vgamem_mb=${Math.floor(vram / 1024)}`] : [];
      if (name === "none") return [];
      if (name === "virtio") return primary ? one("virtio-vga") : virtio("virtio-gpu");
      if (name === "qxl") return one(primary ? "qxl-vga" : "qxl");
      const type = displays.get(name);
      return type === undefined
        ? undefined
        : one(type, ...(name === "vga" || name === "cirrus" || name === "vmvga" ? memory : []));
    }
    case "input": {
      const [kind, bus] = [device.attributes.get("type"), device.attributes.get("bus")];
      if (bus === "ps2" || bus === "xen") return [];
      if (bus === "usb") return one(kind === "keyboard" ? "usb-kbd" : `usb-${kind ?? "tablet"}`);
      return bus === "virtio" ? virtio(`virtio-${kind ?? "tablet"}`) : undefined;
    }
    case "memballoon":
      return model === "none" ? [] : virtio("virtio-balloon");
    case "rng":
      return virtio("virtio-rng");
    case "watchdog":
      return model === "itco" || model === undefined ? [] : one(model);
    case "sound": {
      const type = sounds.get(model ?? "");
      return type === undefined ? undefined : [...one(type), ...(type.includes("hda") ? ["-device hda-duplex"] : [])];
    }
    case "tpm":
      return model === undefined ? undefined : one(model);
    case "vsock":
      return virtio("vhost-vsock");
    case "panic":
      return model === "isa" || model === undefined ? one("pvpanic") : undefined;
    case "iommu":
      return model === "intel" ? ["-device intel-iommu"] : undefined;
    case "channel":
    case "console": {
      const target = valueAt(device, "type", "target");
      if (target !== "virtio") return target === "serial" ? [] : undefined;
      const [controller, port] = ["controller", "port"].map((each) => valueAt(device, each, "address"));
      const type = device.name === "channel" ? "virtserialport" : "virtconsole";
      return [`-device ${type},bus=virtio-serial${controller ?? "0"}.0${port === undefined ? "" : `,nr=${port}`}`];
    }
    default:
      return undefined;
  }
}

type Make = (type: string, ...properties: readonly string[]) => readonly string[];

function controllerOf(device: Element, one: Make, virtio: Make): readonly string[] | undefined {
  const { attributes } = device;
  const [type, model, index = "0"] = ["type", "model", "index"].map((each) => attributes.get(each));
  switch (type) {
    case "pci": {
      if (model === "pcie-root" || model === "pci-root") return [];
      const name = valueAt(device, "name", "model") ?? bridges.get(model ?? "");
      const numbers = [
        ["chassis", "chassis"],
        ["port", "port"],
        ["chassisNr", "chassis_nr"],
        ["busNr", "bus_nr"],
      ] as const;
      const properties = numbers.flatMap(([from, to]) => {
        const value = valueAt(device, from, "target");
        return value === undefined ? [] : [`${to}=${value}`];
      });
      return name === undefined ? undefined : one(name, ...properties, `id=pci.${index}`);
    }
    case "usb": {
      if (model === "none") return [];
      const name = usbControllers.get(model ?? "");
      return name === undefined ? undefined : one(name, `id=usb${index === "0" ? "" : index}`);
    }
    case "scsi": {
      const name = scsiControllers.get(model ?? "") ?? model;
      if (name === undefined) return undefined;
      return name.startsWith("virtio") ? virtio("virtio-scsi", `id=scsi${index}`) : one(name, `id=scsi${index}`);
    }
    case "virtio-serial":
      return virtio("virtio-serial", `id=virtio-serial${index}`);
    case "sata":
      return index === "0" ? [] : one("ich9-ahci", `id=sata${index}`);
    case "ide":
    case "fdc":
      return [];
    case "ccid":
      return one("usb-ccid", `id=ccid${index}`);
    default:
      return undefined;
  }
}

function diskOf(device: Element, one: Make, virtio: Make): readonly string[] | undefined {
  const kind = device.attributes.get("device") ?? "disk";
  const [controller = "0", bus = "0", unit = "0", target = "0"] = ["controller", "bus", "unit", "target"].map((each) =>
    valueAt(device, each, "address"),
  );
  switch (valueAt(device, "bus", "target")) {
    case "virtio":
      return virtio("virtio-blk");
    case "sata":
      return [
        `-device ide-${kind === "cdrom" ? "cd" : "hd"},bus=${controller === "0" ? "ide" : `sata${controller}`}.${unit}`,
      ];
    case "ide":
      return [`-device ide-${kind === "cdrom" ? "cd" : "hd"},bus=ide.${bus},unit=${unit}`];
    case "scsi":
      return [`-device scsi-${kind === "cdrom" ? "cd" : "hd"},bus=scsi${controller}.0,scsi-id=${target},lun=${unit}`];
    case "usb":
      return one("usb-storage");
    case "nvme":
      return one("nvme");
    default:
      return undefined;
  }
}

function transport(device: Element): string {
  switch (valueAt(device, "type", "address")) {
    case "ccw":
      return "ccw";
    case "virtio-mmio":
      return "device";
    default:
      return "pci";
  }
}

function legacy(device: Element): readonly string[] {
  const models = [device.attributes.get("model"), valueAt(device, "type", "model")];
  if (models.some((each) => each?.endsWith("-non-transitional"))) return ["disable-legacy=on", "disable-modern=off"];
  return models.some((each) => each?.endsWith("-transitional")) ? ["disable-legacy=off", "disable-modern=off"] : [];
}

function placeOf(device: Element, { root }: Board): readonly string[] {
  const address = at(device, "address")?.attributes;
  const number = (name: string) => Number(address?.get(name) ?? "0");
  switch (address?.get("type")) {
    case "pci": {
      const bus = number("bus") === 0 ? root : `pci.${number("bus")}`;
      const addr = `${number("slot").toString(16)}.${number("function").toString(16)}`;
      return [`bus=${bus}`, `addr=${addr}`, ...(address?.get("multifunction") === "on" ? ["multifunction=on"] : [])];
    }
    case "usb": {
      const bus = number("bus");
      return [`bus=usb${bus === 0 ? "" : bus}.0`, `port=${address?.get("port") ?? "1"}`];
    }
    default:
      return [];
  }
}
