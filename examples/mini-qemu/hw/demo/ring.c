/* Requests that guest and device share through guest memory. */
#include "qemu/osdep.h"
#include "hw/demo/ring.h"

int demo_ring_map(PCIDevice *device, DemoRing *ring)
{
    dma_addr_t length = DEMO_RING_ENTRIES * DEMO_RING_ENTRY_SIZE;

    ring->mapping = dma_memory_map(pci_get_address_space(device), ring->base, &length,
                                   DMA_DIRECTION_FROM_DEVICE);
    return ring->mapping ? 0 : -1;
}

const VMStateDescription vmstate_demo_ring = {
    .name = "demo-ring",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(base, DemoRing),
        VMSTATE_UINT32(head, DemoRing),
        VMSTATE_UINT32(tail, DemoRing),
        VMSTATE_END_OF_LIST()
    }
};
