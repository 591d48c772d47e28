/* The base of all PCI devices: configuration space and interrupt lines. */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"

AddressSpace *pci_get_address_space(PCIDevice *device)
{
    return device->bus_master_as;
}

int pci_dma_read(PCIDevice *device, dma_addr_t address, void *target, dma_addr_t length)
{
    return dma_memory_read(pci_get_address_space(device), address, target, length);
}

const VMStateDescription vmstate_pci_device = {
    .name = "PCIDevice",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(version_id, PCIDevice),
        VMSTATE_UINT8_ARRAY(config, PCIDevice, PCI_CONFIG_SPACE_SIZE),
        VMSTATE_UINT32_ARRAY(irq_state, PCIDevice, PCI_NUM_PINS),
        VMSTATE_END_OF_LIST()
    }
};

static const TypeInfo pci_device_info = {
    .name = TYPE_PCI_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(PCIDevice),
    .abstract = true,
    .class_size = sizeof(PCIDeviceClass),
};

static void pci_register_types(void)
{
    type_register_static(&pci_device_info);
}

type_init(pci_register_types)
