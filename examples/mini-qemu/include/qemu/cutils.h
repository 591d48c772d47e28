/* Helpers for buffers. */
#ifndef QEMU_CUTILS_H
#define QEMU_CUTILS_H

#include "qemu/osdep.h"

bool buffer_is_zero(const void *buffer, size_t size);

#endif
