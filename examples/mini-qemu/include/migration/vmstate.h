/*
 * Tables that say what a device sends when it is migrated.
 * The names and the numbers of flags and levels are QEMU's; the text is this project's.
 */
#ifndef MIGRATION_VMSTATE_H
#define MIGRATION_VMSTATE_H

#include "qemu/osdep.h"

typedef struct VMStateInfo VMStateInfo;
typedef struct VMStateField VMStateField;
typedef struct VMStateDescription VMStateDescription;

/* Writes and reads one element. */
struct VMStateInfo {
    const char *name;
    int (*get)(QEMUFile *file, void *element, size_t size, const VMStateField *field);
    int (*put)(QEMUFile *file, void *element, size_t size, const VMStateField *field, JSONWriter *writer);
};

enum VMStateFlags {
    VMS_SINGLE = 0x001,
    VMS_POINTER = 0x002,
    VMS_ARRAY = 0x004,
    VMS_STRUCT = 0x008,
    VMS_VARRAY_INT32 = 0x010,
    VMS_BUFFER = 0x020,
    VMS_VARRAY_UINT32 = 0x800,
    VMS_END = 0x10000,
};

typedef enum {
    MIG_PRI_UNINITIALIZED = 0, /* read as MIG_PRI_DEFAULT */
    MIG_PRI_LOW,               /* Must happen after default */
    MIG_PRI_DEFAULT,
    MIG_PRI_IOMMU,             /* Must happen before PCI devices */
    MIG_PRI_PCI_BUS,           /* Must happen before IOMMU */
    MIG_PRI_MAX,
} MigrationPriority;

struct VMStateField {
    const char *name;
    const char *err_hint;
    size_t offset;
    size_t size;
    size_t start;
    int num;
    size_t num_offset;
    size_t size_offset;
    const VMStateInfo *info;
    enum VMStateFlags flags;
    const VMStateDescription *vmsd;
    int version_id;
    int struct_version_id;
    bool (*field_exists)(void *opaque, int version_id);
};

struct VMStateDescription {
    const char *name;
    bool unmigratable;
    bool early_setup;
    int version_id;
    int minimum_version_id;
    MigrationPriority priority;
    int (*pre_load)(void *opaque);
    int (*post_load)(void *opaque, int version_id);
    int (*pre_save)(void *opaque);
    int (*post_save)(void *opaque);
    bool (*needed)(void *opaque);
    const VMStateField *fields;
    const VMStateDescription *const *subsections;
};

extern const VMStateInfo vmstate_info_bool;
extern const VMStateInfo vmstate_info_uint8;
extern const VMStateInfo vmstate_info_uint16;
extern const VMStateInfo vmstate_info_uint32;
extern const VMStateInfo vmstate_info_uint64;
extern const VMStateInfo vmstate_info_buffer;
extern const VMStateInfo vmstate_info_unused_buffer;

#define VMSTATE_SINGLE_V(member, state, since, element_info, type) { \
    .name = #member,                                                 \
    .version_id = (since),                                           \
    .size = sizeof(type),                                            \
    .info = &(element_info),                                         \
    .flags = VMS_SINGLE,                                             \
    .offset = offsetof(state, member),                               \
}

#define VMSTATE_ARRAY_V(member, state, count, since, element_info, type) { \
    .name = #member,                                                       \
    .version_id = (since),                                                 \
    .num = (count),                                                        \
    .size = sizeof(type),                                                  \
    .info = &(element_info),                                               \
    .flags = VMS_ARRAY,                                                    \
    .offset = offsetof(state, member),                                     \
}

#define VMSTATE_STRUCT(member, state, since, description, type) { \
    .name = #member,                                              \
    .version_id = (since),                                        \
    .vmsd = &(description),                                       \
    .size = sizeof(type),                                         \
    .flags = VMS_STRUCT,                                          \
    .offset = offsetof(state, member),                            \
}

#define VMSTATE_STRUCT_ARRAY(member, state, count, since, description, type) { \
    .name = #member,                                                           \
    .version_id = (since),                                                     \
    .num = (count),                                                            \
    .vmsd = &(description),                                                    \
    .size = sizeof(type),                                                      \
    .flags = VMS_STRUCT | VMS_ARRAY,                                           \
    .offset = offsetof(state, member),                                         \
}

#define VMSTATE_BUFFER(member, state) {      \
    .name = #member,                         \
    .size = sizeof(((state *)0)->member),    \
    .info = &vmstate_info_buffer,            \
    .flags = VMS_BUFFER,                     \
    .offset = offsetof(state, member),       \
}

#define VMSTATE_UNUSED(bytes) {              \
    .name = "unused",                        \
    .size = (bytes),                         \
    .info = &vmstate_info_unused_buffer,     \
    .flags = VMS_BUFFER,                     \
}

#define VMSTATE_BOOL(member, state) VMSTATE_SINGLE_V(member, state, 0, vmstate_info_bool, bool)
#define VMSTATE_UINT8(member, state) VMSTATE_SINGLE_V(member, state, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT16(member, state) VMSTATE_SINGLE_V(member, state, 0, vmstate_info_uint16, uint16_t)
#define VMSTATE_UINT32(member, state) VMSTATE_SINGLE_V(member, state, 0, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64(member, state) VMSTATE_SINGLE_V(member, state, 0, vmstate_info_uint64, uint64_t)
#define VMSTATE_UINT32_V(member, state, since) \
    VMSTATE_SINGLE_V(member, state, since, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT8_ARRAY(member, state, count) \
    VMSTATE_ARRAY_V(member, state, count, 0, vmstate_info_uint8, uint8_t)
#define VMSTATE_UINT32_ARRAY(member, state, count) \
    VMSTATE_ARRAY_V(member, state, count, 0, vmstate_info_uint32, uint32_t)
#define VMSTATE_UINT64_ARRAY(member, state, count) \
    VMSTATE_ARRAY_V(member, state, count, 0, vmstate_info_uint64, uint64_t)

#define VMSTATE_END_OF_LIST() { .flags = VMS_END }

#endif
