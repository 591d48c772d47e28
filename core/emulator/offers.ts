/** What a command line can name: for completion and pickers. */
import type { Project } from "../analysis/project";
import { isDevice, machineVersions } from "./board";
import { machineFamilies } from "./machines";

export interface MachineOffer {
  /** For -M: the alias or a versioned name. */
  readonly name: string;
  readonly description: string;
}

/** The known families, each followed by the versions that the tree has, newest first. */
export function availableMachines(project: Project): readonly MachineOffer[] {
  return machineFamilies.flatMap((family) => [
    { name: family.name, description: family.description },
    ...machineVersions(project, family)
      .filter((name) => name !== family.name)
      .map((name) => ({ name, description: family.description })),
  ]);
}

/** Concrete device types of the tree, sorted. */
export function availableDevices(project: Project): readonly string[] {
  const names: string[] = [];
  for (const { name, abstract } of project.types()) if (!abstract && isDevice(project, name)) names.push(name);
  return names.sort();
}

export interface MachinePreset {
  readonly name: string;
  readonly title: string;
  readonly commandLine: string;
}

/** Machines worth a look. Those whose devices the tree lacks are left out. */
export function presets(project: Project): readonly MachinePreset[] {
  return all.filter(({ needs }) => needs.every((type) => project.type(type) !== undefined));
}

const all: readonly (MachinePreset & { readonly needs: readonly string[] })[] = [
  {
    name: "q35-intel-iommu",
    title: "PC with VT-d, AHCI, xHCI and virtio",
    commandLine: "-M q35 -device intel-iommu -device e1000e -device qemu-xhci -device virtio-net-pci -device ich9-ahci",
    needs: ["intel-iommu", "e1000e", "qemu-xhci", "virtio-net-pci", "ich9-ahci"],
  },
  {
    name: "q35-root-port",
    title: "PC with VT-d and a disk controller behind a root port",
    commandLine: "-M q35 -device intel-iommu -device pcie-root-port,id=rp0,chassis=1 -device ich9-ahci,bus=rp0",
    needs: ["intel-iommu", "pcie-root-port", "ich9-ahci"],
  },
  {
    name: "q35-virtio-iommu",
    title: "PC with virtio-iommu and virtio devices",
    commandLine: "-M q35 -device virtio-iommu-pci -device virtio-net-pci -device virtio-rng-pci",
    needs: ["virtio-iommu-pci", "virtio-net-pci", "virtio-rng-pci"],
  },
  {
    name: "pc",
    title: "PC of 1996 with an e1000",
    commandLine: "-M pc -device e1000 -device virtio-net-pci",
    needs: ["i440FX-pcihost", "e1000", "virtio-net-pci"],
  },
  {
    name: "virt-smmu",
    title: "Arm virt with GICv3 and SMMUv3",
    commandLine: "-M virt,gic-version=3,iommu=smmuv3 -device virtio-net-pci -device e1000e",
    needs: ["arm-smmuv3", "arm-gicv3", "virtio-net-pci", "e1000e"],
  },
  {
    name: "demo",
    title: "The example tree's devices",
    commandLine: "-M q35 -device demo-disk -device demo-nic -device demo-iommu",
    needs: ["demo-disk", "demo-nic", "demo-iommu"],
  },
];
