/* What every file of this small tree starts with. */
#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

typedef struct Error Error;
typedef struct QEMUFile QEMUFile;
typedef struct JSONWriter JSONWriter;
typedef uint64_t hwaddr;

void error_report(const char *text);

/* Runs `function` before main, so that a file's types are known. */
#define type_init(function) \
    static void __attribute__((constructor)) call_##function(void) { function(); }

#endif
