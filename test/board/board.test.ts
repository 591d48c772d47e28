import { describe, expect, it } from "vitest";
import { boardReport, buildBoard, machineTypes } from "../../core/board";
import { programOf } from "../../core/board/run/program";
import type { LoadableProject } from "../../core/project";
import { treeWith } from "./tree";

const church = `
#include "all.h"
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static void bell_init(Object *obj)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static void church_init(MachineState *machine)
{
    unsigned i;
    for (i = 0; i < 3; i++) {
        object_property_add_child((Object *)machine, "bell[*]", object_new("bell"));
    }
    machine->bells = i;
    if (machine->bells == 3 && !machine->parent_obj.parent) {
        object_new("bell");
    }
    if (host_has_ropes()) {
        object_new("bell");
    }
}
static void church_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = (MachineClass *)klass;
    mc->desc = "Church with bells";
    mc->init = church_init;
}
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init };
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

function project(): LoadableProject {
  return treeWith(church);
}

/** The church with a fourth bell where the body gives true. */
function holding(body: string): string {
  return church
    .replace(
      "static void church_init",
      `enum { LOW = 1, HIGH = 0x80000000, TOP = 0x8000000000000000ULL };\nstatic struct { int n; } first, second;\nstatic bool holds(void) { ${body} }\nstatic void church_init`,
    )
    .replace("host_has_ropes()", "holds()");
}

function bellsOf(tree: LoadableProject): number {
  return [...(buildBoard(tree, "church")?.registry.handlers ?? [])].length;
}

describe("a board from its source", () => {
  it("lists machine types with what their class says", () => {
    expect(machineTypes(project()).types).toMatchObject([
      { name: "church", description: "Church with bells", file: "hw/demo/church.c" },
    ]);
  });

  it("makes what the board's code makes, in order, with QEMU's instance ids and the line that registers", () => {
    const tree = project();
    const board = buildBoard(tree, "church");
    const report = board === undefined ? undefined : boardReport(tree, board);
    expect(report?.sections.map(({ idstr, instanceId, object }) => [idstr, instanceId, object])).toEqual([
      ["bell", 0, "/machine/bell[0]"],
      ["bell", 1, "/machine/bell[1]"],
      ["bell", 2, "/machine/bell[2]"],
    ]);
    expect(report?.sections[0]).toMatchObject({ type: "bell", at: { file: "hw/demo/church.c", line: 6 } });
    const machine = report?.objects.children.find(({ name }) => name === "machine");
    expect(machine?.children.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["bell[0]", "bell[1]", "bell[2]"]),
    );
  });

  it("calls into folders that have no devices, whatever is asked first", () => {
    const described = church.replace('mc->desc = "Church with bells"', "mc->desc = church_text()");
    const tree = treeWith(described, {
      "util/text.c": 'const char *church_text(void) { return "Church with ropes"; }\n',
    });
    expect(machineTypes(tree).types).toMatchObject([{ name: "church", description: "Church with ropes" }]);
    expect(bellsOf(treeWith(church, { "util/ropes.c": "bool host_has_ropes(void) { return true; }\n" }))).toBe(4);
  });

  it("says where it could not decide", () => {
    const tree = project();
    const board = buildBoard(tree, "church");
    const report = board === undefined ? undefined : boardReport(tree, board);
    expect(report?.open).toMatchObject([
      { file: "hw/demo/church.c", text: "host_has_ropes()", reason: "what host_has_ropes() gives" },
    ]);
  });

  it.each([
    [
      "as many elements as an array has, also where nobody knows their size",
      "struct { Undeclared room; } rooms[3]; return sizeof(rooms) / sizeof(rooms[0]) == 3;",
    ],
    [
      "no arm that only complains, where nobody knows which one is meant",
      'switch (host_tunes()) { case 1: break; default: error_setg(&error_fatal, "no tune"); return false; } return true;',
    ],
    ["an unsigned number beside -1", "uint32_t reg = -1; return reg == -1;"],
    [
      "a text that is written to",
      'char *name = g_strdup_printf("%s.%d", "PCI", 0); name[0] = tolower(name[0]); return !strcmp(name, "pCI.0");',
    ],
    [
      "numbers that are printed as wide as they are",
      'return !strcmp(g_strdup_printf("%d %u %lx", 0xffffffffu, -1, 0xfffffffffL), "-1 4294967295 fffffffff");',
    ],
    [
      "memory filled with characters",
      'char *path = g_malloc(8); path[4] = 0; memcpy(path + 2, "cd", 2); memcpy(path, "ab", 2); return !strcmp(path, "abcd");',
    ],
    ["a text that fits its buffer", 'char b[4]; pstrcpy(b, 4, "ab"); pstrcat(b, 4, "cdef"); return !strcmp(b, "abc");'],
    ["the end of a text", 'return memchr("ab", 0, 3) != NULL && memchr("ab", 0, 2) == NULL;'],
    [
      "a struct that begins with characters",
      'union { struct { char tag[4]; int n; } x; } u; memcpy(u.x.tag, "_SM_", 4); return !strncmp((char *)&u, "_SM_", 4);',
    ],
    [
      "a text that is cut through a pointer into it",
      'char *s = g_strdup("/a/b"), *t = strrchr(s, \'/\'); t[0] = 0; t++; return !strcmp(s, "/a") && !strcmp(t, "b");',
    ],
    [
      "a text whose spaces are replaced",
      'char *s = g_strdup_printf("%s x", "a b"), *t = s; while ((t = strchr(t, \' \'))) { *t = \'-\'; } return !strcmp(s, "a-b-x");',
    ],
    ["a format of the C library", 'return !strcmp(g_strdup_printf("@%" PRIx64, 10L), "@a");'],
    [
      "a device tree",
      `void *fdt = g_malloc(8); uint32_t *cells; fdt_create(fdt, 8); fdt_add_subnode(fdt, 0, "intc@10");
       fdt_setprop_cell(fdt, 0, "#address-cells", 2); fdt_setprop_cell(fdt, fdt_path_offset(fdt, "/intc"), "#address-cells", 1);
       cells = fdt_getprop(fdt, fdt_path_offset(fdt, "/"), "#address-cells", NULL);
       return fdt_path_offset(fdt, "/memory") == -FDT_ERR_NOTFOUND && be32_to_cpu(*cells) == 2;`,
    ],
    [
      "an alias in a device tree",
      `void *fdt = g_malloc(8); int node; fdt_create(fdt, 8); node = fdt_add_subnode(fdt, 0, "aliases");
       fdt_setprop_string(fdt, node, "rope", "/soc/rope@4"); fdt_add_subnode(fdt, fdt_add_subnode(fdt, 0, "soc"), "rope@4");
       return fdt_path_offset(fdt, "rope") == fdt_path_offset(fdt, "/soc/rope") && fdt_path_offset(fdt, "bell") == -FDT_ERR_NOTFOUND;`,
    ],
    [
      "what a firmware says of itself",
      'uint64_t entry = 5; long size = load_elf("x", NULL, NULL, NULL, &entry, NULL, NULL, NULL); if (entry > 4) { error_report("far"); exit(1); } return size > 0;',
    ],
    [
      "a struct that a function defines",
      `static const struct Area { const char *name; uint64_t base; uint64_t size; } areas[2] = { { .name = "a", 0x10, 0x20 }, };
       const struct Area *a = &areas[0]; return a->size == 0x20 && a->base == 0x10;`,
    ],
    [
      "a pointer with a tag in its low bits",
      `const void *p = &first, *q = (void *)((uintptr_t)p | 1);
       return ((uintptr_t)q & 3) == 1 && q != p && (void *)((uintptr_t)q & ~3) == p && ((uintptr_t)p & 1) == 0;`,
    ],
    [
      "memory without a type by its bytes",
      `uint32_t *p = g_malloc(8); void *q = p; q += 4; *(uint32_t *)q = 7;
       return p[1] == 7 && (char *)&p[1] - (char *)p == 4 && &p[1] - p == 1;`,
    ],
    [
      "what lies between two places",
      `char *p = g_malloc(8); void *at = &first; struct { ptrdiff_t offset; } way = { .offset = (uintptr_t)p - (uintptr_t)at };
       at += way.offset; *(int *)at = 9; return *(int *)p == 9;`,
    ],
    ["enumerators that are no int", "uint64_t f = LOW | HIGH; return f == 0x80000001ULL && (TOP | LOW) >> 63 == 1;"],
    [
      "what QAPI clones",
      "first.n = 7; qapi_clone_members(&second, &first, sizeof(first), NULL); first.n = 1; return second.n == 7;",
    ],
    ["a variable behind another", "second.n = 3; return second.n == 3;"],
    [
      "numbers as bytes",
      `uint8_t *p = g_malloc0(16); stl_le_p(p + 4, 0x11223344); stw_be_p(p + 1, 0x5566); memset(p + 10, 0xff, 3); memset(p + 11, 0, 1);
       return p[4] == 0x44 && p[7] == 0x11 && p[1] == 0x55 && lduw_be_p(p + 1) == 0x5566 && ldl_le_p(p + 4) == 0x11223344 &&
         p[9] == 0 && p[10] == 0xff && p[11] == 0 && p[12] == 0xff && p[13] == 0;`,
    ],
    [
      "a variable that its own beginning names",
      "struct { int a, b; } pair = { .a = sizeof pair }; return pair.a == 8;",
    ],
    [
      "what an assertion calls",
      'const char *rest = NULL; g_assert(strstart("ab", "a", &rest)); return rest && !strcmp(rest, "b");',
    ],
  ])("reads C as a compiler does: %s", (_what, body) => {
    const board = buildBoard(treeWith(holding(body)), "church");
    expect(board?.opens).toEqual([]);
    expect([...(board?.registry.handlers ?? [])]).toHaveLength(4);
  });

  it.each([
    ["a variable whose bytes are written", "uint64_t n = 1; uint8_t *b = (uint8_t *)&n; b[1] = 2; return n == 513;"],
    [
      "bytes that are copied from a struct",
      `struct { uint8_t size; uint16_t kind; } part = { .size = 4, .kind = 2 }; uint8_t *p = g_malloc0(8);
       memcpy(p + 2, &part.size, 12); return p[3] == 2;`,
    ],
  ])("does not take for known: %s", (_what, body) => {
    expect(buildBoard(treeWith(holding(body)), "church")?.opens).not.toEqual([]);
  });

  it("takes the arm of an #if that the tree's own build takes", () => {
    const body = [
      "",
      "#ifdef CONFIG_BELFRY",
      "bool high = true;",
      "#else",
      "bool high = false;",
      "#endif",
      "return high;",
    ];
    const built = (value: string): number =>
      bellsOf(
        treeWith(holding(body.join("\n")), {
          Kconfig: "config BELFRY\n    bool\n",
          "configs/devices/x86_64-softmmu/default.mak": `CONFIG_BELFRY=${value}\n`,
        }),
      );
    expect([built("y"), built("n")]).toEqual([4, 3]);
  });

  it("begins a property that an object adds with its default", () => {
    const pitched = `
#include "all.h"
int pitch;
void set_pitch(Object *obj, void *v, const char *name, void *opaque, void **errp) { visit_type_int(v, name, &pitch, errp); }
`;
    const body = `
Object *obj = object_new("bell");
ObjectProperty *op = object_property_add(obj, "pitch", "int", NULL, set_pitch, NULL, NULL);
object_property_set_default_int(op, 440);
if (op->init) op->init(obj, op);
return pitch == 440;`;
    expect(bellsOf(treeWith(holding(body), { "hw/demo/pitch.c": pitched }))).toBe(5);
  });

  it("visits a property that is set to the number 0 as a number, and to no text as a text", () => {
    const placed = `
#include "all.h"
int places[2];
void set_place(Object *obj, void *v, const char *name, void *opaque, void **errp)
{
    char *text;
    if (visit_type_str(v, name, &text, NULL)) places[0] = text ? 1 : 2;
    else { visit_type_int(v, name, &places[1], errp); places[1] += 8; }
}
`;
    const body = `
Object *obj = object_new("bell");
object_property_add(obj, "place", "str", NULL, set_place, NULL, NULL);
object_property_set_int(obj, "place", 0, NULL);
object_property_set_str(obj, "place", NULL, NULL);
return places[0] == 2 && places[1] == 8;`;
    expect(bellsOf(treeWith(holding(body), { "hw/demo/place.c": placed }))).toBe(5);
  });

  it("hands on arguments without names, whose type the host declares", () => {
    const summed = `
#include "all.h"
static int rest(va_list va, int n) { int sum = 0; while (n--) sum += va_arg(va, int); return sum; }
int sum(int n, ...)
{
    va_list va;
    int first, all;
    va_start(va, n);
    first = va_arg(va, int);
    all = first * 10 + rest(va, n - 1);
    va_end(va);
    return all;
}
`;
    expect(bellsOf(treeWith(holding("return sum(3, 1, 2, 4) == 16;"), { "hw/demo/sum.c": summed }))).toBe(4);
  });

  it("visits the list that a property is set to", () => {
    const tuned = `
#include "all.h"
uint32_t sums[2];
void set_sums(Object *obj, void *v, const char *name, void *opaque, void **errp)
{
    struct Node { struct Node *next; uint32_t value; } *list, *at;
    unsigned n = 0;
    visit_start_list(v, name, &list, sizeof(*list), errp);
    for (at = list; at; at = visit_next_list(v, at, sizeof(*list))) {
        visit_type_uint32(v, NULL, &at->value, errp);
        sums[n] = at->value + (n ? sums[n - 1] : 0);
        n++;
    }
}
`;
    const body = `
void *list = qlist_new();
Object *obj = object_new("bell");
object_property_add(obj, "sums", "list", NULL, set_sums, NULL, NULL);
qlist_append_int(list, 5);
qlist_append_int(list, 7);
object_property_set_qobject(obj, "sums", list, NULL);
return sums[0] == 5 && sums[1] == 12;`;
    expect(bellsOf(treeWith(holding(body), { "hw/demo/sums.c": tuned }))).toBe(5);
  });

  it("compiles what boards of a tree share once, and each begins with variables of its own", () => {
    const tree = treeWith(holding("static unsigned calls; calls++; first.n++; return calls == 1 && first.n == 1;"));
    const sections = (): number => bellsOf(tree);
    expect(sections()).toBe(4);
    const { compiled } = programOf(tree);
    expect(compiled).toBeGreaterThan(0);
    expect(sections()).toBe(4);
    expect(programOf(tree).compiled).toBe(compiled);
  });

  it("knows no machine that the target does not have", () => {
    expect(buildBoard(project(), "chapel")).toBeUndefined();
  });

  it.each(["AUD_register_card", "AUD_backend_check", "audio_be_check"])(
    "counts what the first %s registers",
    (check) => {
      const sound = `
#include "all.h"
static const VMStateDescription vmstate_sound = { .name = "sound", .version_id = 1 };
static void open_backend(void *backend) { vmstate_register_any(NULL, &vmstate_sound, backend); }
bool ${check}(const char *name, void *card) { open_backend(card); return true; }
`;
      const played = church
        .replace("unsigned i;", `unsigned i; ${check}("organ", machine); ${check}("bells", machine);`)
        .replace("if (host_has_ropes())", "if (0)");
      const board = buildBoard(treeWith(played, { "audio/sound.c": sound }), "church");
      const found = [...(board?.registry.handlers ?? [])].map(({ sectionId, idstr }) => [sectionId, idstr]);
      expect(found.slice(0, 2)).toEqual([
        [0, "sound"],
        [1, "bell"],
      ]);
      expect(found.filter(([, idstr]) => idstr === "sound")).toHaveLength(1);
    },
  );

  it.each(["cpu_exec_init_all", "machine_memory_init"])("is made after %s", (name) => {
    const memory = `
#include "all.h"
static const VMStateDescription vmstate_floor = { .name = "floor", .version_id = 1 };
void ${name}(void) { vmstate_register_with_alias_id(NULL, -1, &vmstate_floor, NULL, -1, 0, NULL); }
`;
    const board = buildBoard(treeWith(church, { "system/memory.c": memory }), "church");
    expect([...(board?.registry.handlers ?? [])].map(({ idstr }) => idstr)[0]).toBe("floor");
  });

  it("refuses to link what is not there", () => {
    const body = `
void *rope = NULL;
Object *obj = object_new("bell");
object_property_add_link(obj, "rope", "bell", &rope, NULL, 0);
return !object_property_parse(obj, "rope", "nowhere", NULL) && rope == NULL;`;
    expect(bellsOf(treeWith(holding(body)))).toBe(5);
  });

  it("calls a function whose declaration writes out the struct that it gives", () => {
    const header = "struct lead { int weight; } *lead_of(void *machine);\n";
    const lead =
      '#include "all.h"\n#include "lead.h"\nstatic struct lead own = { 3 };\nstruct lead *lead_of(void *machine) { return &own; }\n';
    const led = holding("return lead_of(NULL)->weight == 3;").replace('"all.h"', '"all.h"\n#include "lead.h"');
    expect(bellsOf(treeWith(led, { "include/lead.h": header, "hw/demo/lead.c": lead }))).toBe(4);
  });

  it("keeps what stands behind an object that a struct within another begins with", () => {
    const rack =
      "typedef struct Hub { Object bus; int ports; } Hub; typedef struct Rack { Object own; Hub hub; } Rack;";
    const body =
      'Rack *rack = g_malloc0(sizeof(Rack)); rack->hub.ports = 2; object_initialize(&rack->hub.bus, sizeof(Object), "clapper"); return rack->hub.ports == 2;';
    const clapper = `
#include "all.h"
static const TypeInfo clapper_info = { .name = "clapper", .instance_size = sizeof(Object) };
static void clapper_types(void) { type_register_static(&clapper_info); }
type_init(clapper_types)
`;
    const held = holding(body).replace("enum { LOW", `${rack}\nenum { LOW`);
    expect(bellsOf(treeWith(held, { "hw/demo/clapper.c": clapper }))).toBe(4);
  });

  it.each(["AUD", "audio_be"])("takes a voice of a back end for one, by %s_open_out", (prefix) => {
    const voice = `${prefix}_open_out(NULL, NULL, "organ", NULL, NULL, NULL)`;
    expect(
      bellsOf(
        treeWith(holding(`void *voice = ${voice}; ${prefix}_set_volume_out(NULL, voice, NULL); return voice != NULL;`)),
      ),
    ).toBe(4);
  });

  it("has the CPU that the tree makes of the types that its class allows", () => {
    const chosen = `
#include "all.h"
const char *machine_class_default_cpu_type(MachineClass *mc) { return "bell"; }
`;
    const played = church
      .replace("unsigned i;", "unsigned i; object_new(machine->cpu_type);")
      .replace("if (host_has_ropes())", "if (0)");
    const sections = (more: Readonly<Record<string, string>>): number =>
      [...(buildBoard(treeWith(played, more), "church")?.registry.handlers ?? [])].length;
    expect(sections({ "hw/core/cpus.c": chosen })).toBe(sections({}) + 1);
  });
});
