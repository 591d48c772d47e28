/** Messages as public reports have them (QEMU's, in logs of libvirt, Proxmox and KubeVirt), on QEMU 7.2: which section and table. */
import { beforeAll, expect, it } from "vitest";
import { projectDecoder } from "../../cli/inspectTree";
import { type Explained, explainLog } from "../../core/explain";
import { realProject } from "./project";

const time = "2026-02-03T04:05:06.789012Z ";
const monitor = `error: internal error: qemu unexpectedly closed the monitor: ${time}`;
const loading = (idstr: string, instance = 0) =>
  `error while loading state for instance 0x${instance} of device '${idstr}'`;
const unknown = (idstr: string) =>
  `Unknown savevm section or instance '${idstr}' 0. Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices`;
const footer = (idstr: string) => `Missing section footer for ${idstr}`;
const json = (msg: string) => JSON.stringify({ component: "virt-launcher", level: "info", msg, pos: "monitor.go:1" });

/** The lines of one failure; the section and the table that they are about, of each where they differ. */
const failures: readonly (readonly [lines: readonly string[], section: string, table: string | readonly string[]])[] = [
  [[`${time}qemu-kvm: ${footer("0000:00:01.3/piix4_pm")}`], "0000:00:01.3/piix4_pm", "piix4_pm"],
  [
    [
      `${monitor}qemu-system-x86_64: Failed to load virtio-balloon:virtio`,
      `${time}qemu-system-x86_64: ${loading("0000:00:08.0/virtio-balloon")}`,
    ],
    "0000:00:08.0/virtio-balloon",
    "virtio-balloon",
  ],
  [
    [
      json(`${time}qemu-kvm: Failed to load virtio-net:virtio`),
      json(`${time}qemu-kvm: ${loading("0000:00:02.0:00.0/virtio-net")}`),
    ],
    "0000:00:02.0:00.0/virtio-net",
    "virtio-net",
  ],
  [[`qemu-system-s390x: ${unknown("s390_css")}`], "s390_css", "s390_css"],
  [[`Feb 03 04:05:06 pve1 QEMU[4711]: kvm: ${unknown("0000:00:05.0/e1000")}`], "0000:00:05.0/e1000", "e1000"],
  [[`kvm: ${loading("kvmclock")}`], "kvmclock", "kvmclock"],
  [
    [`${time}qemu-kvm: Failed to load e1000e:parent_obj`, `${time}qemu-kvm: ${loading("0000:00:03.0/e1000e")}`],
    "0000:00:03.0/e1000e",
    "e1000e",
  ],
  [
    ["qemu-system-aarch64: Failed to load cpu:cpreg_vmstate_array_len", `qemu-system-aarch64: ${loading("cpu")}`],
    "cpu",
    "cpu",
  ],
  [["qemu-system-x86_64: savevm: unsupported version 4 for 'i8254' v3"], "i8254", "i8254"],
  [[`qemu-system-x86_64: ${footer("mc146818rtc")}`], "mc146818rtc", "mc146818rtc"],
  [[`${time}qemu-kvm: ${loading("0000:00:1f.2/ich9_ahci")}`], "0000:00:1f.2/ich9_ahci", "ich9_ahci"],
  [
    ["qemu-system-ppc64: Failed to load spapr_pci:num_lsi", `qemu-system-ppc64: ${loading("spapr_pci")}`],
    "spapr_pci",
    "spapr_pci",
  ],
  [["qemu-system-x86_64: Mismatched section id in footer for serial - read 0x1f expected 0x1e"], "serial", "serial"],
  [
    [
      "qemu-system-x86_64: fdc: incoming version_id 4 is too new for local version_id 3",
      `qemu-system-x86_64: ${loading("fdc")}`,
    ],
    "fdc",
    "fdc",
  ],
  [
    [
      "qemu-system-x86_64: hpet: incoming version_id 0 is too old for local minimum version_id  1",
      `qemu-system-x86_64: ${loading("hpet")}`,
    ],
    "hpet",
    "hpet",
  ],
  [["kvm: Failed to load xhci:slots", `kvm: ${loading("0000:00:14.0/xhci")}`], "0000:00:14.0/xhci", "xhci"],
  [[`qemu-system-arm: ${footer("pl011")}`], "pl011", "pl011"],
  [[`qemu-system-x86_64: ${loading("apic", 1)}`], "apic", "apic"],
  [[`qemu-system-x86_64: ${loading("0000:00:02.0/vga")}`], "0000:00:02.0/vga", "vga"],
  [[`qemu-system-x86_64: ${footer("0000:00:04.0/virtio-blk")}`], "0000:00:04.0/virtio-blk", "virtio-blk"],
  [[`qemu-system-x86_64: ${unknown("acpi_build")}`], "acpi_build", "acpi_build"],
  [
    [
      "kvm: get_pci_config_device: Bad config data: i=0x144 read: 6 device: 7 cmask: ff wmask: 0 w1cmask:0",
      "kvm: Failed to load PCIDevice:config",
      "kvm: Failed to load e1000e:parent_obj",
      `kvm: ${loading("0000:02:00.0/e1000e")}`,
    ],
    "0000:02:00.0/e1000e",
    ["e1000e", "PCIDevice", "e1000e", "e1000e"],
  ],
  [
    [
      `${time}qemu-kvm: VQ 2 size 0x80 < last_avail_idx 0x9 - used_idx 0x3a0`,
      `${time}qemu-kvm: Failed to load virtio-console:virtio`,
      `${time}qemu-kvm: ${loading("0000:01:00.0/virtio-console")}`,
    ],
    "0000:01:00.0/virtio-console",
    "virtio-console",
  ],
  [[`qemu-system-x86_64: ${loading("0000:00:1d.7/1/usb-host")}`], "0000:00:1d.7/1/usb-host", "usb-host"],
  [
    [
      `${monitor}kvm: Features 0x130afffa7 unsupported. Allowed features: 0x179bfffe7`,
      `${time}kvm: Failed to load virtio-scsi:virtio`,
      `${time}kvm: ${loading("0000:00:05.0/virtio-scsi")}`,
    ],
    "0000:00:05.0/virtio-scsi",
    "virtio-scsi",
  ],
  [
    ["kvm: Failed to load virtio-gpu:virtio", `kvm: ${loading("0000:00:02.0/virtio-gpu")}`],
    "0000:00:02.0/virtio-gpu",
    "virtio-gpu",
  ],
  [[json(`${time}qemu-kvm: ${unknown("0000:00:1f.3/ich9_smb")}`)], "0000:00:1f.3/ich9_smb", "ich9_smb"],
  [
    [
      "qemu-system-x86_64: ps2kbd: incoming version_id 4 is too new for local version_id 3",
      `qemu-system-x86_64: ${loading("ps2kbd")}`,
    ],
    "ps2kbd",
    "ps2kbd",
  ],
  [
    ["kvm: Failed to load ICH9LPC:ich9_pm", `kvm: ${loading("0000:00:1f.0/ICH9LPC")}`],
    "0000:00:1f.0/ICH9LPC",
    "ICH9LPC",
  ],
  [[`qemu-system-aarch64: ${footer("arm_gicv3_its")}`], "arm_gicv3_its", "arm_gicv3_its"],
  [
    [`Feb 03 04:05:06 node qemu-system-x86_64[99]: ${footer("0000:00:1f.2/ich9_ahci")}`],
    "0000:00:1f.2/ich9_ahci",
    "ich9_ahci",
  ],
  [["qemu-system-x86_64: savevm: unsupported version 3 for 'vmmouse' v0"], "vmmouse", "vmmouse"],
];

/** So many lines between them that they are not taken for one failure. */
const between = Array.from({ length: 10 }, () => "load of the next guest");

let found: readonly Explained[] = [];
const firstLines: number[] = [];

beforeAll(() => {
  const project = realProject("QEMU_SOURCE_7_2");
  const decoder = projectDecoder(project);
  const log: string[] = [];
  for (const [lines] of failures) {
    firstLines.push(log.length + 1);
    log.push(...lines, ...between);
  }
  found = explainLog(project, log.join("\n"), { tables: (idstr) => decoder.candidates(idstr) });
});

it.each(failures.map(([lines, section, table], i) => [section, table, lines.length, i] as const))(
  "%s is loaded by %s",
  (section, table, count, i) => {
    const first = firstLines[i] ?? 0;
    for (let line = first; line < first + count; line++) {
      const named = found
        .filter(({ logLine }) => logLine === line)
        .map(({ names }) => [names.section, names.table?.name]);
      expect(named).toContainEqual([section, typeof table === "string" ? table : table[line - first]]);
    }
  },
);
