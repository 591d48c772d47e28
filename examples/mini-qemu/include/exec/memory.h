#ifndef EXEC_MEMORY_H
#define EXEC_MEMORY_H

#include "qom/object.h"

#define TYPE_MEMORY_REGION "memory-region"
#define TYPE_IOMMU_MEMORY_REGION "iommu-memory-region"
#define IOMMU_MEMORY_REGION_CLASS(klass) \
    OBJECT_CLASS_CHECK(IOMMUMemoryRegionClass, klass, TYPE_IOMMU_MEMORY_REGION)

typedef struct AddressSpace AddressSpace;

typedef struct MemoryRegion {
    Object parent_obj;
    uint64_t size;
} MemoryRegion;

typedef struct IOMMUMemoryRegion {
    MemoryRegion parent_obj;
} IOMMUMemoryRegion;

typedef struct IOMMUTLBEntry {
    hwaddr iova;
    hwaddr translated_addr;
    hwaddr addr_mask;
    bool readable;
} IOMMUTLBEntry;

typedef struct IOMMUMemoryRegionClass {
    ObjectClass parent_class;
    IOMMUTLBEntry (*translate)(IOMMUMemoryRegion *region, hwaddr address);
} IOMMUMemoryRegionClass;

#endif
