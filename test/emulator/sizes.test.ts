/** Buffers whose size is made at run time, in streams that another version of the table has written. */
import { describe, expect, it } from "vitest";
import { createdSize } from "../../core/code/createdSizes";
import { simulate, simulateLoad, type SimulationReport } from "../../core/emulator";
import type { Project } from "../../core/project";
import { exampleFiles, exampleTree, pciType } from "./tree";

const ring = `
#define VMSTATE_VBUFFER_UINT32(member, state, since, test, length) { \\
    .name = #member, .version_id = (since), .field_exists = (test), \\
    .size_offset = offsetof(state, length), .info = &vmstate_info_buffer, \\
    .flags = VMS_VBUFFER | VMS_POINTER, .offset = offsetof(state, member), \\
}
#define VMSTATE_UINT32_TEST(member, state, test) { \\
    .name = #member, .field_exists = (test), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, \\
    .flags = VMS_SINGLE, .offset = offsetof(state, member), \\
}
typedef struct { uint8_t *data; uint32_t size; uint32_t used; } Ring;
static const VMStateDescription vmstate_ring = {
    .name = "ring", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VBUFFER_UINT32(data, Ring, 1, NULL, size),
        VMSTATE_UINT32(used, Ring),
        VMSTATE_END_OF_LIST()
    },
};
static void ring_init(Ring *ring, uint32_t size) { ring->size = size; }
static void ring_init_words(Ring *ring, unsigned words) { ring_init(ring, words * 4); }
`;

/** A device with a ring, made by `make`, and fields behind it. */
function device(make: string, { fields = "", members = "", more = "" } = {}): string {
  return pciType("demo-ring")
    .replace("typedef struct {", `${ring}\ntypedef struct {`)
    .replace("uint32_t reg; }", `uint32_t reg; Ring rx; uint32_t later; bool has_later; ${members} }`)
    .replace(
      "VMSTATE_END_OF_LIST() },",
      `VMSTATE_STRUCT(rx, demo_ring_State, 1, vmstate_ring, Ring), ${fields} VMSTATE_END_OF_LIST() },`,
    )
    .replace(
      "static void demo_ring_class_init",
      `${more}\nstatic void demo_ring_realize(DeviceState *dev, Error **errp)
{
    demo_ring_State *s = (demo_ring_State *)dev;
    ${make}
}
static void demo_ring_class_init`,
    )
    .replace("dc->vmsd =", "dc->realize = demo_ring_realize;\n    dc->vmsd =");
}

const header = "include/migration/vmstate.h";

function withRing(text: string, others: Readonly<Record<string, string>> = {}): Project {
  const flags = (exampleFiles()[header] ?? "").replace("VMS_END =", "VMS_VBUFFER = 0x100,\n    VMS_END =");
  return exampleTree({ [header]: flags, "hw/demo/ring.c": text, ...others });
}

function treeOf(...parts: Parameters<typeof device>): Project {
  return withRing(device(...parts));
}

const machine = "-M q35 -m 1 -device demo-ring,addr=5";

/** The source's ring is a part of its struct: that is where its sixteen bytes come from. */
const source = withRing(
  device("s->reg = 0;")
    .replace("uint8_t *data;", "uint8_t data[16];")
    .replace("VMSTATE_VBUFFER_UINT32(data, Ring, 1, NULL, size)", "VMSTATE_BUFFER(data, Ring)"),
);

function loadedIn(tree: Project, { trailer = true } = {}): SimulationReport {
  let stream = new Uint8Array(0);
  const saved = simulate(source, {
    machine,
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  if (!saved.ok) throw new Error(saved.message);
  const report = simulateLoad(tree, trailer ? stream : withoutTrailer(stream), { machine });
  if (!report.ok) throw new Error(report.message);
  return report.value;
}

function withoutTrailer(stream: Uint8Array): Uint8Array {
  const zero = stream.lastIndexOf(0);
  const start = stream.indexOf(0x7b, zero) - 5;
  return stream.subarray(0, start);
}

const added = { fields: "VMSTATE_UINT32(later, demo_ring_State)," };

describe("a size made at run time", () => {
  it.each([
    ["by a maker", "ring_init(&s->rx, 16);", 16n],
    ["by a maker of words", "ring_init_words(&s->rx, 4 + 4);", 32n],
    ["by hand", "s->rx.size = 24;", 24n],
    ["twice the same", "ring_init(&s->rx, 16); ring_init(&s->rx, 8 * 2);", 16n],
    ["twice not the same", "ring_init(&s->rx, 16); ring_init(&s->rx, 32);", undefined],
    ["by the guest", "ring_init(&s->rx, s->reg);", undefined],
    ["nowhere", "s->reg = 0;", undefined],
  ])("%s", (_, make, size) => {
    expect(createdSize(treeOf(make), "demo_ring_State", "rx.size", "hw/demo/ring.c")).toBe(size);
  });
});

it("a member that code sets to 0 is not known where code of a folder below sets it to more", () => {
  const deeper = "typedef struct { int reg; } demo_ring_State; void deepen(demo_ring_State *s) { s->reg = 4; }";
  const [alone, both] = [{}, { "hw/demo/models/deep.c": deeper }].map((others) =>
    createdSize(withRing(device("s->reg = 0;"), others), "demo_ring_State", "reg", "hw/demo/ring.c"),
  );
  expect({ alone, both }).toEqual({ alone: 0n, both: undefined });
});

describe("a stream of another version", () => {
  it("completes where the table is the same", () => {
    expect(loadedIn(treeOf("ring_init(&s->rx, 16);"))).toMatchObject({ outcome: "completed", open: [] });
  });

  it.each([true, false])("does not put an added field into the buffer (its own description: %s)", (trailer) => {
    const { outcome, failure, messages } = loadedIn(treeOf("ring_init(&s->rx, 16);", added), { trailer });
    expect(outcome).toBe("failed");
    expect(failure?.idstr).toBe("0000:00:05.0/demo-ring");
    expect(messages).toEqual([
      "Missing section footer for 0000:00:05.0/demo-ring",
      "load of migration failed: Invalid argument",
    ]);
  });

  it("of a size that the destination makes otherwise fails", () => {
    expect(loadedIn(treeOf("ring_init(&s->rx, 32);")).outcome).toBe("failed");
  });

  it("takes a size that the source does not say from the stream's description", () => {
    expect(loadedIn(treeOf("ring_init(&s->rx, s->reg);"))).toMatchObject({ outcome: "completed", open: [] });
    expect(loadedIn(treeOf("ring_init(&s->rx, s->reg);", added)).outcome).toBe("failed");
  });

  it("without one is not known, and says what it fits", () => {
    const { outcome, open, sections } = loadedIn(treeOf("ring_init(&s->rx, s->reg);", added), { trailer: false });
    expect(outcome).toBe("unknown");
    expect(open).toEqual([
      {
        idstr: "0000:00:05.0/demo-ring",
        offset: expect.any(Number),
        reasons: ["size of ring/data: the stream fits 12"],
      },
    ]);
    expect(sections.find(({ idstr }) => idstr.endsWith("demo-ring"))?.result).toBe("not known");
  });

  it("is not known where a field may have come that only code decides about", () => {
    const more = `static bool later_there(void *opaque, int version_id)
{
    demo_ring_State *s = opaque;
    return s->has_later;
}`;
    const fields = "VMSTATE_UINT32_TEST(later, demo_ring_State, later_there),";
    const { outcome, open } = loadedIn(treeOf("ring_init(&s->rx, 16);", { fields, more }));
    expect(outcome).toBe("unknown");
    expect(open[0]?.reasons).toEqual(["whether demo-ring/later is there (has_later): the stream fits no"]);
  });

  it("is known where a property of the machine type decides", () => {
    const more = `static bool later_there(void *opaque, int version_id)
{
    demo_ring_State *s = opaque;
    return s->has_later;
}
static const Property demo_ring_properties[] = { DEFINE_PROP_BOOL("later", demo_ring_State, has_later, true) };`;
    const fields = "VMSTATE_UINT32_TEST(later, demo_ring_State, later_there),";
    expect(loadedIn(treeOf("ring_init(&s->rx, 16);", { fields, more })).outcome).toBe("failed");
  });
});

describe("a simulation from tree to tree", () => {
  function migrated(from: string, to: string): SimulationReport {
    const report = simulate(treeOf(from), { machine, destination: treeOf(to) });
    if (!report.ok) throw new Error(report.message);
    return report.value;
  }

  it("sends as many bytes as the source's code gives the buffer", () => {
    const [short, long] = ["ring_init(&s->rx, 16);", "ring_init(&s->rx, 32);"].map((each) => migrated(each, each));
    expect([short?.outcome, long?.outcome]).toEqual(["completed", "completed"]);
    expect((long?.size ?? 0) - (short?.size ?? 0)).toBe(16);
  });

  it("fails where the destination's buffer is longer", () => {
    const { outcome, failure } = migrated("ring_init(&s->rx, 16);", "ring_init(&s->rx, 32);");
    expect([outcome, failure?.idstr]).toEqual(["failed", "0000:00:05.0/demo-ring"]);
  });

  it.each([
    ["of either side", "ring_init(&s->rx, s->reg);", "ring_init(&s->rx, s->reg);"],
    ["of the source", "ring_init(&s->rx, s->reg);", "ring_init(&s->rx, 16);"],
    ["of the destination", "ring_init(&s->rx, 16);", "ring_init(&s->rx, s->reg);"],
  ])("is not known where the size %s is not", (_, from, to) => {
    const { outcome, failure, open, sections } = migrated(from, to);
    expect([outcome, failure]).toEqual(["unknown", null]);
    expect(open).toMatchObject([{ idstr: "0000:00:05.0/demo-ring", reasons: ["size of ring/data: taken as 0"] }]);
    expect(sections.find(({ idstr }) => idstr.endsWith("demo-ring"))?.result).toBe("not known");
  });

  it("within one tree both sides have the same size, whatever it is", () => {
    const report = simulate(treeOf("ring_init(&s->rx, s->reg);"), { machine });
    expect(report).toMatchObject({ ok: true, value: { outcome: "completed", open: [] } });
  });

  it("sends a field where the state that it sends asks for it, and loads it again", () => {
    const more = `static bool later_there(void *opaque, int version_id)
{
    demo_ring_State *s = opaque;
    return s->reg != 0;
}`;
    const tree = treeOf("s->rx.size = 16;", {
      more,
      fields: "VMSTATE_UINT32_TEST(later, demo_ring_State, later_there),",
    });
    for (let seed = 1; seed < 6; seed++) {
      expect(simulate(tree, { machine, seed })).toMatchObject({ ok: true, value: { outcome: "completed", open: [] } });
    }
  });
});
