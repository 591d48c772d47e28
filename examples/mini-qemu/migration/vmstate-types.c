/* How single elements look in a stream: big endian, nothing in between. */
#include "qemu/osdep.h"
#include "migration/vmstate.h"

uint64_t qemu_get_bytes(QEMUFile *file, size_t size);
void qemu_put_bytes(QEMUFile *file, uint64_t value, size_t size);
void qemu_get_buffer(QEMUFile *file, void *target, size_t size);
void qemu_put_buffer(QEMUFile *file, const void *source, size_t size);

#define DEFINE_INFO(label, type)                                                                          \
    static int get_##label(QEMUFile *file, void *element, size_t size, const VMStateField *field)         \
    {                                                                                                     \
        *(type *)element = (type)qemu_get_bytes(file, size);                                              \
        return 0;                                                                                         \
    }                                                                                                     \
    static int put_##label(QEMUFile *file, void *element, size_t size, const VMStateField *field,         \
                           JSONWriter *writer)                                                            \
    {                                                                                                     \
        qemu_put_bytes(file, *(type *)element, size);                                                     \
        return 0;                                                                                         \
    }                                                                                                     \
    const VMStateInfo vmstate_info_##label = { .name = #label, .get = get_##label, .put = put_##label };

DEFINE_INFO(bool, bool)
DEFINE_INFO(uint8, uint8_t)
DEFINE_INFO(uint16, uint16_t)
DEFINE_INFO(uint32, uint32_t)
DEFINE_INFO(uint64, uint64_t)

static int get_buffer(QEMUFile *file, void *element, size_t size, const VMStateField *field)
{
    qemu_get_buffer(file, element, size);
    return 0;
}

static int put_buffer(QEMUFile *file, void *element, size_t size, const VMStateField *field, JSONWriter *writer)
{
    qemu_put_buffer(file, element, size);
    return 0;
}

const VMStateInfo vmstate_info_buffer = {
    .name = "buffer",
    .get = get_buffer,
    .put = put_buffer,
};

static int get_unused_buffer(QEMUFile *file, void *element, size_t size, const VMStateField *field)
{
    while (size-- > 0) {
        qemu_get_bytes(file, 1);
    }
    return 0;
}

static int put_unused_buffer(QEMUFile *file, void *element, size_t size, const VMStateField *field,
                             JSONWriter *writer)
{
    while (size-- > 0) {
        qemu_put_bytes(file, 0, 1);
    }
    return 0;
}

const VMStateInfo vmstate_info_unused_buffer = {
    .name = "unused_buffer",
    .get = get_unused_buffer,
    .put = put_unused_buffer,
};
