import { describe, expect, it } from "vitest";
import { groundOf } from "../../core/board";
import { machineOf, machineOrder, simulate, simulateLoad } from "../../core/emulator";
import { programOf } from "../../core/board/run/program";
import { setUpBoard } from "../../core/emulator/keptBoard";
import type { Run } from "../../core/emulator/migration/loadRun";
import { loadSection } from "../../core/emulator/migration/loadSection";
import type { Project } from "../../core/project";
import { inferMachine } from "../../core/emulator/infer";
import { readGiven } from "../../core/emulator/migration/given";
import type { ConfigurationEvent, SectionEvent } from "../../core/wire";
import { expectLinear } from "../steps";
import { treeWith } from "../board/tree";

/** A board of which `more` is the last statement of its set-up. */
function church(more = ""): string {
  return `
#include "all.h"
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static void bell_init(Object *obj)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static void church_init(MachineState *machine)
{
    object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
    object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
    ${more}
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = church_init;
}
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init };
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
}
type_init(church_types)
`;
}

/** A unit test's machine, with another root of all machines. */
const unitTest = `
#include "all.h"
static const TypeInfo wrong_info = { .name = "machine" };
static const TypeInfo hall_info = { .name = "hall-machine", .parent = "machine" };
static void hall_types(void)
{
    type_register_static(&wrong_info);
    type_register_static(&hall_info);
}
type_init(hall_types)
`;

describe("a machine of the tree", () => {
  it("has the sections that its C registers, in order", () => {
    const order = machineOrder(treeWith(church()), "-M church");
    const entries = order.ok ? order.value.entries : [];
    expect(entries.map(({ idstr, instanceId, type, file }) => [idstr, instanceId, type, file])).toEqual([
      ["bell", 0, "bell", "hw/demo/church.c"],
      ["bell", 1, "bell", "hw/demo/church.c"],
    ]);
  });

  it("has nothing of an option that QEMU does not have, whatever its name", () => {
    const order = machineOrder(treeWith(church()), "-M church -constructor x -toString y");
    expect(order.ok ? order.value.notes : order.message).toEqual(
      expect.arrayContaining([
        "-constructor changes nothing here and is ignored",
        "-toString changes nothing here and is ignored",
      ]),
    );
  });

  it("is saved and loaded", () => {
    const report = simulate(treeWith(church()), { machine: "-M church" });
    expect(report.ok && report.value).toMatchObject({
      outcome: "completed",
      sections: [
        { idstr: "bell", instanceId: 0, result: "loaded" },
        { idstr: "bell", instanceId: 1, result: "loaded" },
      ],
    });
  });

  it("is not said to complete where something of it could not be followed", () => {
    const tree = treeWith(church('if (has_ropes()) { object_new("bell"); }'));
    const report = simulate(tree, { machine: "-M church" });
    expect(report.ok && report.value).toMatchObject({
      outcome: "unknown",
      open: [{ idstr: "church", offset: 0, reasons: ["hw/demo/church.c:12 has_ropes(): what has_ropes() gives"] }],
    });
    const order = machineOrder(tree, "-M church");
    expect(order.ok && order.value.notes.join()).toContain("sections may be missing");
  });

  it.each([
    ["", "failed"],
    ['if (has_ropes()) { object_new("bell"); }', "unknown"],
  ])("does not refuse a section that it may have, set up by %j: %s", (more, outcome) => {
    const streams: Uint8Array[] = [];
    const source = treeWith(church('object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));'));
    const sent = simulate(source, { machine: "-M church", observe: (bytes) => streams.push(Uint8Array.from(bytes)) });
    expect(sent.ok).toBe(true);
    const report = simulateLoad(treeWith(church(more)), streams[0] ?? new Uint8Array(0), { machine: "-M church" });
    expect(report.ok && report.value.outcome).toBe(outcome);
  });

  it("is not refused for the length of a medium, which lies with the host", () => {
    const more = "int64_t size = blk_getlength(blk_new(0, 0)); if (size > 8) { exit(1); }";
    const order = machineOrder(treeWith(church(more)), "-M church");
    expect(order.ok && order.value.entries.length).toBe(2);
    expect(order.ok && order.value.notes.join()).not.toContain("sections may be missing");
  });

  it("is refused where its set-up ends QEMU", () => {
    const order = machineOrder(treeWith(church("exit(1);")), "-M church");
    expect(order).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^-M church: its set-up code ends with: /),
    });
  });

  it("is refused in the words that were told, not in those of an error that nobody told", () => {
    const more =
      'void *err = NULL; error_setg_internal(&err, "", 1, "", "of ropes"); fprintf(stderr, "no %s\\n", "bells"); exit(1);';
    const order = machineOrder(treeWith(church(more)), "-M church");
    expect(order.ok ? "built" : order.message).toBe("-M church: its set-up code ends with: no bells");
  });

  it("takes words of -machine that the main program has for an accelerator", () => {
    const main = `
static void qemu_apply_legacy_machine_options(QDict *qdict)
{
    const char *value = qdict_get_try_str(qdict, "ropes");
    if (value) {
        object_register_sugar_prop("kvm-accel", "ropery", value, false);
        qdict_del(qdict, "ropes");
    }
}
void qemu_init(int argc, char **argv) { }
`;
    const order = (line: string) => machineOrder(treeWith(church(), { "system/vl.c": main }), line);
    expect(order("-M church,ropes=3").ok).toBe(true);
    expect(order("-M church,ropery=3")).toMatchObject({ ok: false });
  });

  it.each([
    ["-M chapel", /^unsupported machine type "chapel": x86_64 has church$/],
    ["-M hall", /^unsupported machine type "hall"/],
    ["-M church -device gong", /^-device gong: 'gong' is not a valid device model name$/],
    ["-M church,ropes=3", /Property 'church-machine.ropes' not found/],
  ])("refuses %s", (line, message) => {
    const order = machineOrder(treeWith(church(), { "tests/unit/hall.c": unitTest }), line);
    expect(order.ok ? "built" : order.message).toMatch(message);
  });
});

describe("a device of its command line", () => {
  const loop = `
#include "all.h"
static void tuned_types(void)
{
    static const char *names[] = { "low-bell", "high-bell" };
    unsigned i;
    for (i = 0; i < 2; i++) {
        TypeInfo info = { .name = g_strdup_printf("tuned-%s", names[i]), .parent = "container" };
        type_register_static(&info);
    }
}
type_init(tuned_types)
`;
  const left =
    'static const TypeInfo harp_info = { .name = "harp" };\nstatic void harp_types(void) { type_register_static(&harp_info); }\ntype_init(harp_types)\n';
  const mill =
    'static const TypeInfo mill_info = { .name = "mill-machine", .parent = "machine" };\n' +
    "static void mill_types(void) { type_register_static(&mill_info); }\ntype_init(mill_types)\n";
  const refusing = `
#include "all.h"
typedef struct Error Error;
Error *error_fatal;
typedef struct QemuOpts { const char *driver; } QemuOpts;
typedef struct QemuOptsList { const char *name; QemuOpts *only; } QemuOptsList;
static QemuOptsList devices = { .name = "device" };
#define error_setg(errp, ...) error_setg_internal(errp, "add.c", 1, "add", __VA_ARGS__)
void qemu_add_opts(QemuOptsList *list) { }
QemuOptsList *qemu_find_opts(const char *group) { return !strcmp(group, devices.name) ? &devices : NULL; }
const char *qemu_opt_get(QemuOpts *opts, const char *name) { return !strcmp(name, "driver") ? opts->driver : NULL; }
QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *text, bool implied)
{
    list->only = g_malloc0(sizeof(QemuOpts));
    list->only->driver = g_strdup(text);
    return list->only;
}
int qemu_opts_foreach(QemuOptsList *list, int (*each)(void *opaque, QemuOpts *opts, Error **errp), void *opaque, Error **errp)
{
    each(opaque, list->only, errp);
    return 0;
}
void *qdev_device_add(QemuOpts *opts, Error **errp)
{
    error_setg(errp, "Parameter 'driver' expects a pluggable device type");
    return NULL;
}
void qemu_init(int argc, char **argv) { qemu_add_opts(&devices); }
`;
  const files = {
    "hw/demo/tuned.c": loop,
    "hw/demo/harp.c": `#include "all.h"\n${left}${mill}`,
    "hw/demo/meson.build":
      "system_ss.add(files('church.c', 'tuned.c'))\nsystem_ss.add(when: 'CONFIG_HARP', if_true: files('harp.c'))\n",
    Kconfig: "config HARP\n    bool\n",
    "configs/devices/x86_64-softmmu/default.mak": "",
    "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\n",
  };
  const tree = treeWith(church(), files);

  it.each([
    ["-M church -device harp", "-device harp: 'harp' is not a valid device model name"],
    ["-M church -device tuned-low-bell", "-device tuned-low-bell: Parameter 'driver' expects a pluggable device type"],
    ["-M mill", 'unsupported machine type "mill": x86_64 has church'],
  ])("is refused as by an emulator of the target: %s", (line, message) => {
    expect(machineOrder(treeWith(church(), { ...files, "system/add.c": refusing }), line)).toEqual({
      ok: false,
      message,
    });
  });

  it.each([
    ["tuned-low-bell", true],
    ["tuned-harp", false],
    ["harp", false],
  ])("%s is one of the emulator: %s", (type, isThere) => {
    const order = machineOrder(tree, `-M church -device ${type}`);
    expect(!order.ok && order.message.endsWith("is not a valid device model name")).toBe(!isThere);
  });
});

it("a display is whichever the machine has", () => {
  expect(machineOrder(treeWith(church()), "-M church -vga harp")).toMatchObject({ ok: true });
});

describe("a board that was built", () => {
  const other = (body: string) => `static int pace(void) { return ${body}; }\nint gait(void) { return pace(); }\n`;
  const tree = () => treeWith(church(), { "hw/demo/walk.c": other("1") });
  const names = (project: Project): readonly string[] => {
    const order = machineOrder(project, "-M church");
    return order.ok ? order.value.entries.map(({ idstr }) => idstr) : [order.message];
  };

  it("is kept while edits do not touch what it was read from", () => {
    const project = tree();
    expect(names(project)).toEqual(["bell", "bell"]);
    const ground = groundOf(project);
    project.update("hw/demo/walk.c", other("2"));
    expect(groundOf(project)).toBe(ground);
    expect(names(project)).toEqual(["bell", "bell"]);
  });

  it.each<[string, string, string]>([
    ["its own set-up", "hw/demo/church.c", church('object_new("bell");')],
    ["a header that it sees", "include/all.h", `${treeWith("").text("include/all.h")}\nstruct Rope { int length; };\n`],
    ["a table of its own", "hw/demo/church.c", church().replace('"bell", .version', '"gong", .version')],
  ])("is built again after an edit of %s", (_, path, text) => {
    const project = tree();
    names(project);
    const ground = groundOf(project);
    project.update(path, text);
    expect(groundOf(project)).not.toBe(ground);
    expect(names(project)).toEqual(names(treeWith(path === "include/all.h" ? church() : text)));
  });

  it("is built again once another source makes types of its own", () => {
    const project = tree();
    names(project);
    const ground = groundOf(project);
    project.update("hw/demo/walk.c", other("1").replace("{ return pace(); }", "{ return type_register(0); }"));
    expect(groundOf(project)).not.toBe(ground);
  });

  it("is built once for its order and for what its devices hold, and anew for another line", () => {
    const project = tree();
    const built = (line: string) => {
      const made = machineOf(project, line);
      if (!made.ok) throw new Error(made.message);
      return made.value;
    };
    const small = built("-M church -m 64");
    const before = programOf(project).runs;
    const board = setUpBoard(project, small);
    expect(board?.name).toBe("church");
    built("-M church -m 64");
    expect(setUpBoard(project, small)).toBe(board);
    expect(programOf(project).runs).toBe(before);
    expect(setUpBoard(project, built("-M church -m 32"))).not.toBe(board);
    expect(programOf(project).runs).toBe(before + 1);
    // the order is kept, one whole board at a time
    expect(setUpBoard(project, built("-M church -m 64"))).not.toBe(board);
    expect(programOf(project).runs).toBe(before + 2);
  });

  it("gives each that asks handlers of its own", () => {
    const project = tree();
    const [a, b] = [0, 1].map(() => {
      const made = machineOf(project, "-M church");
      if (!made.ok) throw new Error(made.message);
      return made.value.handlers.find("bell", 1);
    });
    expect(a).toEqual(b);
    expect(a).not.toBe(b);
  });
});

describe("a distributor's machine type", () => {
  const named = (name: string): string =>
    church().replaceAll('"church-machine"', `"${name}-machine"`).replace("mc->init", `mc->name = "${name}"; mc->init`);

  it.each([
    ["-M church-noble", undefined, "church-9.1"],
    ["-M church-noble", "church-9.1", "church-9.1"],
  ])("%s treated as %s has the board of %s", (line, treatAs, other) => {
    const order = machineOrder(treeWith(named("church-9.1")), line, { treatAs });
    if (!order.ok) throw new Error(order.message);
    expect(order.value.machine).toBe("church-noble");
    expect(order.value.entries.map(({ idstr }) => idstr)).toEqual(["bell", "bell"]);
    expect(order.value.notes.join("\n")).toContain(`treated as ${other}`);
  });

  it("is refused where it is to be treated as one that the tree does not have", () => {
    const order = machineOrder(treeWith(named("church-9.1")), "-M church-noble", { treatAs: "church-9.0" });
    expect(order).toMatchObject({ ok: false, message: expect.stringContaining("unsupported machine type") });
  });
});

it.each(["-M church", "-M church -m 64"])(
  "memory that the board makes itself is as long as it makes it: %s",
  (line) => {
    const own = 'qemu_ram_set_idstr(qemu_ram_alloc(5000, 0, NULL, NULL), "belfry", NULL);';
    const project = treeWith(church(own));
    const machine = machineOf(project, line);
    if (!machine.ok) throw new Error(machine.message);
    expect(machine.value.mainBlocks).toEqual([{ name: "belfry", length: 8192n }]);
  },
);

it("such memory is not what -m is taken from, and of another size it is not known", () => {
  const project = treeWith(church('qemu_ram_set_idstr(qemu_ram_alloc(4096, 0, NULL, NULL), "belfry", NULL);'));
  const ram = { blocks: [{ name: "belfry", length: 8192n }] };
  const section = { sectionKind: "start", idstr: "bell", instanceId: 0, offset: 0, ram } as unknown as SectionEvent;
  const configuration = { machine: "church" } as ConfigurationEvent;
  const inferred = inferMachine(project, { ...readGiven(new Uint8Array(0)), configuration, sections: [section] });
  expect(inferred).toMatchObject({ ok: true, value: { commandLine: "-M church" } });
  const machine = machineOf(project, "-M church");
  if (!machine.ok) throw new Error(machine.message);
  const failedOn = (isInferred: boolean): string | undefined => {
    const run = { project, machine: machine.value, inferred: isInferred, open: [], printed: [] };
    return loadSection(run as unknown as Run, section, [...machine.value.handlers][0])?.message;
  };
  expect(failedOn(false)).toBe("Size mismatch: belfry: 0x2000 != 0x1000: Invalid argument");
  expect(failedOn(true)).toBeUndefined();
});

it("a section whose end only a guess says is not refused for what is left of it, nor what seems to follow", () => {
  const project = treeWith(church());
  const machine = machineOf(project, "-M church");
  if (!machine.ok) throw new Error(machine.message);
  const outcome = (guessedEnd: boolean) => {
    const given = readGiven(new Uint8Array(0));
    const run = { project, machine: machine.value, given, inferred: false, open: [], printed: [] } as unknown as Run;
    const section = { sectionKind: "full", versionId: 1, instanceId: 0, offset: 0, payloadOffset: 0, guessedEnd };
    const failed = ["bell", "gong"].map((idstr) => {
      const event = { ...section, idstr, payload: new Uint8Array(3) } as unknown as SectionEvent;
      return loadSection(run, event, machine.value.handlers.find(idstr, 0)) !== undefined;
    });
    return { failed, open: run.open.map(({ idstr }) => idstr) };
  };
  expect(outcome(false)).toEqual({ failed: [true, true], open: [] });
  expect(outcome(true)).toEqual({ failed: [false, false], open: ["bell"] });
});

it("blocks of RAM that a stream lists are looked up once each", () => {
  const project = treeWith(church());
  const machine = machineOf(project, "-M church");
  if (!machine.ok) throw new Error(machine.message);
  const [entry] = machine.value.handlers;
  const [main] = machine.value.mainBlocks;
  if (entry === undefined || main === undefined) throw new Error("nothing to load");
  expectLinear((n) => {
    const more = Array.from({ length: n }, (_, k) => ({ name: `more${k}`, length: 4096n }));
    const blocks = [{ name: main.name, length: main.length ?? 0n }, ...more];
    const section = { sectionKind: "start", idstr: entry.idstr, instanceId: 0, offset: 0, ram: { blocks } };
    const run = { project, machine: machine.value, inferred: false, open: [], printed: [] };
    const failed = loadSection(run as unknown as Run, section as unknown as SectionEvent, entry);
    expect(failed).toBeUndefined();
    expect(run.open).toHaveLength(n);
  }, 200);
});

describe("a function that is nowhere", () => {
  const order = (code: string) => machineOrder(treeWith(church(code)), "-M church");

  it.each([
    "int many = 0; count_ropes(&many); if (many < 1) { exit(1); }",
    'char kind[8]; name_ropes(kind); if (strcmp(kind, "hemp")) { exit(1); }',
  ])("may have filled what it has the address of: %s", (code) => {
    expect(order(code).ok).toBe(true);
  });

  it("changes nothing that it has only the value of", () => {
    expect(order("int many = 0; count_ropes(many); if (many < 1) { exit(1); }").ok).toBe(false);
  });
});
