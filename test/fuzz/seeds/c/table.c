#include "migration/vmstate.h"
#include "hw/pci/pci_device.h"

#define SLOTS 4
#define NAME(x) "fuzz/" #x
#define TWO(f, s) VMSTATE_UINT32(f, s), VMSTATE_UINT8(f##_hi, s)

typedef enum { MODE_OFF, MODE_ON = 1 << 2, MODE_LAST = MODE_ON } Mode;

typedef struct Slot {
    uint64_t base;
    uint8_t flags : 3, rest : 5;
} Slot;

typedef struct FuzzState {
    PCIDevice parent_obj;
    uint32_t status;
    uint8_t status_hi;
    uint32_t fill;
    uint32_t ring[SLOTS * 2];
    Slot slots[SLOTS];
    uint8_t *buffer;
    int (*ops)(struct FuzzState *s, int what);
    union {
        uint16_t word;
        uint8_t bytes[2];
    };
} FuzzState;

static int fuzz_post_load(void *opaque, int version_id)
{
    FuzzState *s = opaque;
    uint8_t page[16];

    if (s->fill > SLOTS) {
        return -EINVAL;
    }
    for (int i = 0; i < s->fill; i++) {
        pci_dma_read(&s->parent_obj, s->slots[i].base, page, sizeof(page));
    }
    s->ring[s->fill] = 0;
    return 0;
}

static bool fuzz_armed(void *opaque)
{
    FuzzState *s = opaque;
    return s->status & MODE_ON;
}

static const VMStateDescription vmstate_slot = {
    .name = NAME(slot),
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(base, Slot),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_armed = {
    .name = NAME(armed),
    .version_id = 1,
    .needed = fuzz_armed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16(word, FuzzState),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_fuzz = {
    .name = "fuzz",
    .version_id = 3,
    .minimum_version_id = 2,
    .post_load = fuzz_post_load,
    .priority = MIG_PRI_DEFAULT,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, FuzzState),
        TWO(status, FuzzState),
#if SLOTS > 2 && defined(CONFIG_FUZZ)
        VMSTATE_UINT32_V(fill, FuzzState, 3),
#endif
        VMSTATE_UINT32_ARRAY(ring, FuzzState, SLOTS * 2),
        VMSTATE_STRUCT_ARRAY(slots, FuzzState, SLOTS, 1, vmstate_slot, Slot),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_armed,
        NULL
    }
};

static void fuzz_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_fuzz;
}

static const TypeInfo fuzz_info = {
    .name = "fuzz",
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(FuzzState),
    .class_init = fuzz_class_init,
};

static void fuzz_register(void)
{
    type_register_static(&fuzz_info);
}

type_init(fuzz_register)
