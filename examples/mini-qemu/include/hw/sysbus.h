#ifndef HW_SYSBUS_H
#define HW_SYSBUS_H

#include "hw/qdev-core.h"

#define TYPE_SYS_BUS_DEVICE "sys-bus-device"
#define SYS_BUS_DEVICE(object) OBJECT_CHECK(SysBusDevice, object, TYPE_SYS_BUS_DEVICE)

typedef struct SysBusDevice {
    DeviceState parent_obj;
} SysBusDevice;

#endif
