/** Bytes of RAM out of a stream, and as the command prints them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ByteWriter,
  memorySource,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
  putSectionHeader,
} from "../../../core/wire";
import { inspectStream } from "../../../core/wire/inspect/inspect";
import { readRam } from "../../../core/wire/inspect/memory";
import { vmstate } from "../../cli/run";

const page = (octet: number) => new Uint8Array(4096).fill(octet);

/** Three pages, the second sent twice, the third zero; two of another block. */
function stream(machine = "pc-q35-9.2"): Uint8Array {
  const writer = new ByteWriter();
  const ram = { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 };
  putHeader(writer);
  putConfiguration(writer, machine, []);
  putSectionHeader(writer, "start", ram);
  putRamBlocks(writer, [
    { name: "pc.ram", length: 0x4000n },
    { name: "vga.vram", length: 0x2000n },
  ]);
  putFooter(writer, 2);
  putPartHeader(writer, "part", 2);
  putRamPage(writer, "pc.ram", 0n, page(0x11));
  putRamPage(writer, undefined, 0x1000n, page(0x22));
  putRamPage(writer, undefined, 0x2000n, page(0x33));
  putRamPage(writer, "vga.vram", 0n, page(0x77));
  putRamEnd(writer);
  putFooter(writer, 2);
  putPartHeader(writer, "end", 2);
  putRamPage(writer, "pc.ram", 0x1000n, page(0x44));
  putRamPage(writer, undefined, 0x2000n, undefined);
  putRamEnd(writer);
  putFooter(writer, 2);
  putEndOfFile(writer);
  return writer.finish();
}

function read(block: string, offset: number, length: number): readonly number[] | string {
  const source = memorySource(stream());
  const sections = inspectStream(source).sections.map(({ event }) => event);
  const result = readRam(source, sections, { block, offset, length });
  return result.ok ? [...result.bytes] : result.message;
}

test("a page that was sent again is as it was sent last, across pages and in the named block", () => {
  expect(read("pc.ram", 0xffe, 4)).toEqual([0x11, 0x11, 0x44, 0x44]);
  expect(read("pc.ram", 0x1fff, 2)).toEqual([0x44, 0]);
  expect(read("vga.vram", 0x10, 1)).toEqual([0x77]);
});

test("what the stream does not have is said", () => {
  expect(read("pc.ram", 0x3000, 1)).toBe("the stream has no page at pc.ram:0x3000");
  expect(read("pc.ram", 0x3fff, 2)).toBe("pc.ram ends at 0x4000");
  expect(read("nobody", 0, 1)).toBe("no RAM block is named nobody; the stream has pc.ram, vga.vram");
});

/** Of which each machine has the named block of RAM, in two parts. */
const board = `
typedef struct ObjectClass { void *type; } ObjectClass;
typedef struct Object { ObjectClass *class; struct Object *parent; } Object;
typedef struct MemoryRegion {
    Object parent_obj;
    const char *name;
    struct MemoryRegion *container;
    struct MemoryRegion *alias;
    unsigned long size, addr, alias_offset;
} MemoryRegion;
typedef struct TypeInfo {
    const char *name;
    const char *parent;
    bool abstract;
    void (*class_init)(ObjectClass *klass, void *data);
} TypeInfo;
typedef struct MachineState { Object parent_obj; const char *cpu_type; MemoryRegion *ram; unsigned long ram_size; } MachineState;
typedef struct MachineClass { ObjectClass parent_class; const char *name; void (*init)(MachineState *machine); } MachineClass;
static void toaster_init(MachineState *machine)
{
    MemoryRegion *system = (MemoryRegion *)object_new("memory-region");
    MemoryRegion *low = (MemoryRegion *)object_new("memory-region");
    MemoryRegion *all = (MemoryRegion *)object_new("memory-region");
    system->name = "system";
    all->name = "pc.ram";
    low->name = "low";
    low->alias = all;
    low->size = machine->ram_size / 2;
    low->container = system;
    machine->ram = all;
}
void machine_run_board_init(MachineState *machine)
{
    MachineClass *mc = (MachineClass *)object_get_class((Object *)machine);
    mc->init(machine);
}
static void toaster_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = toaster_init;
}
static const TypeInfo machine_info = { .name = "machine", .abstract = true };
static const TypeInfo container_info = { .name = "container" };
static const TypeInfo region_info = { .name = "memory-region" };
static const TypeInfo toaster_info = { .name = "pc-q35-9.2-machine", .parent = "machine", .class_init = toaster_class_init };
static void toaster_types(void)
{
    type_register_static(&machine_info);
    type_register_static(&container_info);
    type_register_static(&region_info);
    type_register_static(&toaster_info);
}
#define type_init(function) static void do_qemu_init_ ## function(void) { register_module_init(function, MODULE_INIT_QOM); }
type_init(toaster_types)
`;

test("the command takes an address where a tree has the machine, or a block", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-memory-"));
  try {
    const [known, other] = [join(folder, "a.mig"), join(folder, "b.mig")];
    writeFileSync(known, stream());
    writeFileSync(other, stream("toaster-1.0"));
    const tree = join(folder, "qemu");
    mkdirSync(join(tree, "hw/core"), { recursive: true });
    writeFileSync(join(tree, "hw/core/toaster.c"), board);
    const at = (file: string, address: string) => vmstate(["inspect", file, "--tree", tree, "--memory", address]);
    const line = "0000000ff8  11 11 11 11 11 11 11 11 44 44 44 44 44 44 44 44  ........DDDDDDDD\n";
    expect(await at(known, "0xff8+16")).toMatchObject({ code: 0, out: line });
    expect((await at(known, "0x100000000+1")).out).toBe(
      "0100000000  00                                               .\n",
    );
    expect((await vmstate(["inspect", known, "--memory", "pc.ram:0xff8+16"])).out).toBe(line);
    for (const refused of [await at(other, "0"), await vmstate(["inspect", known, "--memory", "0"])])
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("give a block and a place in it")]);
    expect((await at(known, "0x100000")).err).toContain("the guest has no RAM there");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
