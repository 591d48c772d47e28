/* The bases that all other types of this tree grow from. */
#include "qemu/osdep.h"
#include "hw/sysbus.h"
#include "exec/memory.h"

static const TypeInfo device_info = {
    .name = TYPE_DEVICE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(DeviceState),
    .abstract = true,
    .class_size = sizeof(DeviceClass),
};

static const TypeInfo sysbus_device_info = {
    .name = TYPE_SYS_BUS_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SysBusDevice),
    .abstract = true,
};

static const TypeInfo memory_region_info = {
    .name = TYPE_MEMORY_REGION,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(MemoryRegion),
};

static const TypeInfo iommu_memory_region_info = {
    .name = TYPE_IOMMU_MEMORY_REGION,
    .parent = TYPE_MEMORY_REGION,
    .instance_size = sizeof(IOMMUMemoryRegion),
    .abstract = true,
    .class_size = sizeof(IOMMUMemoryRegionClass),
};

static void qdev_register_types(void)
{
    type_register_static(&device_info);
    type_register_static(&sysbus_device_info);
    type_register_static(&memory_region_info);
    type_register_static(&iommu_memory_region_info);
}

type_init(qdev_register_types)
