/* Access to guest memory by devices: every address goes through the IOMMU, if there is one. */
#ifndef SYSTEM_DMA_H
#define SYSTEM_DMA_H

#include "exec/memory.h"

typedef uint64_t dma_addr_t;

typedef enum {
    DMA_DIRECTION_TO_DEVICE = 0,
    DMA_DIRECTION_FROM_DEVICE = 1,
} DMADirection;

int dma_memory_read(AddressSpace *space, dma_addr_t address, void *target, dma_addr_t length);
void *dma_memory_map(AddressSpace *space, dma_addr_t address, dma_addr_t *length, DMADirection direction);
void dma_memory_unmap(AddressSpace *space, void *mapping, dma_addr_t length, DMADirection direction,
                      dma_addr_t used);

#endif
