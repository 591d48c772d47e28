/*
 * A disk behind PCI. After a migration it maps its request ring again, so the addresses in it must be translatable
 * by then: the IOMMU has to be loaded first.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/demo/ring.h"

#define TYPE_DEMO_DISK "demo-disk"
#define DEMO_DISK(object) OBJECT_CHECK(DemoDisk, object, TYPE_DEMO_DISK)

#define DEMO_DISK_RUNNING 0x1

typedef struct DemoDisk {
    PCIDevice parent_obj;
    DemoRing ring;
    uint32_t control;
    uint64_t sectors;
    uint8_t serial[20];
} DemoDisk;

static int demo_disk_restart(DemoDisk *disk)
{
    if (!(disk->control & DEMO_DISK_RUNNING)) {
        return 0;
    }
    if (demo_ring_map(&disk->parent_obj, &disk->ring) < 0) {
        error_report("demo-disk: the ring cannot be mapped");
        return -1;
    }
    return 0;
}

static int demo_disk_post_load(void *opaque, int version_id)
{
    DemoDisk *disk = opaque;

    return demo_disk_restart(disk);
}

static const VMStateDescription vmstate_demo_disk = {
    .name = "demo-disk",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = demo_disk_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, DemoDisk),
        VMSTATE_STRUCT(ring, DemoDisk, 0, vmstate_demo_ring, DemoRing),
        VMSTATE_UINT32(control, DemoDisk),
        VMSTATE_UINT64(sectors, DemoDisk),
        VMSTATE_BUFFER(serial, DemoDisk),
        VMSTATE_END_OF_LIST()
    }
};

static void demo_disk_realize(PCIDevice *device, Error **errp)
{
    DemoDisk *disk = DEMO_DISK(device);

    disk->sectors = 1 << 20;
}

static void demo_disk_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = demo_disk_realize;
    dc->desc = "A disk with a ring in guest memory";
    dc->vmsd = &vmstate_demo_disk;
}

static const TypeInfo demo_disk_info = {
    .name = TYPE_DEMO_DISK,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(DemoDisk),
    .class_init = demo_disk_class_init,
    .interfaces = (const InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void demo_disk_register_types(void)
{
    type_register_static(&demo_disk_info);
}

type_init(demo_disk_register_types)
