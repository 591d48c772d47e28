/** Macros with QEMU's own type checks, tried on members of many kinds. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { macrosFor } from "../../../../core/project/fieldMacros";
import { treeOf } from "../../../tree";

/** As in QEMU: the offset carries a subtraction of pointers that only compiles for one type. */
const checked = `#define same(t1, t2) ((t1 *)0 - (t2 *)0)
#define at(s, f, t) (offsetof(s, f) + same(t, typeof(((s *)0)->f)))
#define at_array(s, f, t, n) (offsetof(s, f) + ((t(*)[n])0 - (typeof(((s *)0)->f) *)0))
#define VMSTATE_C32_V(f, s, v) { .name = #f, .version_id = (v), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_SINGLE, .offset = at(s, f, uint32_t) }
#define VMSTATE_C32(f, s) VMSTATE_C32_V(f, s, 0)
#define VMSTATE_C64_V(f, s, v) { .name = #f, .version_id = (v), .size = sizeof(uint64_t), .info = &vmstate_info_uint64, .flags = VMS_SINGLE, .offset = at(s, f, uint64_t) }
#define VMSTATE_C64(f, s) VMSTATE_C64_V(f, s, 0)
#define VMSTATE_C32_ARRAY(f, s, n) { .name = #f, .num = (n), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_ARRAY, .offset = at_array(s, f, uint32_t, n) }
#define VMSTATE_C8(f, s) { .name = #f, .size = sizeof(uint8_t), .info = &vmstate_info_uint8, .flags = VMS_SINGLE, .offset = at(s, f, uint8_t) }
#define VMSTATE_CI64(f, s) { .name = #f, .size = sizeof(int64_t), .info = &vmstate_info_int64, .flags = VMS_SINGLE, .offset = at(s, f, int64_t) }
#define VMSTATE_CBOOL(f, s) { .name = #f, .size = sizeof(bool), .info = &vmstate_info_bool, .flags = VMS_SINGLE, .offset = at(s, f, bool) }
#define VMSTATE_CLOCK(f, s) { .name = #f, .size = sizeof(Clock), .info = &vmstate_info_clock, .flags = VMS_SINGLE, .offset = at(s, f, Clock) }
#define VMSTATE_CLOCK_PTR(f, s) { .name = #f, .size = sizeof(Clock *), .info = &vmstate_info_clock, .flags = VMS_SINGLE | VMS_POINTER, .offset = at(s, f, Clock *) }
#define VMSTATE_CMANY(f, s, n) { .name = #f, .num_offset = at(s, n, uint32_t), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, .flags = VMS_VARRAY_UINT32, .offset = offsetof(s, f) }
#define VMSTATE_INNER(f, s, v, d, t) { .name = #f, .version_id = (v), .size = sizeof(t), .vmsd = &(d), .flags = VMS_STRUCT, .offset = at(s, f, t) }
`;

const head = `#include "migration/vmstate.h"\n#include "checked.h"
typedef struct Clock { int64_t when; } Clock;
typedef struct Ring { uint32_t head; } Ring;
typedef uint32_t Address;
typedef struct { uint8_t *data; } Nameless;
#define NREGS 16
typedef struct Demo { uint32_t one; Address named; uint64_t wide; uint32_t regs[NREGS]; Clock clock; Clock *shared; Ring ring; float level; bool on; char letter; long long far; struct { int a; } plain; Nameless nameless; } Demo;
static const VMStateDescription vmstate_ring = { .name = "ring", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_C32(head, Ring), VMSTATE_END_OF_LIST() } };
`;

const path = "hw/demo/device.c";

function project(field: string) {
  const table = `static const VMStateDescription vmstate_demo = { .name = "demo", .version_id = 2, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${field}, VMSTATE_END_OF_LIST() } };\n`;
  return treeOf({ "include/checked.h": checked, [path]: head + table });
}

function findings(field: string) {
  return diagnoseFile(project(field), path).filter(
    ({ code }) => code === "type-mismatch" || code === "field-beyond-member",
  );
}

describe("type-mismatch", () => {
  it("alone says that a pointer does not build", () => {
    const found = diagnoseFile(project("VMSTATE_C32_ARRAY(shared, Demo, 2)"), path);
    const codes = found.flatMap(({ code }) => (/^(?:pointer-saved|type-mismatch)$/.test(code) ? code : []));
    expect(codes).toEqual(["type-mismatch"]);
  });

  it.each([
    ["VMSTATE_C32(regs, Demo)", "regs is uint32_t[16]", "VMSTATE_C32_ARRAY(regs, Demo, NREGS)"],
    ["VMSTATE_C64(one, Demo)", "one is uint32_t", "VMSTATE_C32(one, Demo)"],
    ["VMSTATE_C32_V(wide, Demo, 2)", "wide is uint64_t", "VMSTATE_C64_V(wide, Demo, 2)"],
    ["VMSTATE_CLOCK_PTR(clock, Demo)", "clock is struct Clock", "VMSTATE_CLOCK(clock, Demo)"],
    ["VMSTATE_CLOCK(shared, Demo)", "shared is struct Clock *", "VMSTATE_CLOCK_PTR(shared, Demo)"],
    ["VMSTATE_C32_ARRAY(regs, Demo, 8)", "regs is uint32_t[16]", "VMSTATE_C32_ARRAY(regs, Demo, NREGS)"],
    ["VMSTATE_C8(on, Demo)", "on is _Bool, and VMSTATE_C8 is for uint8_t", "VMSTATE_CBOOL(on, Demo)"],
    ["VMSTATE_C32(ring, Demo)", "ring is struct Ring", "VMSTATE_INNER(ring, Demo, 0, vmstate_ring, Ring)"],
  ])("%s: the compiler refuses it, and the macro for the member is the fix", (field, says, right) => {
    const [finding, ...others] = findings(field);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: "error" });
    expect(finding?.message).toContain(says);
    expect(finding?.fixes.map(({ edits }) => edits[0]?.text)).toEqual([right]);
    expect(findings(right)).toEqual([]);
  });

  it("has no fix that forgets the count", () => {
    const [finding] = findings("VMSTATE_CMANY(regs, Demo, wide)");
    expect(finding?.message).toContain("wide is uint64_t, and VMSTATE_CMANY is for uint32_t");
    expect(finding?.fixes).toEqual([]);
  });

  it("has no fix where the tree has no macro for the member", () => {
    const [finding] = findings("VMSTATE_C32(level, Demo)");
    expect(finding?.message).toContain("level is float, and VMSTATE_C32 is for uint32_t");
    expect(finding?.fixes).toEqual([]);
  });

  it.each([
    ["VMSTATE_C8(letter, Demo)", "letter is char, and VMSTATE_C8 is for uint8_t"],
    ["VMSTATE_CI64(far, Demo)", "far is long long, and VMSTATE_CI64 is for int64_t"],
    ["VMSTATE_C32(nameless, Demo)", "nameless is Nameless, and"],
    ["VMSTATE_C32(plain, Demo)", "plain is struct {…}, and"],
  ])("%s: a type of its own", (field, says) => {
    expect(findings(field).map(({ message }) => message)).toEqual([expect.stringContaining(says)]);
  });

  it("says what the same macro is to be given, and is alone with it", () => {
    const field = "VMSTATE_C32_ARRAY(regs, Demo, 8)";
    const found = diagnoseFile(project(field), path).filter(({ range }) => range.end - range.start === field.length);
    expect(found.map(({ code }) => code)).toEqual(["type-mismatch"]);
    expect(found[0]?.message).toContain("use VMSTATE_C32_ARRAY(regs, Demo, NREGS).");
  });

  it("what is no pointer is not said to point nowhere", () => {
    const codes = diagnoseFile(project("VMSTATE_CLOCK_PTR(clock, Demo)"), path).map(({ code }) => code);
    expect(codes).toContain("type-mismatch");
    expect(codes).not.toContain("pointer-never-set");
  });

  it.each([
    "VMSTATE_C32(one, Demo)",
    "VMSTATE_C32(named, Demo)",
    "VMSTATE_C32(regs[3], Demo)",
    "VMSTATE_CLOCK(clock, Demo)",
  ])("%s: nothing", (field) => {
    expect(findings(field)).toEqual([]);
  });
});

describe("macrosFor", () => {
  it("offers all that take the member, what the tables use first", () => {
    const texts = (member: string): string[] =>
      macrosFor(project("VMSTATE_C32(one, Demo)"), "Demo", member, path).map(({ text }) => text);
    expect(texts("one")[0]).toBe("VMSTATE_C32(one, Demo)");
    expect(texts("one")).toContain("VMSTATE_UINT32(one, Demo)");
    expect(texts("ring")[0]).toBe("VMSTATE_INNER(ring, Demo, 0, vmstate_ring, Ring)");
    expect(texts("level")).toEqual([]);
    expect(texts("nothing")).toEqual([]);
  });
});
