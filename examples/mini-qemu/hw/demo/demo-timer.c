/*
 * A timer whose table never ends: without VMSTATE_END_OF_LIST() QEMU reads on into whatever lies behind the array.
 */
#include "qemu/osdep.h"
#include "hw/sysbus.h"

#define TYPE_DEMO_TIMER "demo-timer"

typedef struct DemoTimer {
    SysBusDevice parent_obj;
    uint32_t counter;
    uint32_t reload;
    bool running;
} DemoTimer;

static const VMStateDescription vmstate_demo_timer = {
    .name = "demo-timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(counter, DemoTimer),
        VMSTATE_UINT32(reload, DemoTimer),
        VMSTATE_BOOL(running, DemoTimer),
    }
};

static void demo_timer_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_demo_timer;
}

static const TypeInfo demo_timer_info = {
    .name = TYPE_DEMO_TIMER,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(DemoTimer),
    .class_init = demo_timer_class_init,
};

static void demo_timer_register_types(void)
{
    type_register_static(&demo_timer_info);
}

type_init(demo_timer_register_types)
