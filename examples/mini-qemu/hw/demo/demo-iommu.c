/*
 * Translates what PCI devices call an address. Its table below sets no priority, so it loads in the order of creation:
 * a disk that was created before it is loaded before it. One line fixes it:
 *
 *     .priority = MIG_PRI_IOMMU,
 */
#include "qemu/osdep.h"
#include "hw/i386/x86-iommu.h"
#include "hw/pci/pci.h"

#define TYPE_DEMO_IOMMU "demo-iommu"
#define DEMO_IOMMU(object) OBJECT_CHECK(DemoIOMMU, object, TYPE_DEMO_IOMMU)
#define TYPE_DEMO_IOMMU_MEMORY_REGION TYPE_DEMO_IOMMU "-memory-region"

#define DEMO_IOMMU_ENABLED 0x1
#define DEMO_IOMMU_REGISTERS 16

typedef struct DemoIOMMU {
    X86IOMMUState parent_obj;
    uint64_t root;
    uint32_t control;
    uint32_t registers[DEMO_IOMMU_REGISTERS];
    bool dmar_enabled;
} DemoIOMMU;

static AddressSpace *demo_iommu_find_address_space(PCIBus *bus, void *opaque, int devfn)
{
    return NULL;
}

static const PCIIOMMUOps demo_iommu_ops = {
    .get_address_space = demo_iommu_find_address_space,
};

static IOMMUTLBEntry demo_iommu_translate(IOMMUMemoryRegion *region, hwaddr address)
{
    IOMMUTLBEntry entry = { .iova = address };

    return entry;
}

static int demo_iommu_post_load(void *opaque, int version_id)
{
    DemoIOMMU *iommu = opaque;

    iommu->dmar_enabled = iommu->control & DEMO_IOMMU_ENABLED;
    return 0;
}

static const VMStateDescription vmstate_demo_iommu = {
    .name = "demo-iommu",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = demo_iommu_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(root, DemoIOMMU),
        VMSTATE_UINT32(control, DemoIOMMU),
        VMSTATE_UINT32_ARRAY(registers, DemoIOMMU, DEMO_IOMMU_REGISTERS),
        VMSTATE_BOOL(dmar_enabled, DemoIOMMU),
        VMSTATE_END_OF_LIST()
    }
};

static void demo_iommu_realize(DeviceState *device, Error **errp)
{
    pci_setup_iommu(pci_root_bus(), &demo_iommu_ops, DEMO_IOMMU(device));
}

static void demo_iommu_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = demo_iommu_realize;
    dc->desc = "Translates the addresses of PCI devices";
    dc->user_creatable = true;
    dc->vmsd = &vmstate_demo_iommu;
}

static void demo_iommu_memory_region_class_init(ObjectClass *klass, const void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = demo_iommu_translate;
}

static const TypeInfo demo_iommu_info = {
    .name = TYPE_DEMO_IOMMU,
    .parent = TYPE_X86_IOMMU_DEVICE,
    .instance_size = sizeof(DemoIOMMU),
    .class_init = demo_iommu_class_init,
};

static const TypeInfo demo_iommu_memory_region_info = {
    .name = TYPE_DEMO_IOMMU_MEMORY_REGION,
    .parent = TYPE_IOMMU_MEMORY_REGION,
    .class_init = demo_iommu_memory_region_class_init,
};

static void demo_iommu_register_types(void)
{
    type_register_static(&demo_iommu_info);
    type_register_static(&demo_iommu_memory_region_info);
}

type_init(demo_iommu_register_types)
