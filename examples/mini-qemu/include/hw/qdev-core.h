/* Devices: the class slot `vmsd` is where a device says what it migrates. */
#ifndef HW_QDEV_CORE_H
#define HW_QDEV_CORE_H

#include "qom/object.h"
#include "migration/vmstate.h"

#define TYPE_DEVICE "device"
#define DEVICE(object) OBJECT_CHECK(DeviceState, object, TYPE_DEVICE)
#define DEVICE_CLASS(klass) OBJECT_CLASS_CHECK(DeviceClass, klass, TYPE_DEVICE)

typedef struct DeviceState {
    Object parent_obj;
    const char *id;
    bool realized;
} DeviceState;

typedef struct DeviceClass {
    ObjectClass parent_class;
    const char *desc;
    bool user_creatable;
    void (*realize)(DeviceState *device, Error **errp);
    const VMStateDescription *vmsd;
} DeviceClass;

#endif
