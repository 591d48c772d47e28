import { expect, it } from "vitest";
import { tables } from "../../tableFixture";

const code = "save-changes-state";

const device = (body: string, more = "", hooks = ""): string => `
typedef struct Dev { uint32_t offset; uint32_t last; uint32_t sent; } Dev;
static uint64_t dev_now(void);
static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{
    Dev *s = opaque;
    return s->offset + dev_now() - s->last;
}
static const MemoryRegionOps dev_ops = { .read = dev_read };
${more}
static int dev_pre_save(void *opaque)
{
    Dev *s = opaque;
    ${body}
    return 0;
}
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, .pre_save = dev_pre_save, ${hooks}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(offset, Dev), VMSTATE_END_OF_LIST() } };
static const TypeInfo dev = { .name = "dev" };
`;

it.each([
  "s->offset = s->offset + dev_now();",
  "s->offset += dev_now();",
  "uint64_t now = dev_now(); s->offset = (uint32_t)now + s->offset;",
  "s->offset <<= 1;",
  "s->offset++;",
  "if (s->last) { s->offset -= s->last; }",
])("stands on the hook that counts on what running code goes by: %s", (body) => {
  const { of, text } = tables(device(body));
  const [finding, ...others] = of(code);
  expect(others).toEqual([]);
  expect(text.slice(finding?.range.start, finding?.range.end)).toContain("dev_pre_save");
  expect(finding?.related.map(({ range }) => text.slice(range.start, range.end))).toEqual(["offset", "offset"]);
  expect(finding?.related.map(({ message }) => message)).toEqual(["dev_pre_save changes it", "dev_read goes by it"]);
});

it("and in a helper that only the hook calls", () => {
  const helper = "static void dev_advance(Dev *s) { s->offset += dev_now(); }";
  expect(tables(device("dev_advance(s);", helper)).of(code)).toHaveLength(1);
  const running = `${helper} static void dev_write(void *opaque, hwaddr addr, uint64_t value, unsigned size) { dev_advance(opaque); }
static const MemoryRegionOps dev_writes = { .write = dev_write };`;
  expect(tables(device("dev_advance(s);", running)).of(code)).toEqual([]);
});

it.each([
  ["a copy that only the hooks use", "s->sent = s->offset + dev_now(); s->sent += 1;"],
  [
    "what is the same the next time",
    "s->offset = s->offset & ~7; s->offset |= 1; s->offset = s->offset - s->offset % 8;",
  ],
  ["what its counterpart follows", "s->offset += dev_now() - s->last; s->last = dev_now();"],
  ["the same through a variable", "uint64_t n = dev_now() - s->last; s->last = dev_now(); s->offset += n;"],
  ["what is counted from the start", "s->offset = 0; for (int i = 0; i < 4; i++) { s->offset += i; }"],
  ["what happens once", "if (s->last) { s->offset += 4; s->last = 0; }"],
  ["a copy on the stack", "Dev copy = *s; copy.offset += 4; (void)copy;"],
])("not on %s", (_, body) => {
  expect(tables(device(body)).of(code)).toEqual([]);
});

it("nor where post_save takes it back", () => {
  const undo = "static int dev_post_save(void *opaque) { Dev *s = opaque; s->offset -= dev_now(); return 0; }";
  expect(tables(device("s->offset += dev_now();", undo, ".post_save = dev_post_save,")).of(code)).toEqual([]);
});

it("stands where saving tells others what the destination does not get", () => {
  const timeout = "static void dev_timeout(void *opaque) { Dev *s = opaque; qemu_set_irq(s->irq, 1); }";
  const irq = (more: string, hooks = "") => tables(device("dev_timeout(s);", timeout + more, hooks)).of(code);
  const [finding] = irq("");
  expect(finding?.message).toContain("drives an interrupt line");
  expect(finding?.related.map(({ message }) => message)).toEqual([
    "dev_pre_save (pre_save) calls dev_timeout",
    "dev_timeout calls qemu_set_irq",
  ]);
  const [written] = tables(device("dma_memory_write(&as, s->offset, &s->last, 4);")).of(code);
  expect(written?.message).toContain("writes to the guest's memory");
  const again = "static int dev_post_load(void *opaque, int version_id) { dev_timeout(opaque); return 0; }";
  expect(irq(again, ".post_load = dev_post_load,")).toEqual([]);
});

it.each([
  ["0", 0],
  ["1", 1],
])("goes by a macro that decides about the call: #define DEBUG_DEV %s", (value, findings) => {
  const trace = `#define DEBUG_DEV ${value}
static void dev_trace(Dev *s) { qemu_set_irq(s->irq, 1); }`;
  expect(tables(device("if (DEBUG_DEV) { dev_trace(s); }", trace)).of(code)).toHaveLength(findings);
  expect(tables(device("if (!DEBUG_DEV) { return 0; } dev_trace(s);", trace)).of(code)).toHaveLength(findings);
});
