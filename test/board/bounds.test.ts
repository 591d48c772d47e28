import { describe, expect, it } from "vitest";
import { type BoardReport, boardReport, buildBoard, machinesReport, machineTypes } from "../../core/board";
import { bytesUsed } from "../../core/board/run/meter";
import { expectLinear } from "../steps";
import { treeWith } from "./tree";

const small = { steps: 20_000, depth: 50, bytes: 2 ** 22 };

/** A board whose init runs that code, and makes a bell behind it. */
function church(before: string, init: string): string {
  return `
#include "all.h"
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static void bell_init(Object *obj)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init };
static int count(void *key, void *value, void *data) { return 0; }
${before}
static void church_init(MachineState *machine)
{
    void *list = NULL;
    char *text = "0123456789abcdef";
    char buffer[64];
    unsigned i = 0;
    int *numbers = g_malloc(64);
${init}
    object_new("bell");
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = church_init;
}
static const TypeInfo church_info = {
    .name = "church-machine", .parent = "machine", .class_init = church_class_init,
};
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
}
type_init(church_types)
`;
}

interface Ran {
  readonly report: BoardReport;
  readonly steps: number;
  /** Line of `HERE` in the source. */
  readonly here: number;
}

function run(before: string, init: string, bounds?: typeof small): Ran {
  const source = church(before, init);
  const tree = treeWith(source);
  const board = buildBoard(tree, "church", { bounds });
  if (board === undefined) throw new Error("no board");
  const here = source.split("\n").findIndex((line) => line.includes("HERE")) + 1;
  return { report: boardReport(tree, board), steps: board.runner.steps, here };
}

const outOfMemory = "more memory than is followed (4 MiB)";
const tooLong = "a text of more than 1048576 characters";

describe("a board whose code would never end", () => {
  it.each([
    ["for", "for (;;) /* HERE */ { i++; }"],
    ["while", "while (i < 2) /* HERE */ { numbers[0]++; }"],
    ["do", "do /* HERE */ { numbers[0]++; } while (i < 2);"],
    ["goto", "again: /* HERE */ numbers[0]++; goto again;"],
  ])("leaves a loop at its last round and goes on: %s", (_name, init) => {
    const { report, here } = run("", init);
    expect(report.open).toMatchObject([{ file: "hw/demo/church.c", line: here, reason: "more than 100000 rounds" }]);
    expect(report.sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it.each([
    ["rounds", "for (;;) /* HERE */ { i++; }"],
    ["rounds within rounds", "for (;;) { for (i = 0; i < 9; i++) /* HERE */ { numbers[0]++; } }"],
    ["jumps within jumps", "outer: i = 0; { inner: if (i++ < 9) { goto inner; /* HERE */ } } goto outer;"],
  ])("ends the run at its last step: %s", (_name, init) => {
    const { report, steps } = run("", init, small);
    expect(report.open.map(({ reason }) => reason)).toEqual(["more steps than are followed (20000)"]);
    expect(report.open[0]?.line).toBeGreaterThan(0);
    expect(steps).toBeLessThan(small.steps + 100);
    expect(report.sections).toEqual([]);
  });

  it("counts a round of a long body for more than one", () => {
    const init = `for (i = 0; i < 100; i++) { ${"numbers[0] += i; ".repeat(1000)} }`;
    const { report, steps } = run("", init);
    expect(report.open).toEqual([]);
    expect(steps).toBeGreaterThan(100 * 50);
  });

  it("leaves a call that is nested too deeply, and goes on", () => {
    const { report, here } = run("static int deep(int n)\n{\n    return deep(n + 1); /* HERE */\n}", "deep(0);", small);
    expect(report.open).toMatchObject([{ line: here, text: "deep(n + 1)", reason: "calls nested more than 50 deep" }]);
    expect(report.open[0]?.through.length).toBe(small.depth + 1);
    expect(report.sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it("follows calls that are doubled at each depth for so many steps", () => {
    const twice = "static int deep(int n)\n{\n    return deep(n) + deep(n);\n}";
    const { report, steps } = run(twice, "deep(0);", small);
    expect(report.open.map(({ reason }) => reason)).toEqual([
      "calls nested more than 50 deep",
      "calls nested more than 50 deep",
      "more steps than are followed (20000)",
    ]);
    expect(steps).toBeLessThan(small.steps + 100);
  });
});

describe("a board whose code fills much memory", () => {
  const before = "typedef unsigned char uint8_t; static uint8_t *chip; static uint8_t *copy;";
  const made = "chip = g_malloc(1 << 26); memset(chip, 0xff, 1 << 26);";

  it("knows each byte, and keeps none of them for itself", () => {
    const { report } = run(
      before,
      `${made} chip[7] = 1; memset(chip + 5000, 3, 5000); copy = g_malloc(8); memcpy(copy + 2, chip, 6);
       if (chip[0] == 0xff && chip[7] == 1 && chip[4999] == 0xff && chip[5000] == 3 && chip[9999] == 3
           && chip[10000] == 0xff && chip[(1 << 26) - 1] == 0xff && chip[1 << 26] == 0 && copy[2] == 0xff && copy[1] == 0)
         object_property_add_child(machine, "rung", object_new("bell"));`,
    );
    expect(report.open).toEqual([]);
    expect(JSON.stringify(report.objects)).toContain('"rung"');
  });

  it("is followed for so many pieces", () => {
    const { report } = run(before, `${made} for (i = 0; i < 1000; i++) { memset(chip + i * 9000, i, 5000); }`);
    expect(report.open.map(({ reason }) => reason)).toEqual(["memory that is filled in more than 64 pieces"]);
  });
});

describe("a board whose code takes memory without end", () => {
  it.each([
    ["structs", "for (;;) { list = g_malloc0(64); /* HERE */ }"],
    ["objects", 'for (;;) { object_new("machine-bag"); /* HERE */ }'],
    ["elements", "for (;;) { row[i] = 1; /* HERE */ i += 1000; }"],
    ["a list", "for (;;) { list = g_list_append(list, numbers); /* HERE */ }"],
    [
      "a table",
      "list = g_hash_table_new(NULL, NULL); for (;;) { g_hash_table_insert(list, i++, numbers); /* HERE */ }",
    ],
    ["children", 'for (;;) { object_property_add_child(machine, "bell[*]", object_new("machine-bag")); /* HERE */ }'],
    ["texts", 'for (;;) { g_strdup_printf("%s%s%s%s", text, text, text, text); /* HERE */ }'],
    [
      "a list that is a ring",
      "list = g_list_append(NULL, numbers); list->next = list; g_list_length(list); /* HERE */",
    ],
  ])("ends the run where it is used up: %s", (_name, init) => {
    const before = `
static const TypeInfo bag_info = { .name = "machine-bag", .parent = "container" };
static int row[4];
static void bag_types(void) { type_register_static(&bag_info); }
type_init(bag_types)
`;
    const { report, here } = run(before, init, {
      ...small,
      steps: 10_000_000,
    });
    expect(report.open.map(({ reason }) => reason)).toEqual([outOfMemory]);
    expect(report.open[0]?.line).toBe(here);
    expect(bytesUsed()).toBeLessThan(small.bytes * 1.5);
    expect(report.sections).toEqual([]);
  });

  it.each([
    ["back ends", "blk_new(0, 0);", "blk_next(NULL);"],
    ["back ends of drives", "blk_new(0, 0);", "blk_by_legacy_dinfo(text);"],
    ["entries", 'qdict_put_int(list, g_strdup_printf("%d", i), i);', "qdict_first(list);"],
    ["entries that are copied", 'qdict_put_int(list, g_strdup_printf("%d", i), i);', "qdict_clone_shallow(list);"],
    ["regions around a region", "region.container = &region;", "memory_region_find(&region, 0, 1);"],
    ["elements that are searched", "row[i].a = 0;", "bsearch(&row[0], row, 500, 8, first);"],
  ])("counts what it goes through: %s", (_name, make, look) => {
    const before = `
typedef struct MemoryRegion { int size; struct MemoryRegion *container; } MemoryRegion;
typedef struct Row { int a; int b; } Row;
static MemoryRegion region;
static Row row[500];
static int first(const void *a, const void *b) { return 0; }
`;
    const init = `list = qdict_new(); for (i = 0; i < 500; i++) { ${make} } for (;;) { ${look} /* HERE */ }`;
    const { report, here, steps } = run(before, init, small);
    expect(report.open).toMatchObject([{ line: here, reason: outOfMemory }]);
    expect(steps).toBeLessThan(3000);
  });

  it("goes through a text once, whatever is looked for in it", () => {
    expectLinear((n) => {
      const [a, b] = ["a".repeat(n), "b".repeat(n)];
      run(
        "",
        `text = "${a}"; strcspn(text, "${b}"); strpbrk(text, "${b}"); strspn(text, "${b}a"); strtok(text, "${b}");
    sscanf(text, "%[^${b}]", buffer);`,
      );
    }, 1000);
  });

  it.each([
    ["joined", "for (i = 0; i < 64; i++) { text = g_strconcat(text, text, NULL); /* HERE */ }"],
    ["padded", 'text = g_strdup_printf("%*d", 1 << 30, 1); /* HERE */'],
    ["with that many digits", 'text = g_strdup_printf("%.2000000d", 1); /* HERE */'],
    ["appended", "pstrcpy(buffer, 64, text); for (;;) { strcat(buffer, buffer); /* HERE */ if (i++ > 30) { break; } }"],
  ])("makes no huge text: %s", (_name, init) => {
    const { report, here } = run("", init, { ...small, bytes: 2 ** 28 });
    expect(report.open).toMatchObject([{ line: here, reason: tooLong }]);
    expect(report.sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it.each([
    ["set", "row[1 << 30] = 1; /* HERE */"],
    ["declared", "int far[] = { [1 << 30] = 1 }; /* HERE */"],
  ])("reaches no element that lies very far: %s", (_name, init) => {
    const { report, here } = run("static int row[4];", init, small);
    expect(report.open).toMatchObject([{ line: here, reason: "element 1073741824 of an array" }]);
    expect(report.sections.map(({ idstr }) => idstr)).toEqual(["bell"]);
  });

  it("comes back from interfaces and aliases that lead in a circle", () => {
    const before = `
static const InterfaceInfo rope_of[] = { { "bow" }, { } };
static const InterfaceInfo bow_of[] = { { "rope" }, { } };
static const TypeInfo rope_info = { .name = "rope", .interfaces = rope_of };
static const TypeInfo bow_info = { .name = "bow", .interfaces = bow_of };
static void rope_types(void) { type_register_static(&rope_info); type_register_static(&bow_info); }
type_init(rope_types)
`;
    const init = `if (!object_dynamic_cast(object_new("rope"), "tower")) { object_new("bell"); }
    object_property_add_alias(machine, "a", machine, "b"); object_property_add_alias(machine, "b", machine, "a");
    object_property_set_int(machine, "a", 1, NULL); /* HERE */`;
    const { report, here } = run(before, init);
    expect(report.open).toMatchObject([{ line: here, reason: "calls nested too deeply" }]);
    expect(report.sections.length).toBe(2);
  });

  it("keeps its objects a tree", () => {
    const twice = `list = object_new("bell"); object_property_add_child(machine, "a", list);
    object_property_add_child(list, "self", list); /* HERE */
    object_property_add_child(machine, "b", list);`;
    const { report, here } = run("", twice);
    expect(report.open).toMatchObject([{ line: here, reason: "an object inside of itself" }]);
    const machine = report.objects.children.find(({ name }) => name === "machine");
    expect(machine?.children.filter(({ type }) => type === "bell")).toMatchObject([{ name: "b", children: [] }]);
  });
});

describe("machine types whose code never ends", () => {
  it("are listed as far as the bounds reach, with the place", () => {
    const source = church("", "").replace(
      "mc->init = church_init;",
      "mc->init = church_init; for (;;) { mc->desc++; }",
    );
    const tree = treeWith(source);
    const { machines, open } = machinesReport(tree, machineTypes(tree, small));
    expect(machines.map(({ name }) => name)).toEqual(["church"]);
    expect(open).toMatchObject([
      { file: "hw/demo/church.c", text: expect.stringMatching(/^for/), reason: "more steps than are followed (20000)" },
    ]);
  });
});
