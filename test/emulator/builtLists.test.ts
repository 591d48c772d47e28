/** Lists that set-up code builds and that a hook compares with those of a stream: taken or refused as the hook does, run on the board. */
import { describe, expect, it } from "vitest";
import { type ListBounds, listVerdicts, machineOf } from "../../core/emulator";
import { notIn } from "../../core/emulator/builtLists";
import type { Run } from "../../core/emulator/migration/loadRun";
import { loadSection } from "../../core/emulator/migration/loadSection";
import type { SectionEvent } from "../../core/wire";
import { treeWith } from "../board/tree";
import { expectLinear } from "../steps";

interface Parts {
  /** Tones that the bell has, in the order in which code adds them. */
  readonly tones?: string;
  /** Statements of post_load behind the comparison. */
  readonly behind?: string;
  /** In place of the count's. */
  readonly info?: string;
  /** Statements behind the set-up. */
  readonly init?: string;
  /** So many CPUs, with one of which bells have another tone. */
  readonly cpus?: number;
  readonly ninth?: string;
}

function tower({
  tones = "3, 1, 2",
  behind = "",
  info = "vmstate_info_int32",
  init = "",
  cpus = 0,
  ninth = "",
}: Parts) {
  const names = Array.from({ length: cpus }, (_, k) => `c${k}-alto`);
  return treeWith(`
#include "all.h"
enum VMStateFlags { VMS_SINGLE = 1, VMS_POINTER = 2, VMS_VARRAY_INT32 = 0x80, VMS_END = 0x10000 };
typedef struct Bell {
    Object parent_obj;
    uint64_t *names; uint64_t *loudness; int32_t count;
    uint64_t *sent_names; uint64_t *sent_loudness; int32_t sent_count;
} Bell;
static const uint64_t tones[] = { ${tones} };
static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}
static int bell_pre_save(void *opaque)
{
    Bell *s = opaque;
    for (int i = 0; i < s->count; i++) {
        s->loudness[i] = s->names[i] * 10;
    }
    s->sent_count = s->count;
    s->sent_names = s->names;
    s->sent_loudness = s->loudness;
    return 0;
}
static int bell_post_load(void *opaque, int version_id)
{
    Bell *s = opaque;
    int i, v;
    for (i = 0, v = 0; i < s->count && v < s->sent_count; i++) {
        if (s->sent_names[v] > s->names[i]) {
            continue;
        }
        if (s->sent_names[v] < s->names[i]) {
            return -1;
        }
        s->loudness[i] = s->sent_loudness[v];
        v++;
    }
    if (v < s->sent_count) {
        return -1;
    }
    ${behind}
    return 0;
}
#define COUNTED(member) { .name = #member, .offset = offsetof(Bell, member), .num_offset = offsetof(Bell, sent_count), \\
    .size = sizeof(uint64_t), .info = &vmstate_info_uint64, .flags = VMS_VARRAY_INT32 | VMS_POINTER }
static const VMStateDescription vmstate_bell = {
    .name = "bell", .version_id = 1, .minimum_version_id = 1, .pre_save = bell_pre_save, .post_load = bell_post_load,
    .fields = (const VMStateField[]) {
        { .name = "sent_count", .offset = offsetof(Bell, sent_count), .size = sizeof(int32_t), .info = &${info}, .flags = VMS_SINGLE },
        COUNTED(sent_names), COUNTED(sent_loudness), { .flags = VMS_END } },
};
static const char *ninth;
static void bell_init(Object *obj)
{
    Bell *s = (Bell *)obj;
    s->count = sizeof(tones) / sizeof(tones[0]);
    s->names = g_new(uint64_t, s->count);
    s->loudness = g_new(uint64_t, s->count);
    for (int i = 0; i < s->count; i++) {
        s->names[i] = tones[i];
    }
    if (ninth && !strcmp(ninth, "${ninth}-alto")) {
        s->names[s->count++] = 9;
    }
    qsort(s->names, s->count, sizeof(uint64_t), by_number);
    ${init}
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static const char *cpus[] = { ${[...names.map((name) => `"${name}"`), "NULL"].join(", ")} };
const char *parse_cpu_option(const char *option) { return g_strdup_printf("%s-alto", option); }
static void church_init(MachineState *machine)
{
    ninth = machine->cpu_type;
    object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
}
static void church_class_init(ObjectClass *klass, void *data)
{
    ((MachineClass *)klass)->init = church_init;
    ((MachineClass *)klass)->valid_cpu_types = cpus;
}
static const TypeInfo cpu_infos[] = {
    { .name = "cpu", .abstract = true }, { .name = "alto", .parent = "cpu", .abstract = true },
    ${names.map((name) => `{ .name = "${name}", .parent = "alto" },`).join(" ")}
};
static const TypeInfo bell_info = { .name = "bell", .instance_size = sizeof(Bell), .instance_init = bell_init };
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
    for (int i = 0; i < sizeof(cpu_infos) / sizeof(cpu_infos[0]); i++) {
        type_register_static(&cpu_infos[i]);
    }
}
type_init(church_types)
`);
}

/** What a bell with those parts makes of a section with those names, and the same number of values. */
function loading(parts: Parts, names: readonly number[], inferred = false) {
  const project = tower(parts);
  const machine = machineOf(project, "-M church");
  if (!machine.ok) throw new Error(machine.message);
  const entry = machine.value.handlers.find("bell", 0);
  const payload = new Uint8Array(4 + 16 * names.length);
  const view = new DataView(payload.buffer);
  view.setInt32(0, names.length);
  names.forEach((name, k) => {
    view.setBigUint64(4 + 8 * k, BigInt(name));
    view.setBigUint64(4 + 8 * (names.length + k), 7n);
  });
  const section = {
    sectionKind: "full",
    idstr: "bell",
    instanceId: 0,
    sectionId: 1,
    offset: 0,
    versionId: 1,
    payload,
    payloadOffset: 0,
  };
  const given = { bytes: payload, sections: [], layout: () => undefined };
  const world = { iommus: [], consumers: [] };
  const run = {
    project,
    machine: machine.value,
    inferred,
    given,
    world,
    open: [],
    printed: [],
    states: new Map(),
    events: [],
    late: [],
    enabled: new Set(),
  } as unknown as Run;
  const failure = loadSection(run, section as unknown as SectionEvent, entry);
  return { failure: failure?.message, printed: run.printed, open: run.open.flatMap(({ reasons }) => reasons) };
}

describe("a section with such lists", () => {
  it("is loaded where the destination has all of them", () => {
    expect(loading({}, [1, 2, 3])).toEqual({ failure: undefined, printed: [], open: [] });
    expect(loading({}, [1, 3])).toMatchObject({ failure: undefined, open: [] });
  });

  it("is refused where it does not, with what it lacks and in QEMU's words", () => {
    const { failure, printed } = loading({}, [1, 3, 5]);
    expect(failure).toBe("bell: bell_post_load() refuses sent_names: 0x5 is not in the destination's own");
    expect(printed.at(-1)).toBe("load of migration failed: Operation not permitted");
  });

  it("is not refused where the hook refuses the destination's own too", () => {
    expect(loading({ behind: "if (s->count == 3) { return -1; }" }, [1, 2, 3])).toMatchObject({ failure: undefined });
  });

  it("is not known where it lacks some and the hook asks for what nobody has written", () => {
    const behind = "for (i = 0; i < s->count; i++) { if (s->loudness[i] > 50) { return -1; } }";
    expect(loading({ behind }, [1, 2]).open).toEqual([expect.stringContaining("memory that nobody has written")]);
  });

  it("is not refused where no command line says which machine it is", () => {
    expect(loading({}, [1, 3, 5], true)).toMatchObject({ failure: undefined });
  });
});

const verdicts = (old: Parts, next: Parts) => {
  const ways = listVerdicts({ project: tower(old), label: "old" }, { project: tower(next), label: "new" }, "church");
  return ways.map((way) => way.map(({ refused }) => refused));
};

describe("between two trees", () => {
  it("what only one side builds is refused on the way to the other", () => {
    const lacks =
      "With -M church, new sends 4 elements of bell/sent_names, and bell_post_load() of old refuses them: 0x9 is not in the destination's own.";
    expect(verdicts({}, { tones: "9, 3, 1, 2" })).toEqual([[undefined], [lacks]]);
  });

  it("the same lists in another order are taken both ways", () => {
    expect(verdicts({}, { tones: "1, 2, 3" })).toEqual([[undefined], [undefined]]);
  });

  it("no more elements than the destination's own are taken where loading says so", () => {
    const bounded = { info: "vmstate_info_int32_le", init: "s->sent_count = s->count;" };
    const lacks =
      "With -M church, new sends 4 elements of bell/sent_names, and old takes 3 at most: 0x9 is not in the destination's own.";
    expect(verdicts(bounded, { tones: "9, 3, 1, 2" })).toEqual([[undefined], [lacks]]);
  });

  it("nothing is said where the hook hangs on what is not known", () => {
    expect(verdicts({}, { behind: "if (is_noon()) { return -1; }" })).toEqual([[], [undefined]]);
  });

  it("what is not known behind the last refusal does not matter", () => {
    expect(verdicts({}, { behind: "if (is_noon()) { ring(s); }" })).toEqual([[undefined], [undefined]]);
  });

  it("memory that nobody has written is not taken for zero", () => {
    const behind = "for (i = 0; i < s->count; i++) { if (s->loudness[i] > 50) { return -1; } }";
    expect(verdicts({ tones: "1, 2" }, { tones: "1, 2, 4", behind })).toEqual([[], [expect.stringContaining("0x4")]]);
  });

  it("is asked with all CPUs of the machine type, up to bounds of boards and of steps", () => {
    const old = { project: tower({ cpus: 12 }), label: "old" };
    const next = { project: tower({ cpus: 12, ninth: "c5" }), label: "new" };
    const asked: string[] = [];
    const report = (cpu: number, of: number): void => void asked.push(`${cpu} of ${of}`);
    const within = (bounds: ListBounds) =>
      listVerdicts(old, next, "church", report, bounds).map((way) => way.map(({ refused }) => refused));
    const steps = 1_000_000;
    expect(within({ cpus: 12, steps })).toEqual([
      [undefined],
      [expect.stringContaining("With -M church -cpu c5, new")],
    ]);
    expect(asked.at(-1)).toBe("13 of 13");
    expect(within({ cpus: 6, steps })).toEqual([[], [expect.stringContaining("-cpu c5")]]);
    expect(within({ cpus: 5, steps })).toEqual([[], []]);
    expect(within({ cpus: 12, steps: 100 })).toEqual([[], []]);
    expect(asked.at(-1)).toBe("1 of 1");
  });
});

describe("long lists", () => {
  it("are held against each other element by element", () => {
    expectLinear((n) => {
      const from = (first: number) => new Map([["names", Array.from({ length: n }, (_, k) => BigInt(first + k))]]);
      notIn(from(n), from(0), { lists: ["names"] });
    }, 200);
  });

  it("are not compared where they are longer than a load ever has them", () => {
    const most = 1 << 16;
    expect(
      loading(
        {},
        Array.from({ length: most / 2 + 1 }, () => 1),
      ).failure,
    ).toBeUndefined();
    expect(
      loading(
        {},
        Array.from({ length: most / 2 }, () => 7),
      ).failure,
    ).toContain("0x7");
  });
});
