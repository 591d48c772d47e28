/** What a stream may bring that the code behind the table does not expect. */
import { describe, expect, it } from "vitest";
import { tables } from "../tableFixture";

const state = `
typedef struct Dev {
    uint32_t head; uint32_t level; uint8_t small; uint32_t fifo[8]; uint32_t big[512]; uint64_t wide; int32_t sign;
    uint32_t n; uint32_t *list; uint32_t *kept;
} Dev;
#define VMSTATE_POINTED(member, state, count) { .name = #member, .num_offset = offsetof(state, count), .size = sizeof(uint32_t), \\
    .info = &vmstate_info_uint32, .flags = VMS_VARRAY_UINT32 | VMS_POINTER, .offset = offsetof(state, member), }
`;

interface Text {
  readonly fields?: string;
  readonly code?: string;
  readonly rest?: string;
  readonly versions?: string;
}

function device({
  fields = "VMSTATE_UINT32(head, Dev),",
  code = "",
  rest = "",
  versions = ".version_id = 1, .minimum_version_id = 1,",
}: Text) {
  return tables(`${state}${code}
static const VMStateDescription vmstate_dev = {
    .name = "dev",
    ${versions}
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() },
    ${rest}
};
static void dev_class_init(ObjectClass *klass, void *data) { DeviceClass *dc = DEVICE_CLASS(klass); dc->vmsd = &vmstate_dev; }
static const TypeInfo dev_info = { .name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init };
DEFINE_TYPES(dev_info)
`);
}

const messages = (text: Text, code: string) =>
  device(text)
    .of(code)
    .map(({ message }) => message);

const uses = (index: string) => `static void dev_put(Dev *s, uint32_t value) { s->fifo[${index}] = value; }\n`;
const post = ".post_load = dev_post_load,";
const checks = (what: string) =>
  `static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; return ${what} ? -1 : 0; }\n`;

describe("index-unchecked", () => {
  it("names the array, its length and the place of the use", () => {
    const [finding] = device({ code: uses("s->head++") }).of("index-unchecked");
    expect(finding?.message).toContain("head is an index into fifo, which has 8 elements");
    expect(finding?.related[0]?.message).toContain("dev_put");
  });

  it("is silent once post_load looks at it, or the index is bounded where it is used", () => {
    expect(messages({ code: uses("s->head") + checks("s->head >= 8"), rest: post }, "index-unchecked")).toEqual([]);
    expect(messages({ code: uses("s->head & 7") }, "index-unchecked")).toEqual([]);
    expect(messages({ code: uses("s->head % 8") }, "index-unchecked")).toEqual([]);
    const compared = "static void dev_put(Dev *s) { if (s->head >= 8) { return; } s->fifo[s->head] = 0; }\n";
    expect(messages({ code: compared }, "index-unchecked")).toEqual([]);
  });

  it("writes a post_load that refuses it, where the table has none", () => {
    const mended = device({ code: uses("s->head") }).fixed("index-unchecked");
    expect(mended).toContain("    if (s->head >= ARRAY_SIZE(s->fifo)) {\n        return -EINVAL;");
    expect(mended).toContain(".minimum_version_id = 1,\n    .post_load = dev_post_load,");
    const taken = device({ code: uses("s->head") + checks("s->level > 8"), rest: post });
    expect(taken.of("index-unchecked")[0]?.fixes).toEqual([]);
  });

  it("follows the index into a function that is handed it", () => {
    const put = (guard: string) =>
      `static void dev_at(Dev *s, int at)\n{ ${guard} s->fifo[at] = 0; }\nstatic void dev_put(Dev *s) { dev_at(s, s->head); }\n`;
    const [finding] = device({ code: put("") }).of("index-unchecked");
    expect(finding?.related[0]?.message).toContain("dev_at");
    expect(messages({ code: put("if (at >= 8) { return; }") }, "index-unchecked")).toEqual([]);
  });

  it("is still there where post_load looks at something else", () => {
    expect(messages({ code: uses("s->head") + checks("s->level > 8"), rest: post }, "index-unchecked")).toHaveLength(1);
  });

  it("is still there where post_load itself goes by it", () => {
    const hook = (body: string) =>
      `static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; ${body} return 0; }\n`;
    const found = (body: string) => messages({ code: hook(body), rest: post }, "index-unchecked");
    expect(found("s->fifo[s->head] = 0;")).toHaveLength(1);
    expect(found("if (s->head >= 8) { s->head = 0; } s->fifo[s->head] = 0;")).toEqual([]);
  });

  it("finds the end of a loop over a fixed array, unless something else may end it before", () => {
    const loop = (first: string) =>
      `static void dev_go(Dev *s) { int i; for (i = 0; i < s->head; i++) { ${first} s->fifo[i] = 0; } }\n`;
    const [message] = messages({ code: loop("") }, "index-unchecked");
    expect(message).toContain("head is the end of a loop over fifo, which has 8 elements");
    expect(messages({ code: loop("if (i == 8) { break; }") }, "index-unchecked")).toEqual([]);
    const checked = checks("s->head > 8") + loop("");
    expect(messages({ code: checked, rest: post }, "index-unchecked")).toEqual([]);
  });

  it("takes a switch arm for what it is: set in another one, or named by the case", () => {
    const arm = (before: string, inside: string) =>
      `static void dev_put(Dev *s, int op) { ${before} switch (op) { case 1: ${inside} break; case 2: s->fifo[s->head] = 0; break; } }\n`;
    expect(messages({ code: arm("", "s->head = 0;") }, "index-unchecked")).toHaveLength(1);
    expect(messages({ code: arm("s->head = 0;", "") }, "index-unchecked")).toEqual([]);
    const named = "static void dev_put(Dev *s) { switch (s->head) { case 3: s->fifo[s->head] = 0; break; } }\n";
    expect(messages({ code: named }, "index-unchecked")).toEqual([]);
  });

  it("is silent behind a VMSTATE_VALIDATE that holds it", () => {
    const fields = 'VMSTATE_UINT32(head, Dev), VMSTATE_VALIDATE("head", dev_head_ok),';
    const ok = (limit: number) =>
      `static bool dev_head_ok(void *opaque, int version_id) { Dev *s = opaque; return s->head < ${limit}; }\n`;
    expect(messages({ fields, code: ok(8) + uses("s->head") }, "index-unchecked")).toEqual([]);
    expect(messages({ fields, code: ok(9) + uses("s->head") }, "index-unchecked")).toHaveLength(1);
  });

  it("is silent where the type holds no more than the array has", () => {
    const code = "static void dev_put(Dev *s) { s->big[s->small] = 0; }\n";
    expect(messages({ fields: "VMSTATE_UINT8(small, Dev),", code }, "index-unchecked")).toEqual([]);
  });
});

describe("load-unchecked", () => {
  const load = (body: string) => ({
    code: `static int dev_load(QEMUFile *f, void *opaque, int version_id)\n{ Dev *s = opaque; int i; ${body} return 0; }\n`,
  });

  it("finds lengths, bounds and indexes as they come", () => {
    expect(
      messages(load("s->n = qemu_get_be32(f); qemu_get_buffer(f, s->data, s->n);"), "load-unchecked")[0],
    ).toContain("as a length");
    expect(
      messages(
        load("qemu_get_be32s(f, &s->n); for (i = 0; i < s->n; i++) { s->fifo[i] = qemu_get_be32(f); }"),
        "load-unchecked",
      )[0],
    ).toContain("a loop that fills an array");
    expect(messages(load("uint32_t v = qemu_get_be32(f); s->fifo[v] = 1;"), "load-unchecked")[0]).toContain("an index");
  });

  it("is silent behind a comparison, and for memory that is got for as much", () => {
    expect(
      messages(
        load("s->n = qemu_get_be32(f); if (s->n > 8) { return -1; } qemu_get_buffer(f, s->data, s->n);"),
        "load-unchecked",
      ),
    ).toEqual([]);
    expect(
      messages(
        load("s->n = qemu_get_be32(f); s->list = g_new(uint32_t, s->n); qemu_get_buffer(f, s->list, s->n);"),
        "load-unchecked",
      ),
    ).toEqual([]);
  });

  it.each([
    ["a condition on something else", "if (version_id) i = s->n;"],
    ["a question whether there is any", "if (s->n) { i = 1; }"],
    ["a bound from below", "if (s->n < 0) { return -1; }"],
    ["one value that is dealt with apart", "if (s->n == 3) { i = 1; }"],
    ["a loop that counts it down later", "while (i < 3) { i++; }"],
  ])("is not silenced by %s", (_, between) => {
    const body = `s->n = qemu_get_be32(f); ${between} qemu_get_buffer(f, s->data, s->n);`;
    expect(messages(load(body), "load-unchecked")).toHaveLength(1);
  });

  it.each([
    "if (s->n * 4 > sizeof(s->data)) { return -1; }",
    "if (s->n < 0 || ARRAY_SIZE(s->data) <= s->n) { return -1; }",
    "if (s->n != s->size) { return -1; }",
    "if (too_many(s, s->n)) { return -1; }",
    "if (s->n & ~7) { return -1; }",
    "assert(s->n < 8);",
    "s->n = MIN(s->n, 8);",
    "switch (s->n) { case 1: case 2: break; default: return -1; }",
    "if (!(s->n == 1 || s->n == 2)) { return -1; }",
  ])("is silent behind %s", (check) => {
    const body = `s->n = qemu_get_be32(f); ${check} qemu_get_buffer(f, s->data, s->n);`;
    expect(messages(load(body), "load-unchecked")).toEqual([]);
  });

  it("follows a member to another function of the file", () => {
    const { code } = load("s->head = qemu_get_be32(f);");
    expect(messages({ code: code + uses("s->head"), fields: "" }, "load-unchecked")[0]).toContain(
      "an index in dev_put",
    );
  });

  it("takes no comparison of two values of the stream for a check", () => {
    const { code } = load("s->head = qemu_get_be32(f); s->level = qemu_get_be32(f);");
    const use = "static void dev_put(Dev *s) { if (s->head < s->level) { s->fifo[s->head] = 0; } }\n";
    expect(messages({ code: code + use, fields: "" }, "load-unchecked")[0]).toContain("an index in dev_put");
    const fixed = use.replace("s->head < s->level", "s->head < s->level && s->head < 8");
    expect(messages({ code: code + fixed, fields: "" }, "load-unchecked")).toEqual([]);
  });
});

describe("type-mismatch", () => {
  it("is an error for another size, with the right macro as the fix", () => {
    const found = device({ fields: "VMSTATE_UINT32(wide, Dev)," });
    expect(found.of("type-mismatch")[0]).toMatchObject({ severity: "error" });
    expect(found.of("type-mismatch")[0]?.message).toContain("4 of its 8 bytes are lost");
    expect(found.fixed("type-mismatch")).toContain("VMSTATE_UINT64(wide, Dev)");
  });

  it("is information for another sign, and nothing for the same type", () => {
    const part = `{ .name = "wide", .size = 4, .info = &vmstate_info_uint32, .flags = VMS_SINGLE, .offset = offsetof(Dev, wide), },`;
    expect(device({ fields: part }).of("type-mismatch")[0]?.severity).toBe("information");
    expect(device({ fields: "VMSTATE_UINT32(sign, Dev)," }).of("type-mismatch")[0]?.severity).toBe("information");
    expect(messages({ fields: "VMSTATE_UINT32(head, Dev), VMSTATE_UINT64(wide, Dev)," }, "type-mismatch")).toEqual([]);
  });
});

describe("array-short", () => {
  it("says how many elements stay behind", () => {
    const [message] = messages({ fields: "VMSTATE_UINT32_ARRAY(fifo, Dev, 6)," }, "array-short");
    expect(message).toContain("fifo saves 6 elements, and fifo has 8");
    expect(messages({ fields: "VMSTATE_UINT32_ARRAY(fifo, Dev, 8)," }, "array-short")).toEqual([]);
  });
});

describe("pointer-never-set", () => {
  const fields = "VMSTATE_UINT32(n, Dev), VMSTATE_POINTED(list, Dev, n),";
  it("is silent once the pointer is set anywhere in the file", () => {
    expect(messages({ fields }, "pointer-never-set")).toHaveLength(1);
    const code = "static void dev_realize(Dev *s) { s->list = g_new0(uint32_t, 8); }\n";
    expect(messages({ fields, code }, "pointer-never-set")).toEqual([]);
  });

  it("goes with a count that the stream sets: beyond what was allocated", () => {
    expect(messages({ fields }, "count-unchecked")[0]).toContain("whatever was allocated there");
  });
});

describe("version-missing", () => {
  it("wants a minimum where every field is read from older streams", () => {
    expect(messages({ versions: "" }, "version-missing")).toEqual([]);
    const open = device({ versions: ".version_id = 3," });
    expect(open.of("version-missing")[0]?.message).toContain("sets no minimum_version_id");
    expect(open.fixed("version-missing")).toContain(".version_id = 3,\n    .minimum_version_id = 3,");
    expect(messages({}, "version-missing")).toEqual([]);
  });
});

describe("equal-on-state", () => {
  const equal = `#define VMSTATE_SAME(m, s) { .name = #m, .size = 4, .info = &vmstate_info_uint32_equal, .flags = VMS_SINGLE, .offset = offsetof(s, m), }\n`;
  const fields = "VMSTATE_SAME(n, Dev),";
  it("is silent where a property sets the member", () => {
    expect(messages({ code: equal, fields }, "equal-on-state")).toHaveLength(1);
    const property = 'static const Property dev_properties[] = { DEFINE_PROP_UINT32("n", Dev, n, 4), };\n';
    expect(messages({ code: equal + property, fields }, "equal-on-state")).toEqual([]);
  });
});

describe("registered-for-one-machine", () => {
  const machine = (own: string, newer: string) => ({
    code: `static void css_register(void) { vmstate_register(NULL, 0, &vmstate_dev, &state); }
static void x_machine_2_11_instance_options(MachineState *machine) { ${newer} }
static void x_machine_2_10_instance_options(MachineState *machine) { x_machine_2_11_instance_options(machine); ${own} }
`,
  });
  it("finds a section that newer machine types go without", () => {
    expect(messages(machine("css_register();", ""), "registered-for-one-machine")[0]).toContain(
      "x_machine_2_10_instance_options",
    );
    expect(messages(machine("css_register();", "css_register();"), "registered-for-one-machine")).toEqual([]);
    expect(messages(machine("other();", ""), "registered-for-one-machine")).toEqual([]);
  });
});

describe("a buffer behind a pointer whose size is a member", () => {
  const sized = `#define VMSTATE_SIZED(member, state, bytes, ...) { .name = #member, .size_offset = offsetof(state, bytes), \\
    .info = &vmstate_info_buffer, .flags = VMS_VBUFFER | VMS_POINTER __VA_ARGS__, .offset = offsetof(state, member), }
`;
  const take = (statement: string): string => `static uint32_t dev_take(Dev *s) { ${statement} }\n`;
  const list = "VMSTATE_POINTED(list, Dev, n),";
  const head = "VMSTATE_UINT32(head, Dev),";
  const pops = take("uint32_t v = s->list[s->head++]; s->head %= s->n; return v;");

  it("an index into it that nothing holds is found, with what says how much there is", () => {
    const [finding, ...others] = device({ fields: list + head, code: pops }).of("index-unchecked");
    expect(others).toEqual([]);
    expect(finding?.message).toContain(
      "head is an index into list, which has as many elements as n says, and no check",
    );
  });

  it.each([
    take("return s->list[s->head % s->n];"),
    take("if (s->head >= s->n) { return 0; } return s->list[s->head];"),
    take("return s->kept[s->head];"),
    take("return s->list[0] + s->head;"),
  ])("one that is held, or goes elsewhere, is not: %s", (code) => {
    expect(messages({ fields: list + head, code }, "index-unchecked")).toEqual([]);
  });

  it("nor one that post_load refuses", () => {
    const code = pops + checks("s->head >= s->n");
    expect(messages({ fields: list + head, code, rest: post }, "index-unchecked")).toEqual([]);
  });

  const buffer = (more = ""): string => `VMSTATE_SIZED(kept, Dev, n, ${more}),`;
  const count = "VMSTATE_UINT32(n, Dev),";

  it("its size from the stream is a count", () => {
    expect(messages({ code: sized, fields: count + buffer() }, "count-unchecked")).toEqual([
      expect.stringContaining("The stream sets n, and as many bytes are loaded to where kept points"),
    ]);
    expect(messages({ code: sized, fields: count + buffer("| VMS_ALLOC") }, "count-unchecked")).toEqual([]);
    expect(messages({ code: sized, fields: buffer() }, "count-unchecked")).toEqual([]);
  });

  it("unless the buffer is loaded only where its own test has asked for the size", () => {
    const fits = "static bool dev_fits(void *opaque, int version_id) { return DEV(opaque)->n <= 8; }\n";
    const fields = count + buffer(", .field_exists = dev_fits");
    expect(messages({ code: sized + fits, fields }, "count-unchecked")).toEqual([]);
  });

  it("a size behind two buffers is told once", () => {
    const other = "VMSTATE_SIZED(list, Dev, n, ),";
    expect(messages({ code: sized, fields: buffer() + other + count }, "count-after-array")).toEqual([
      expect.stringContaining("kept is loaded with as many bytes as n says on the destination"),
    ]);
  });
});

describe("what post_load calls before anything looks at the index", () => {
  const use = "static void dev_use(Dev *s) { s->fifo[s->head] = 1; s->head = 0; }\n";
  const check = "static void dev_check(Dev *s) { if (s->head >= 8) { s->head = 0; } }\n";
  const load = (statements: string): string =>
    `static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; ${statements} return 0; }\n`;
  const lost = (statements: string) =>
    messages({ code: use + check + load(statements), rest: post }, "index-unchecked");

  it("finds it as the stream left it", () => {
    expect(lost("dev_use(s);")).toEqual([expect.stringContaining("head is an index into fifo, which has 8 elements")]);
  });

  it.each(["dev_check(s); dev_use(s);", "s->head &= 7; dev_use(s);"])("unless something does: %s", (statements) => {
    expect(lost(statements)).toEqual([]);
  });
});
