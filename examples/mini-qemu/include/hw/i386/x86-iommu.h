#ifndef HW_I386_X86_IOMMU_H
#define HW_I386_X86_IOMMU_H

#include "hw/sysbus.h"
#include "exec/memory.h"

#define TYPE_X86_IOMMU_DEVICE "x86-iommu"

typedef struct X86IOMMUState {
    SysBusDevice parent_obj;
    bool intr_supported;
} X86IOMMUState;

#endif
