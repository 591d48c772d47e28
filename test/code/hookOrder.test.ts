/** Hooks of a section's parts run before those of the whole. */
import { expect, it } from "vitest";
import { tables } from "../check/tableFixture";

interface Parts {
  readonly reset?: string;
  readonly pending?: string;
  readonly parent?: string;
  readonly field?: string;
  readonly guard?: string;
}

const keyboard = ({ reset, pending, parent, field, guard }: Parts): string => `
typedef struct Kbd { uint8_t pending; uint8_t pending_sent; uint8_t mode; uint8_t flags; qemu_irq irq; } Kbd;
static uint8_t kbd_pending(Kbd *s)
{
    if (s->mode) {
        return ${pending ?? "s->pending & (1 | ~s->mode)"};
    }
    return s->pending;
}
static void kbd_timeout(void *opaque)
{
    Kbd *s = opaque;
    ${guard ?? "if (kbd_pending(s))"} {
        qemu_set_irq(s->irq, 1);
    }
}
static void kbd_reset(void *opaque) { Kbd *s = opaque; ${reset ?? "s->pending = 0;"} }
static int kbd_more_post_load(void *opaque, int version_id)
{
    Kbd *s = opaque;
    if (s->flags) {
        kbd_timeout(s);
    }
    return 0;
}
static int kbd_post_load(void *opaque, int version_id) { Kbd *s = opaque; ${parent ?? "s->pending = s->pending_sent;"} return 0; }
static bool kbd_more_needed(void *opaque) { Kbd *s = opaque; return s->flags; }
static const VMStateDescription vmstate_more = { .name = "kbd/more", .version_id = 1, .minimum_version_id = 1,
    .post_load = kbd_more_post_load, .needed = kbd_more_needed,
    .fields = (const VMStateField[]) { VMSTATE_UINT8(flags, Kbd), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_kbd = { .name = "kbd", .version_id = 1, .minimum_version_id = 1, .post_load = kbd_post_load,
    .fields = (const VMStateField[]) { VMSTATE_UINT8(pending_sent, Kbd), ${field ?? ""} VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription * const []) { &vmstate_more, NULL } };
static void kbd_init(Kbd *s) { vmstate_register(0, 0, &vmstate_kbd, s); }
`;

const found = (parts: Parts) => tables(keyboard(parts)).of("irq-in-post-load");

it.each([{}, { guard: "if (s->pending != 0)" }, { guard: "uint8_t now = s->pending; if (s->mode && now)" }])(
  "a subsection's hook finds what only its parent's hook sets as reset left it: %o",
  (parts) => expect(found(parts)).toEqual([]),
);

it.each([
  ["reset leaves another value", { reset: "s->pending = 4;" }],
  ["reset leaves it", { reset: "" }],
  ["the stream has it", { field: "VMSTATE_UINT8(pending, Kbd)," }],
  ["the parent leaves it", { parent: "" }],
  ["something else may be so", { pending: "s->pending | s->mode" }],
  ["it happens where it is zero", { guard: "if (!s->pending)" }],
])("not where %s", (_, parts) => expect(found(parts)).toHaveLength(1));
