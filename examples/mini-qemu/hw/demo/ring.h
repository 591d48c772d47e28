#ifndef HW_DEMO_RING_H
#define HW_DEMO_RING_H

#include "hw/pci/pci.h"

#define DEMO_RING_ENTRIES 64
#define DEMO_RING_ENTRY_SIZE 16

/* A ring of requests in guest memory. `base` is an address as the device sees it: the IOMMU translates it. */
typedef struct DemoRing {
    uint64_t base;
    uint32_t head;
    uint32_t tail;
    void *mapping;
} DemoRing;

extern const VMStateDescription vmstate_demo_ring;

int demo_ring_map(PCIDevice *device, DemoRing *ring);

#endif
