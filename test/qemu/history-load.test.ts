/** What loading did wrong in QEMU's history: flagged before the fix, silent after. Some of it the rules found at the first try, for the rest one was generalised. */
import { describe, expect, it } from "vitest";
import { aroundFix, type FixCase } from "./fixHistory";

const cases: readonly (FixCase & { readonly what: string })[] = [
  {
    fix: "d329f5032e17",
    what: "VFIO loads its config space, and with it its interrupts, with the memory, before the ITS",
    code: "msi-before-its",
    file: "hw/vfio/migration.c",
    target: "aarch64",
  },
  {
    fix: "d943cef760",
    what: "VFIO depends on the APIC, which has no level",
    code: "order-by-creation",
    file: "hw/intc/apic_common.c",
  },
  {
    fix: "0f254b1ae04b",
    what: "the I/O APIC's routes in the kernel stay empty",
    code: "rebuild-missing",
    file: "hw/intc/ioapic_common.c",
  },
  {
    fix: "138bc2df8431",
    what: "VGA's chain-4 alias is gone",
    code: "rebuild-missing",
    file: "hw/display/vga.c",
    says: "vga_update_memory_access",
  },
  {
    fix: "2b4e573c7c",
    what: "PIIX4's SMBus ports are not mapped",
    code: "rebuild-missing",
    file: "hw/acpi/piix4.c",
    says: "smbus_io_space_update",
  },
  {
    fix: "62cee1a28aad",
    what: "virtio-net looks at features that are not loaded yet",
    code: "read-before-load",
    file: "hw/net/virtio-net.c",
  },
  {
    fix: "1a8c091c4ea5",
    what: "disks are told to go on before their virtio-scsi",
    code: "handler-unordered",
    file: "hw/scsi/scsi-bus.c",
  },
  {
    fix: "d355566bd9",
    what: "virtio-iommu's bypass regions stay as reset left them",
    code: "iommu-rebuild-missing",
    file: "hw/virtio/virtio-iommu.c",
  },
  {
    fix: "6b9409ba5f",
    what: "the Goldfish RTC's alarm is not armed",
    code: "rebuild-missing",
    file: "hw/rtc/goldfish_rtc.c",
  },
  {
    fix: "09f89ccc97",
    what: "RISC-V's machine timers are not saved",
    code: "rebuild-missing",
    file: "hw/intc/riscv_aclint.c",
  },
];

describe("history of loading", () => {
  it.each(cases)("$fix: $what", { timeout: 300_000 }, (each) => {
    const { before, after } = aroundFix(each);
    expect(before).not.toEqual([]);
    expect(after).toEqual([]);
  });
});
