/** Sections without a table: whether the destination takes one is what its own load code does with it. */
import { expect, it } from "vitest";
import { machineOf } from "../../core/emulator";
import type { Run } from "../../core/emulator/migration/loadRun";
import { loadSection } from "../../core/emulator/migration/loadSection";
import type { SectionEvent } from "../../core/wire";
import { treeWith } from "../board/tree";

const streams = `
#include "all.h"
uint32_t qemu_get_be32(QEMUFile *f)
{
    uint32_t v = qemu_get_byte(f) << 24;
    v |= qemu_get_byte(f) << 16;
    v |= qemu_get_byte(f) << 8;
    return v | qemu_get_byte(f);
}
`;

/** A clock whose load code is `load`, with what is behind it. */
function clock(load: string) {
  const board = `
#include "all.h"
typedef struct SaveVMHandlers {
    void (*save_setup)(void);
    int (*load_state)(QEMUFile *f, void *opaque, int version_id);
} SaveVMHandlers;
typedef struct Clock { uint32_t high; uint32_t count; uint8_t *hands; uint8_t face[4]; } Clock;
static Clock the_clock;
static ssize_t clock_read(void *buf, size_t size, void *opaque)
{
    QEMUFile *f = opaque;
    return qemu_get_buffer(f, buf, size);
}
static int clock_load(QEMUFile *f, void *opaque, int version_id)
{
    Clock *s = opaque;
    ${load}
    return 0;
}
static const SaveVMHandlers savevm_clock = { .load_state = clock_load };
static void church_init(MachineState *machine)
{
    the_clock.count = 2;
    register_savevm_live("clock", 0, 1, &savevm_clock, &the_clock);
}
static void church_class_init(ObjectClass *klass, void *data) { ((MachineClass *)klass)->init = church_init; }
static const TypeInfo church_info = { .name = "church-machine", .parent = "machine", .class_init = church_class_init };
static void church_types(void) { type_register_static(&church_info); }
type_init(church_types)
`;
  return treeWith(board, { "migration/qemu-file.c": streams });
}

/** Loads the section; why it is not known whether it is taken. */
function loading(load: string, bytes: readonly number[], versionId = 1) {
  const project = clock(load);
  const machine = machineOf(project, "-M church");
  if (!machine.ok) throw new Error(machine.message);
  const entry = machine.value.handlers.find("clock", 0);
  const payload = Uint8Array.from(bytes);
  const section = { sectionKind: "full", idstr: "clock", instanceId: 0, offset: 0, versionId, payload };
  const newRun = () => ({ project, machine: machine.value, inferred: false, open: [], printed: [] }) as unknown as Run;
  const once = (run: Run): readonly string[] => {
    const { length } = run.open;
    expect(loadSection(run, section as unknown as SectionEvent, entry)).toBeUndefined();
    return run.open.slice(length).flatMap((open) => open.reasons);
  };
  return { newRun, once };
}

/** The same each time that it is, in a load of its own. */
function reasons(load: string, bytes: readonly number[], versionId = 1, times = 1): readonly string[] {
  const { newRun, once } = loading(load, bytes, versionId);
  return Array.from({ length: times }).flatMap(() => once(newRun()));
}

const word = "s->high = qemu_get_be32(f);";
const choice = `while (true) {
    switch (qemu_get_byte(f)) {
    case 1: qemu_get_buffer(f, s->face, s->count); break;
    case 2: return 0;
    default: return -22;
    }
}`;

it.each([
  ["one word", word, [0, 0, 0, 9]],
  ["as long as one byte says", `if (qemu_get_byte(f) == 1) { ${word} }`, [0]],
  ["as long as set-up code says", choice, [1, 7, 7, 1, 8, 8, 2]],
])("%s is loaded", (_, load, bytes) => {
  expect(reasons(load, bytes)).toEqual([]);
});

it.each([
  ["bytes that are left", word, [0, 0, 0, 9, 1], "leaves 1 bytes"],
  ["bytes that are missing", word, [0, 0, 9], "reads on behind the section's end"],
  ["a result that is no 0", choice, [3], "returns -22"],
  ["a condition that is not known", "if (is_noon()) { qemu_get_byte(f); }", [1], "is_noon"],
  ["a result that is not known", "qemu_get_byte(f); return is_noon();", [1], "returns is not known"],
  ["code without an end", "while (true) { s->high++; }", [1], "more than"],
])("%s: not known", (_, load, bytes, why) => {
  expect(reasons(load, bytes)).toEqual([expect.stringContaining(why)]);
});

it.each([
  ["no connection", [0, 0, 7, ...Array<number>(128).fill(0)], []],
  ["a connection", [42, ...Array<number>(200).fill(0)], [expect.stringContaining("guestfwd")]],
  ["too few bytes", [0, 0, 7, 0], [expect.stringContaining("behind the section's end")]],
  ["too many", [0, 0, 7, ...Array<number>(129).fill(0)], [expect.stringContaining("leaves 1 bytes")]],
])("what libslirp reads by a callback, %s", (_, bytes, expected) => {
  const load = "return slirp_state_load(s, slirp_state_version(), clock_read, f);";
  expect(reasons(load, bytes)).toEqual(expected);
});

it("another version is not known", () => {
  expect(reasons(word, [0, 0, 0, 9], 2)).toEqual([expect.stringContaining("version 2")]);
});

it("a load finds nothing of one before", () => {
  const once = "if (s->high != 0) { return -22; } s->high = qemu_get_byte(f);";
  expect(reasons(once, [4], 1, 2)).toEqual([]);
});

it("a section that comes again and again in one load is followed until that takes too long", () => {
  const long = "for (int i = 0; i < 100; i++) { for (int j = 0; j < 30000; j++) { s->high++; } } qemu_get_byte(f);";
  const load = loading(long, [4]);
  const run = load.newRun();
  expect(Array.from({ length: 3 }).flatMap(() => load.once(run))).toEqual([]);
  expect(load.once(run)).toEqual([expect.stringContaining("more steps than are followed")]);
  expect(load.once(load.newRun())).toEqual([]);
});
