#ifndef HW_PCI_PCI_H
#define HW_PCI_PCI_H

#include "hw/qdev-core.h"
#include "system/dma.h"

#define TYPE_PCI_BUS "PCI"
#define TYPE_PCI_DEVICE "pci-device"
#define PCI_DEVICE(object) OBJECT_CHECK(PCIDevice, object, TYPE_PCI_DEVICE)
#define PCI_DEVICE_CLASS(klass) OBJECT_CLASS_CHECK(PCIDeviceClass, klass, TYPE_PCI_DEVICE)

#define INTERFACE_CONVENTIONAL_PCI_DEVICE "conventional-pci-device"

#define PCI_CONFIG_SPACE_SIZE 0x100
#define PCI_NUM_PINS 4

typedef struct PCIBus PCIBus;

typedef struct PCIDevice {
    DeviceState parent_obj;
    uint32_t version_id;
    uint8_t config[PCI_CONFIG_SPACE_SIZE];
    uint32_t irq_state[PCI_NUM_PINS];
    PCIBus *bus;
    AddressSpace *bus_master_as;
} PCIDevice;

typedef struct PCIDeviceClass {
    DeviceClass parent_class;
    void (*realize)(PCIDevice *device, Error **errp);
    uint16_t vendor_id;
    uint16_t device_id;
    uint16_t class_id;
} PCIDeviceClass;

typedef struct PCIIOMMUOps {
    AddressSpace *(*get_address_space)(PCIBus *bus, void *opaque, int devfn);
} PCIIOMMUOps;

void pci_setup_iommu(PCIBus *bus, const PCIIOMMUOps *ops, void *opaque);
PCIBus *pci_root_bus(void);
AddressSpace *pci_get_address_space(PCIDevice *device);
int pci_dma_read(PCIDevice *device, dma_addr_t address, void *target, dma_addr_t length);

extern const VMStateDescription vmstate_pci_device;

#define VMSTATE_PCI_DEVICE(member, state) \
    VMSTATE_STRUCT(member, state, 0, vmstate_pci_device, PCIDevice)

#endif
