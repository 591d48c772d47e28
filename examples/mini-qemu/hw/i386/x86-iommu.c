/* What the IOMMUs of x86 machines have in common. */
#include "qemu/osdep.h"
#include "hw/i386/x86-iommu.h"

static const TypeInfo x86_iommu_info = {
    .name = TYPE_X86_IOMMU_DEVICE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(X86IOMMUState),
    .abstract = true,
};

static void x86_iommu_register_types(void)
{
    type_register_static(&x86_iommu_info);
}

type_init(x86_iommu_register_types)
