/* Types with single inheritance, interfaces and class structs. */
#ifndef QOM_OBJECT_H
#define QOM_OBJECT_H

#include "qemu/osdep.h"

typedef struct ObjectClass ObjectClass;
typedef struct Object Object;
typedef struct InterfaceInfo InterfaceInfo;
typedef struct TypeInfo TypeInfo;

#define TYPE_OBJECT "object"

struct ObjectClass {
    const char *type;
};

struct Object {
    ObjectClass *klass;
};

struct InterfaceInfo {
    const char *type;
};

struct TypeInfo {
    const char *name;
    const char *parent;
    size_t instance_size;
    void (*instance_init)(Object *object);
    bool abstract;
    size_t class_size;
    void (*class_init)(ObjectClass *klass, const void *data);
    const InterfaceInfo *interfaces;
};

void *object_cast(void *object, const char *type);
void *object_class_cast(ObjectClass *klass, const char *type);
void type_register_static(const TypeInfo *info);

#define OBJECT_CHECK(type, object, name) ((type *)object_cast((object), (name)))
#define OBJECT_CLASS_CHECK(type, klass, name) ((type *)object_class_cast((klass), (name)))

#endif
