/* state that a pair of functions saves */
typedef struct { int n; unsigned char data[8]; } Old;

static void old_save(QEMUFile *f, void *opaque)
{
    Old *s = opaque;
    qemu_put_be32(f, s->n);
    qemu_put_buffer(f, s->data, s->n);
}

static int old_load(QEMUFile *f, void *opaque, int version_id)
{
    Old *s = opaque;
    s->n = qemu_get_be32(f);
    do { switch (s->n) { case 1: break; default: goto out; } } while (0);
    qemu_get_buffer(f, s->data, s->n);
out:
    return s->n < 0 ? -1 : 0;
}

static const SaveVMHandlers old_handlers = { .save_state = old_save, .load_state = old_load };

void old_init(Old *s)
{
    register_savevm_live("old", 0, 1, &old_handlers, s);
    vmstate_register(NULL, VMSTATE_INSTANCE_ID_ANY, &vmstate_old, s);
}
