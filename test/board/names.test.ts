import { describe, expect, it } from "vitest";
import { type BoardReport, boardReport, buildBoard } from "../../core/board";
import { treeWith } from "./tree";

/** What a board whose init runs that code makes. */
function run(before: string, init: string, more: Readonly<Record<string, string>> = {}): BoardReport {
  const tree = treeWith(
    `
#include "all.h"
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
${before}
static void church_init(MachineState *machine)
{
${init}
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->init = church_init;
}
static const TypeInfo bell_info = { .name = "bell" };
static const TypeInfo church_info = {
    .name = "church-machine", .parent = "machine", .class_init = church_class_init,
};
static void church_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&church_info);
}
type_init(church_types)
`,
    more,
  );
  const board = buildBoard(tree, "church");
  if (board === undefined) throw new Error("no board");
  return boardReport(tree, board);
}

const make = (name: string): string => `object_property_add_child((Object *)machine, ${name}, object_new("bell"));`;

function bells({ objects }: BoardReport): readonly string[] {
  const machine = objects.children.find(({ name }) => name === "machine");
  return (machine?.children ?? []).filter(({ type }) => type === "bell").map(({ name }) => name);
}

describe("names of a board's code", () => {
  it("measures a variable that has a type's name", () => {
    const report = run(
      "typedef struct rope { char thread[100]; } rope;",
      `int rope[3]; char name[32]; snprintf(name, sizeof(name), "of %d", (int)sizeof(rope)); ${make("name")}`,
    );
    expect(bells(report)).toEqual(["of 12"]);
  });

  it("measures a variable of the file, and counts no more of it than it holds", () => {
    const report = run(
      "static unsigned char ropes[3]; static int rounds;",
      `for (int k = 0; k < sizeof(ropes); k++) { ropes[k] = k; rounds++; }
       char text[32]; snprintf(text, sizeof(text), "%d of %d", rounds, (int)sizeof(ropes)); ${make("text")}`,
    );
    expect(bells(report)).toEqual(["3 of 3"]);
  });

  it("counts a local array without a length", () => {
    const report = run(
      "",
      `const int rows[] = { 4, 5, 6 }; char name[] = "tower"; char text[32]; typeof(rows) others;
       snprintf(text, 32, "%d %d %d %d", (int)ARRAY_SIZE(rows), (int)sizeof(rows[0]), (int)sizeof(name), (int)sizeof(others)); ${make("text")}`,
    );
    expect(bells(report)).toEqual(["3 4 6 12"]);
  });

  it("takes the target's own of several definitions of a struct", () => {
    const tower = (first: string): string => `struct Tower { ${first} int height; int width; };`;
    const report = run(
      "struct Tower; struct Tower *tower_new(void);",
      `char text[32]; struct Tower *tower = tower_new(); snprintf(text, 32, "%d high", tower->height); ${make("text")}`,
      {
        "target/arm/tower.h": tower("int bells;"),
        "target/i386/tower.h": tower(""),
        "hw/demo/tower.c": `
#include "all.h"
#include "../../target/i386/tower.h"
struct Tower *tower_new(void) { struct Tower *made = g_new0(struct Tower, 1); made->height = 30; return made; }
`,
      },
    );
    expect(bells(report)).toEqual(["30 high"]);
  });

  it("takes a function of the file for one, also where another file has an enumerator of its name", () => {
    const report = run(
      `static int vs(int pitch) { return pitch + 1; }
struct Tuned { int (*ask)(int); };
static struct Tuned tuned[] = { { vs } };`,
      `char text[32]; snprintf(text, 32, "%d", tuned[0].ask(6)); ${make("text")}`,
      { "hw/demo/other.c": "enum Modes { hs = unheard_of(), vs };" },
    );
    expect(bells(report)).toEqual(["7"]);
    expect(report.open).toEqual([]);
  });

  it("calls the file's own function where a library has one of its name", () => {
    const report = run(
      "static int depth; static void fdt_create(int n) { depth = n; }",
      `fdt_create(3); if (depth == 3 && g_list_length(NULL) == 0) { ${make('"own"')} }`,
    );
    expect(report.open).toEqual([]);
    expect(bells(report)).toEqual(["own"]);
  });

  it("calls through a pointer to what a macro made, its argument in the middle of the name", () => {
    const report = run(
      '#include "clappers.h"',
      `char text[32]; int (*ask)(int) = has_Clapper_p; snprintf(text, 32, "%d", ask(3)); ${make("text")}`,
      {
        "hw/demo/clappers.h": `
#define MAKE_PREDICATE(of) static inline int has_ ## of ## _p(int n) { return n + 2; }
MAKE_PREDICATE(Clapper)
`,
      },
    );
    expect(bells(report)).toEqual(["5"]);
  });

  it("leaves nothing open in what an assertion asks", () => {
    const report = run(
      `static bool is_power(int n) { if (!n) { return false; } return !(n & (n - 1)); }`,
      `assert(is_power(strlen(machine->cpu_type))); ${make('"tenor"')}`,
    );
    expect(bells(report)).toEqual(["tenor"]);
    expect(report.open).toEqual([]);
  });

  it("calls through tables of functions, whether a typedef names their type or not", () => {
    const report = run(
      `static int up(int pitch) { return pitch + 1; }
typedef int Ask(int);
static Ask *one[] = { up };
static int (*const two[])(int) = { up };
static int (*three)(int) = up;`,
      `char text[32]; snprintf(text, 32, "%d %d %d", one[0](6), two[0](7), three(8)); ${make("text")}`,
    );
    expect(bells(report)).toEqual(["7 8 9"]);
  });

  it.each([
    ["isxdigit('f')", "1"],
    ["isxdigit('g')", "0"],
    ["g_ascii_isxdigit('A')", "1"],
    ["g_ascii_isxdigit('5')", "1"],
  ])("tells hexadecimal digits: %s", (call, answer) => {
    const report = run("", `char text[32]; snprintf(text, 32, "%d", ${call}); ${make("text")}`);
    expect(bells(report)).toEqual([answer]);
  });
});
