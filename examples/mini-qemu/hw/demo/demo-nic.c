/*
 * A network card behind PCI that needs no guest memory while it is loaded. The priority on its subsection is the mistake
 * here: QEMU reads the priority of a device's own table only.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"

#define TYPE_DEMO_NIC "demo-nic"
#define DEMO_NIC(object) OBJECT_CHECK(DemoNIC, object, TYPE_DEMO_NIC)

#define DEMO_NIC_QUEUES 2

typedef struct DemoQueue {
    uint64_t base;
    uint16_t head;
    uint16_t tail;
} DemoQueue;

typedef struct DemoNIC {
    PCIDevice parent_obj;
    uint8_t mac[6];
    uint16_t status;
    uint32_t interrupt_mask;
    DemoQueue queues[DEMO_NIC_QUEUES];
    bool offload;
    uint32_t offload_features;
} DemoNIC;

static bool demo_nic_offload_needed(void *opaque)
{
    DemoNIC *nic = opaque;

    return nic->offload;
}

static const VMStateDescription vmstate_demo_nic_offload = {
    .name = "demo-nic/offload",
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_LOW,
    .needed = demo_nic_offload_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(offload, DemoNIC),
        VMSTATE_UINT32(offload_features, DemoNIC),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_demo_queue = {
    .name = "demo-nic-queue",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(base, DemoQueue),
        VMSTATE_UINT16(head, DemoQueue),
        VMSTATE_UINT16(tail, DemoQueue),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_demo_nic = {
    .name = "demo-nic",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, DemoNIC),
        VMSTATE_UINT8_ARRAY(mac, DemoNIC, 6),
        VMSTATE_UINT16(status, DemoNIC),
        VMSTATE_UINT32_V(interrupt_mask, DemoNIC, 2),
        VMSTATE_STRUCT_ARRAY(queues, DemoNIC, DEMO_NIC_QUEUES, 0, vmstate_demo_queue, DemoQueue),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const[]) {
        &vmstate_demo_nic_offload,
        NULL
    }
};

static void demo_nic_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "A network card with two queues";
    dc->vmsd = &vmstate_demo_nic;
}

static const TypeInfo demo_nic_info = {
    .name = TYPE_DEMO_NIC,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(DemoNIC),
    .class_init = demo_nic_class_init,
    .interfaces = (const InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void demo_nic_register_types(void)
{
    type_register_static(&demo_nic_info);
}

type_init(demo_nic_register_types)
