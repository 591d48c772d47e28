/** Devices for the example tree, each of which compiles, with something that a quick fix mends. */

const head = `#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "migration/vmstate.h"

typedef struct Port {
    uint32_t level;
} Port;

typedef struct Dev {
    PCIDevice parent_obj;
    uint32_t a;
    uint32_t b;
    int32_t n;
    bool on;
    uint8_t bytes[16];
    Port ports[4];
} Dev;

static bool dev_needed(void *opaque)
{
    Dev *s = opaque;

    return s->on;
}
`;

const port = `
static const VMStateDescription vmstate_port = {
    .name = "mended/port",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(level, Port),
        VMSTATE_END_OF_LIST()
    }
};
`;

const tail = `
static void dev_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_dev;
}

static const TypeInfo dev_info = {
    .name = "mended",
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(Dev),
    .class_init = dev_class_init,
};

static void dev_register_types(void)
{
    type_register_static(&dev_info);
}

type_init(dev_register_types)
`;

const parent = "        VMSTATE_PCI_DEVICE(parent_obj, Dev),\n";
const end = "        VMSTATE_END_OF_LIST()\n";
const versions = "    .version_id = 1,\n    .minimum_version_id = 1,\n";

interface Parts {
  readonly fields?: string;
  readonly versions?: string;
  /** Members behind the fields. */
  readonly rest?: string;
  /** Definitions before the table. */
  readonly before?: string;
}

/** A C file with one registered table. */
function device(parts: Parts = {}, { name = '"mended"' } = {}): string {
  const fields = parts.fields ?? `${parent}        VMSTATE_UINT32(a, Dev),\n${end}`;
  return `${head}${parts.before ?? ""}
static const VMStateDescription vmstate_dev = {
    .name = ${name},
${parts.versions ?? versions}    .fields = (const VMStateField[]) {
${fields}    },
${parts.rest ?? ""}};
${tail}`;
}

function subsection(name: string, members: string): string {
  return `
static const VMStateDescription vmstate_sub = {
    .name = "${name}",
${versions}${members}    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(b, Dev),
        VMSTATE_END_OF_LIST()
    }
};
`;
}

const listed =
  "    .subsections = (const VMStateDescription *const[]) {\n        &vmstate_sub,\n        NULL\n    },\n";
const needed = "    .needed = dev_needed,\n";

const tester = `
#define DEV_UINT32_TEST(member, state, test, since) { \\
    .name = #member,                                   \\
    .version_id = (since),                             \\
    .field_exists = (test),                            \\
    .size = sizeof(uint32_t),                          \\
    .info = &vmstate_info_uint32,                      \\
    .flags = VMS_SINGLE,                               \\
    .offset = offsetof(state, member),                 \\
}

static bool dev_has_a(void *opaque, int version_id)
{
    Dev *s = opaque;

    return s->on;
}
`;

/** Codes of the findings to the file that has one. */
export const fixable: readonly (readonly [string, string])[] = [
  ["missing-end-of-list", device({ fields: `${parent}        VMSTATE_UINT32(a, Dev)\n` })],
  [
    "missing-end-of-list",
    device({
      before: subsection("mended/sub", needed),
      rest: "    .subsections = (const VMStateDescription *const[]) {\n        &vmstate_sub,\n    },\n",
    }),
  ],
  ["minimum-above-version", device({ versions: "    .version_id = 1,\n    .minimum_version_id = 2,\n" })],
  ["field-never-sent", device({ fields: `${parent}        VMSTATE_UINT32_V(a, Dev, 2),\n${end}` })],
  [
    "field-never-sent",
    device({
      before: port,
      fields: `${parent}        VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 3, vmstate_port, Port),\n${end}`,
    }),
  ],
  ["version-missing", device({ versions: "    .version_id = 3,\n" })],
  [
    "duplicate-subsection",
    device({
      before: subsection("mended/sub", needed),
      rest: listed.replace("&vmstate_sub,", "&vmstate_sub,\n        &vmstate_sub,"),
    }),
  ],
  [
    "version-ignored",
    device({ before: tester, fields: `${parent}        DEV_UINT32_TEST(a, Dev, dev_has_a, 2),\n${end}` }),
  ],
  [
    "index-unchecked",
    device({
      before: "\nvoid dev_put(Dev *s);\nvoid dev_put(Dev *s)\n{\n    s->bytes[s->a++] = 0;\n}\n",
    }),
  ],
  [
    "state-not-saved",
    device({
      before: [
        "\nuint64_t dev_read(void *opaque, hwaddr addr);",
        "void dev_write(void *opaque, hwaddr addr, uint64_t value);",
        "uint64_t dev_read(void *opaque, hwaddr addr)\n{\n    Dev *s = opaque;\n\n    return s->b;\n}\n",
        "void dev_write(void *opaque, hwaddr addr, uint64_t value)\n{\n    Dev *s = opaque;\n\n    s->b = value;\n}\n",
      ].join("\n"),
    }),
  ],
  ["name-from-type", device({}, { name: "TYPE_PCI_DEVICE" })],
  ["set-twice", device({ versions: "    .version_id = 1,\n    .version_id = 2,\n    .minimum_version_id = 1,\n" })],
  ["type-mismatch", device({ fields: `${parent}        VMSTATE_UINT16(a, Dev),\n${end}` })],
  ["subsection-prefix", device({ before: subsection("sub", needed), rest: listed })],
  [
    "member-never-read",
    device({
      before: port.replace("    .fields", "    .needed = dev_needed,\n    .fields"),
      fields: `${parent}        VMSTATE_STRUCT(ports[0], Dev, 0, vmstate_port, Port),\n${end}`,
    }),
  ],
  [
    "priority-ignored",
    device({
      before: port.replace("    .fields", "    .priority = MIG_PRI_IOMMU,\n    .fields"),
      fields: `${parent}        VMSTATE_STRUCT(ports[0], Dev, 0, vmstate_port, Port),\n${end}`,
    }),
  ],
];

const properties = (more: string) => `
typedef struct PropertyInfo {
    const char *name;
} PropertyInfo;

typedef struct Property {
    const char *name;
    const PropertyInfo *info;
    ptrdiff_t offset;
    bool set_default;
    union {
        uint64_t u;
    } defval;
} Property;

extern const PropertyInfo qdev_prop_bool;

#define DEFINE_PROP_BOOL(property, state, member, value) { \\
    .name = (property),                                     \\
    .info = &qdev_prop_bool,                                \\
    .offset = offsetof(state, member),                      \\
    .set_default = true,                                    \\
    .defval.u = (value),                                    \\
}

void device_class_set_props(DeviceClass *dc, const Property *properties);

static const Property dev_properties[] = {
${more}    { 0 }
};

static bool dev_sends(void *opaque, int version_id)
{
    Dev *s = opaque;

    return s->on;
}
`;

/** The table of a device with properties. */
function withProperties(more: string, fields: string): string {
  const text = device({
    before: properties(more),
    fields: `${parent}        VMSTATE_UINT32(a, Dev),\n${fields}${end}`,
  });
  return text.replace("dc->vmsd = &vmstate_dev;", "$&\n    device_class_set_props(dc, dev_properties);");
}

const tested = `        {
            .name = "b",
            .field_exists = dev_sends,
            .size = sizeof(uint32_t),
            .info = &vmstate_info_uint32,
            .flags = VMS_SINGLE,
            .offset = offsetof(Dev, b),
        },
`;

const newProperty = '    DEFINE_PROP_BOOL("x-b", Dev, on, true),\n';

/** Properties that old machine types have set otherwise; what the example has no machine for. */
export const machines = `#include "qemu/osdep.h"

typedef struct GlobalProperty {
    const char *driver;
    const char *property;
    const char *value;
} GlobalProperty;

GlobalProperty hw_compat_10_2[] = {
    { "demo-nic", "x-other", "off" },
};
`;

const grown = `${parent}        VMSTATE_UINT32(a, Dev),\n`;

/** A table as a release has it, and as an edit leaves it. */
export const edited: readonly (readonly [string, string, string])[] = [
  ["a field comes", device(), device({ fields: `${grown}        VMSTATE_UINT32(b, Dev),\n${end}` })],
  [
    "a flag comes before a field",
    device(),
    device({ fields: `${parent}        VMSTATE_BOOL(on, Dev),\n        VMSTATE_UINT32(a, Dev),\n${end}` }),
  ],
  ["an array comes", device(), device({ fields: `${grown}        VMSTATE_UINT8_ARRAY(bytes, Dev, 16),\n${end}` })],
  [
    "structs come",
    device({ before: port }),
    device({
      before: port,
      fields: `${grown}        VMSTATE_STRUCT_ARRAY(ports, Dev, 4, 0, vmstate_port, Port),\n${end}`,
    }),
  ],
  [
    "a field comes beside a subsection",
    device({ before: subsection("mended/sub", needed), rest: listed }),
    device({
      before: subsection("mended/sub", needed),
      rest: listed,
      fields: `${grown}        VMSTATE_BOOL(on, Dev),\n${end}`,
    }),
  ],
  [
    "two fields come",
    device(),
    device({ fields: `${grown}        VMSTATE_BOOL(on, Dev),\n        VMSTATE_UINT32(b, Dev),\n${end}` }),
  ],
  ["a field comes with a property", withProperties("", ""), withProperties(newProperty, tested)],
  ["the last field goes", device({ fields: `${grown}        VMSTATE_UINT32(b, Dev),\n${end}` }), device()],
  [
    "a field in the middle goes",
    device({
      fields: `${parent}        VMSTATE_UINT8_ARRAY(bytes, Dev, 16),\n        VMSTATE_UINT32(a, Dev),\n${end}`,
    }),
    device(),
  ],
];
