import { describe, expect, it } from "vitest";
import { candidates, type Explained, explainLog, linesOf } from "../../core/explain";
import { matchFormat, readFormat } from "../../core/explain/format";
import { createDecoder } from "../../core/putcode/definitions";
import { treeOf } from "../tree";

const macros: Readonly<Record<string, string>> = { ADDR_FMT: '"%" PRIx64', WIDE: "uint64_t" };
const format = (c: string) => readFormat(c, 0, c.length, (name) => macros[name]);
const values = (c: string, line: string) => matchFormat(format(c), line)?.values;

describe("a format", () => {
  it.each([
    ['"No footer for %s"', "qemu: No footer for a/b c", ["a/b c"]],
    ['"id 0x%" PRIx32 " of " "%s\\n"', "id 0x1f of x", ["0x1f", "x"]],
    ['"%s: version %d is newer than %d"', "2025 qemu-x: dev: version 9 is newer than -1", ["dev", "9", "-1"]],
    ['"size 0x" ADDR_FMT " != 0x" ADDR_FMT', "size 0x80 != 0x100: Invalid argument", ["0x80", "0x100"]],
    ["\"name '%.*s' at %5.2u%%\"", "name 'abc' at   7%", ["abc", "7"]],
    ["\"state of '%s': \"", "state of 'a': no such b", ["a"]],
    ["\"state of '%s': \"", "state of 'a'", ["a"]],
    ['"load failed: %s: "', "load failed: Invalid argument: no such b", ["Invalid argument"]],
    ['"load failed: %s: "', "load failed: Invalid argument", ["Invalid argument"]],
    ["\"state of '%s': \"", "state of 'a' and b", undefined],
  ])("%s gives back what was printed", (c, line, expected) => {
    expect(values(c, line)?.map((each) => each.trim())).toEqual(expected);
  });

  it("that does not fit gives nothing", () => {
    expect(values('"No footer for %s"', "No header for x")).toBeUndefined();
    expect(values('"count %d too large"', "count x too large")).toBeUndefined();
    expect(values('"%s"', "anything")).toBeUndefined();
  });
});

const savevm = `#include "migration/vmstate.h"
typedef struct SaveStateEntry { char idstr[256]; int section_id; } SaveStateEntry;
int check_footer(SaveStateEntry *se, int mark)
{
    if (mark != 0x7e) {
        error_report("No footer behind section %s", se->idstr);
        error_report("footer of number %d is amiss", mark);
        return -1;
    }
    return 0;
}
SaveStateEntry *find_entry(const char *name, int number)
{
    return 0;
}
int find_one(int number)
{
    char name[256];
    SaveStateEntry *entry;
    read_name(name);
    entry = find_entry(name, number);
    if (!entry) {
        error_report("nobody here loads number 0x%x of section %s", number, name);
        return -1;
    }
    return 0;
}
int load_one(SaveStateEntry *se, const VMStateDescription *vmsd, const VMStateField *field, int version_id)
{
    int ret;
    if (version_id > vmsd->version_id) {
        error_report("%s: stream has version %d, newer than " "version %d here",
                     vmsd->name, version_id, vmsd->version_id);
        return -1;
    }
    ret = vmstate_get(field);
    if (ret == 1) {
        error_report("got nothing for member %s", field->name);
    }
    if (ret < 0) {
        error_report("Could not load %s:%s", vmsd->name, field->name);
    }
    ret = finish(se);
    if (ret < 0) {
        error_report("state of device '%s' was not loaded", se->idstr);
    }
    return ret;
}
`;
const device = `#include "migration/vmstate.h"
typedef struct Dev { uint32_t count; uint32_t level; } Dev;
static int dev_check(Dev *s)
{
    if (s->level > 7) {
        error_report("dev: fill level %u makes no sense", s->level);
        return -1;
    }
    return 0;
}
static int dev_post_load(void *opaque, int version_id)
{
    return dev_check(opaque);
}
static const VMStateDescription vmstate_dev = {
    .name = "dev",
    .version_id = 3,
    .post_load = dev_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(count, Dev),
        VMSTATE_UINT32(level, Dev),
        VMSTATE_END_OF_LIST()
    }
};
`;

const project = treeOf({ "migration/savevm.c": savevm, "hw/misc/dev.c": device });
const decoder = createDecoder(project);
const explain = (log: string) => explainLog(project, log, { tables: (idstr) => decoder.candidates(idstr) });

describe("a log", () => {
  it("leads to the call, the section and its table", () => {
    const [found, ...rest] = explain("x\n2025-01-01 qemu: No footer behind section 0000:00:03.0/dev\n");
    expect(rest).toEqual([]);
    expect(found).toMatchObject({
      logLine: 2,
      text: "No footer behind section 0000:00:03.0/dev",
      place: { file: "migration/savevm.c", line: 6 },
      function: "check_footer",
      conditions: ["mark != 0x7e"],
      names: { section: "0000:00:03.0/dev", table: { symbol: "vmstate_dev", place: { file: "hw/misc/dev.c" } } },
    });
  });

  it("names no table where several have the section's name", () => {
    const twice = treeOf({
      "migration/savevm.c": savevm,
      "hw/misc/dev.c": device,
      "hw/other/dev.c": device.replace("vmstate_dev", "vmstate_other"),
    });
    const both = createDecoder(twice);
    const [found] = explainLog(twice, "qemu: No footer behind section dev\n", {
      tables: (idstr) => both.candidates(idstr),
    });
    expect(found?.names.table).toBeUndefined();
    expect(found?.names.oneOf?.toSorted()).toEqual(["vmstate_dev", "vmstate_other"]);
    const said = candidates(found as Explained, undefined).join("\n");
    expect(said).toMatch(/the name is that of vmstate_\w+, vmstate_\w+: the machine says which it is/u);
    expect(said).not.toContain("no table here");
  });

  it("says what was compared, with the values that were printed", () => {
    const [found] = explain("qemu: dev: stream has version 9, newer than version 3 here");
    expect(found).toMatchObject({ checked: "9 > 3", names: { table: { name: "dev" } } });
  });

  it("of several lines ties a field to the section that is named behind it", () => {
    const [field, section] = explain(
      "qemu: Could not load dev:level\nqemu: state of device 'pci/dev' was not loaded\n",
    );
    expect(field?.names).toMatchObject({
      field: { name: "level", place: { line: 21 } },
      section: "pci/dev",
      sectionLine: 2,
    });
    expect(section?.names.section).toBe("pci/dev");
    // of another failure, long after
    const far = `qemu: Could not load dev:level\n${"qemu: later\n".repeat(9)}qemu: state of device 'pci/dev' was not loaded\n`;
    expect(explain(far)[0]?.names.section).toBeUndefined();
    // a section that was refused for itself is not around what was printed before
    const [alone] = explain("qemu: Could not load dev:level\nqemu: No footer behind section b/x\n");
    expect(alone?.names.section).toBeUndefined();
  });

  it("of one line of several messages gives each what it says", () => {
    const line =
      "qemu: state of device 'pci/dev' was not loaded: got nothing for member level: No footer behind section pci/dev: footer of number 7 is amiss";
    const found = explain(line).map(({ names: { section, table, field } }) => [section, table?.name, field?.name]);
    expect(found).toEqual([
      ["pci/dev", "dev", undefined],
      ["pci/dev", "dev", "level"],
      ["pci/dev", "dev", undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it("of a device leads to the callback of its table", () => {
    const [found] = explain("dev: fill level 9 makes no sense");
    expect(found).toMatchObject({
      checked: "9 > 7",
      names: { callback: "post_load", table: { symbol: "vmstate_dev" } },
    });
  });

  it("names a section by what it was looked up with", () => {
    const [found] = explain("qemu: nobody here loads number 0x3 of section a/dev");
    expect(found?.names).toMatchObject({ section: "a/dev", table: { symbol: "vmstate_dev" }, isAbsent: true });
    const [first] = candidates(found as Explained, undefined);
    expect(first).toMatch(/^the destination's machine has no section a\/dev of that instance/);
  });

  it("does not say that a device is missing whose section was found", () => {
    const [found] = explain("qemu: No footer behind section memory");
    if (found === undefined) throw new Error("no message of the tree");
    expect(found.names).toMatchObject({ section: "memory" });
    const said = candidates(found, undefined);
    expect(said[0]).toContain("no table here is section memory: code of its own loads it");
    expect(said.join()).not.toMatch(/no device|other tables/);
  });

  it("does not call a section absent that is there", () => {
    const [found] = explain("qemu: No footer behind section 0000:00:03.0/dev");
    expect(found?.names.isAbsent).toBeUndefined();
  });

  it.each([
    ["block == NULL", true],
    ["NULL == block", true],
    ["!block", true],
    ["block", undefined],
    ["block != NULL", undefined],
    ["block && block->used_length != length", undefined],
  ])("calls a block absent by what was asked of it: %s", (asked, isAbsent) => {
    const ram = `typedef struct RAMBlock { char idstr[256]; long used_length; } RAMBlock;
RAMBlock *block_by_name(const char *name);
int read_block(const char *id, long length)
{
    RAMBlock *block = block_by_name(id);
    if (${asked}) {
        error_report("there is trouble with block \\"%s\\" here", id);
        return -1;
    }
    return 0;
}
`;
    const tree = treeOf({ "migration/ram.c": ram });
    const [found] = explainLog(tree, 'qemu: there is trouble with block "vga.ram" here', { tables: () => [] });
    expect(found?.names.block).toBe("vga.ram");
    expect(found?.names.isAbsent).toBe(isAbsent);
    const [first] = candidates(found as Explained, undefined);
    expect(first).toContain(isAbsent === true ? "has no RAM block vga.ram" : "RAM block vga.ram has another size");
  });

  it("of a cluster is JSON", () => {
    expect(linesOf('{"level":"info","msg":"a \\"b\\"\\nc","n":1}').map(({ text }) => text)).toEqual([
      "info",
      'a "b"',
      "c",
    ]);
    expect(explain('{"msg":"qemu: No footer behind section dev"}')).toHaveLength(1);
  });

  it("without a message of the tree explains nothing", () => {
    expect(explain("kernel: oops\nqemu: a section of an unknown kind\n")).toEqual([]);
  });
});
