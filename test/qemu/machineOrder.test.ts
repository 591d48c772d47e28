import { beforeAll, describe, expect, it } from "vitest";
import type { Project } from "../../core/project";
import { buildMachine, parseCommandLine } from "../../core/emulator";
import { memorySource, readStream } from "../../core/wire";
import { realProject } from "./project";
import { type Release, realStream } from "./realQemu";

interface Machine {
  readonly target: "x86_64" | "aarch64";
  readonly line: string;
}

const x86 = (line: string): Machine => ({ target: "x86_64", line });
const arm = (line: string): Machine => ({ target: "aarch64", line });

const machines: readonly Machine[] = [
  x86("-nodefaults -M q35 -m 16"),
  x86("-nodefaults -M q35 -m 16 -smp 6,sockets=2,cores=3"),
  x86("-nodefaults -M pc -m 16 -smp 6,sockets=1,cores=2,threads=3"),
  x86("-M q35 -m 16"),
  x86("-nodefaults -M pc -m 16"),
  x86("-M pc -m 16"),
  x86("-nodefaults -M microvm -m 16"),
  x86("-nodefaults -M microvm,pcie=on,usb=on,rtc=on -m 16 -device virtio-rng-device -device virtio-net-device"),
  x86("-nodefaults -M q35 -m 16 -device intel-iommu -device e1000e -device qemu-xhci"),
  x86("-nodefaults -M q35 -m 16 -smp 2 -device e1000e -device virtio-net-pci -device ich9-ahci -device intel-iommu"),
  x86(
    "-nodefaults -M q35,usb=on -m 16 -device usb-kbd -device qemu-xhci,id=x -device usb-hub,bus=x.0 -device usb-mouse",
  ),
  x86(
    "-nodefaults -M q35 -m 16 -device pcie-root-port,id=rp0,chassis=1 -device pcie-root-port,id=rp1,chassis=2,addr=8 " +
      "-device x3130-upstream,id=up,bus=rp0 -device xio3130-downstream,id=dn,bus=up,chassis=3 -device e1000e,bus=dn " +
      "-device pcie-pci-bridge,id=br,bus=rp1 -device e1000,bus=br,addr=3 -device i82801b11-bridge,id=b11 " +
      "-device pci-bridge,id=pb,bus=b11,chassis_nr=4,addr=1 -device rtl8139,bus=pb,addr=2",
  ),
  x86(
    "-nodefaults -M q35 -m 16 -device virtio-balloon-pci -device virtio-scsi-pci,id=s -device scsi-cd,bus=s.0 " +
      "-device virtio-serial-pci -device virtio-keyboard-pci -device virtio-gpu-pci -device virtio-iommu-pci -device virtio-vga",
  ),
  x86("-nodefaults -M q35 -m 16 -device lsi53c895a -device megasas -device mptsas1068 -device pvscsi -device am53c974"),
  x86("-nodefaults -M q35 -m 16 -device ne2k_pci -device tulip -device vmxnet3 -device i6300esb -device edu"),
  arm("-nodefaults -M virt -m 16"),
  arm("-nodefaults -M virt,gic-version=3 -cpu cortex-a57 -m 16 -smp 2"),
  arm(
    "-nodefaults -M virt,gic-version=3,iommu=smmuv3 -cpu cortex-a57 -m 16 -device virtio-net-pci " +
      "-device pcie-root-port,id=rp,chassis=1 -device e1000e,bus=rp -device qemu-xhci -device ich9-ahci",
  ),
  arm("-nodefaults -M virt,secure=on,virtualization=on,gic-version=3 -cpu cortex-a57 -m 16 -device virtio-iommu-pci"),
];

interface Section {
  readonly key: string;
  /** May stay out of a stream: it has a `needed`, or is a live handler with nothing to send. */
  readonly optional: boolean;
}

function emulated(project: Project, line: string): readonly Section[] {
  // as the real one is started
  const request = parseCommandLine(`${line} -serial none`, { defaults: true });
  if (!request.ok) throw new Error(request.message);
  const machine = buildMachine(project, request.value);
  if (!machine.ok) throw new Error(machine.message);
  return [...machine.value.handlers].map(({ sectionId, idstr, instanceId, owner }) => ({
    key: `${sectionId} ${idstr} ${instanceId}`,
    optional: owner.description === undefined || owner.description.hooks.needed !== undefined,
  }));
}

function sectionsOf(stream: Uint8Array): readonly string[] {
  const found: string[] = [];
  for (const event of readStream(memorySource(stream))) {
    if (event.kind === "error") throw new Error(event.error.message);
    if (event.kind === "section" && event.sectionKind === "full") {
      found.push(`${event.sectionId} ${event.idstr} ${event.instanceId}`);
    }
  }
  return found;
}

const trees = { "7.2": "QEMU_SOURCE_7_2", "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;

describe.each<Release>(["7.2", "10.0"])("the handler list of a machine in QEMU %s", (release) => {
  const projects = new Map<string, Project>();
  beforeAll(() => {
    for (const target of ["x86_64", "aarch64"]) projects.set(target, realProject(trees[release], target));
  });

  it.each(machines)("is the order of the sections that the real one writes: $line", async ({ target, line }) => {
    const project = projects.get(target);
    if (project === undefined) throw new Error("no project");
    const real = sectionsOf(await realStream(release, target, line.split(" ")));
    const sent = new Set(real);
    const own = emulated(project, line).filter(({ key, optional }) => sent.has(key) || !optional);
    expect(own.map(({ key }) => key)).toEqual(real);
  });
});
