import { describe, expect, it } from "vitest";
import { buildBoard } from "../../core/board";
import type { LoadableProject } from "../../core/project";
import { treeWith } from "./tree";

/** A board that hangs a bell where `holds` gives true, and one behind it in any case. */
function towerOf(body: string, outside = ""): LoadableProject {
  return treeWith(`
#include "all.h"
${outside}
typedef struct Header { unsigned magic, version; unsigned char tag[4]; } Header;
static const VMStateDescription vmstate_bell = { .name = "bell", .version_id = 1 };
static void bell_init(Object *obj)
{
    vmstate_register_with_alias_id(NULL, -1, &vmstate_bell, obj, -1, 0, NULL);
}
static bool holds(MachineState *machine)
{
    ${body}
}
static void tower_init(MachineState *machine)
{
    if (holds(machine)) {
        object_new("bell");
    }
    object_new("bell");
}
static void tower_class_init(ObjectClass *klass, void *data)
{
    ((MachineClass *)klass)->init = tower_init;
}
static const TypeInfo bell_info = { .name = "bell", .instance_init = bell_init };
static const TypeInfo tower_info = { .name = "tower-machine", .parent = "machine", .class_init = tower_class_init };
static void tower_types(void)
{
    type_register_static(&bell_info);
    type_register_static(&tower_info);
}
type_init(tower_types)
`);
}

function builtFrom(body: string, outside?: string) {
  const board = buildBoard(towerOf(body, outside), "tower");
  return {
    bells: [...(board?.registry.handlers ?? [])].length,
    opens: board?.opens.map(({ text, reason }) => `${text}: ${reason}`),
    refused: board?.refused,
  };
}

const file = "char *data = NULL; unsigned long length; host_file_read(machine->cpu_type, &data, &length);";

const bytes = "unsigned char raw[] = { 1, 0, 0, 0, 2, 0, 0, 0, 'a', 'b', 'c', 'd', 9 };";

describe("what nobody knows", () => {
  it.each([
    [
      "bytes of a file that are copied",
      `${file} unsigned *copy = g_malloc0(64); copy[0] = 1; memcpy(&copy[2], data, length); return copy[2] == 7;`,
    ],
    [
      "a member over copied bytes",
      `${file} Header *copy = g_malloc0(64); memcpy(copy, data, 16); return copy->version == 2;`,
    ],
    [
      "an array over copied bytes",
      `${file} unsigned char copy[8]; memcpy(copy, data, sizeof(copy)); return copy[1] == 2;`,
    ],
    [
      "a copy of such a copy",
      `${file} Header copy, next; memcpy(&copy, data, 12); next = copy; return next.tag[2] == 'x';`,
    ],
    [
      "a struct behind what is known of it",
      `${file} char *copy = g_malloc0(64); copy[1] = 3; memcpy(copy + 8, data, 16); return ((Header *)(copy + 8))->version;`,
    ],
    [
      "what reads guest memory leaves",
      "unsigned char copy[8]; address_space_read_full(NULL, 0, 0, copy, 8); return copy[3];",
    ],
    ["what a function leaves that is nowhere", "Header *copy = g_malloc0(12); host_fill(copy); return copy->version;"],
    ["a struct filled by a function that is nowhere", "Header copy = { 0 }; host_fill(&copy); return copy.version;"],
    ["what a condition sets that is not known", "int n = 0; if (host_asks()) { n = 1; } return n;"],
    ["what a condition's other arm sets", "int n; if (host_asks()) { n = 1; } else { n = 0; } return n;"],
    ["what a loop sets", "int n = 0; for (int k = 0; k < host_asks(); k++) { n += 2; } return n;"],
    ["what a case sets", "int n = 0; switch (host_asks()) { case 1: n = 4; break; case 2: n = 6; break; } return n;"],
    [
      "a member that a condition sets",
      "Header head = { 0 }; if (host_asks()) { head.version = 1; } return head.version;",
    ],
    [
      "a number over bytes of which the first is none",
      "unsigned char raw[] = { 0, 0, 0, 0, 2, 0, 0, 0 }; return ((Header *)raw)->version == 2;",
    ],
    ["a number over bytes", `${bytes} return ((Header *)raw)->version == 2;`],
    [
      "a byte of a struct that lies over a part of another",
      "unsigned char raw[32] = { 0 }; ((Header *)raw)->tag[2] = 3; return ((Header *)&raw[2])->tag[0] == 4;",
    ],
    ["the number of the last error", "host_asks(); return errno == 2;"],
    [
      "an element of a table for a key",
      "void *table = g_hash_table_new(NULL, NULL); return g_hash_table_contains(table, host_asks());",
    ],
  ])("is no zero: %s", (_name, body) => {
    const { bells, opens } = builtFrom(body);
    expect(bells).toBe(1);
    expect(opens).toHaveLength(1);
    expect(opens?.[0]).toContain("holds(machine)");
  });

  it.each([
    [
      "what is written again",
      `${file} Header copy; memcpy(&copy, data, 12); copy.version = 2; return copy.version == 2;`,
    ],
    [
      "what is cleared again",
      `${file} Header copy; memcpy(&copy, data, 12); memset(&copy, 0, sizeof(copy)); return copy.version == 0;`,
    ],
    ["what lies before", `${file} char copy[8] = { 0 }; copy[1] = 3; memcpy(copy + 4, data, 4); return copy[1] == 3;`],
    ["nothing that is copied", "unsigned char copy[8] = { 0 }; memcpy(copy, host_asks(), 0); return copy[1] == 0;"],
    ["what an arm sets that leaves", "int n = 1; if (host_asks()) { n = 0; goto out; } return n; out: return 0;"],
    ["a variable of the arm's own", "int n = 1; if (host_asks()) { int n = 0; n++; } return n;"],
    ["what an arm sets that complains", 'int n = 1; if (host_asks()) { error_report("no"); n = 0; } return n;'],
    [
      "what an empty medium holds",
      "unsigned char copy[8] = { 0 }; blk_pread(NULL, 0, 8, copy, 0); return copy[1] == 0;",
    ],
    ["a byte of a struct over bytes", `${bytes} return ((Header *)raw)->tag[2] == 'c';`],
    [
      "a byte of a struct over bytes of which the first is none",
      "unsigned char raw[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 7 }; Header *head = (Header *)raw; return head->tag[1] == 7;",
    ],
    ["a byte of a struct over later bytes", `${bytes} Header *head = (Header *)&raw[1]; return head->tag[0] == 'b';`],
    ["a byte that is written there", `${bytes} ((Header *)&raw[1])->tag[3] = 5; return raw[12] == 5;`],
    ["no error where all is known", "errno = 0; return errno == 0;"],
  ])("is no more than that: %s", (_name, body) => {
    expect(builtFrom(body).bells).toBe(2);
  });
});

describe("an end of QEMU", () => {
  const complaint = "static void complain(void) { if (!known) { exit(1); } }";

  it("ends the board where all before was followed", () => {
    const { bells, refused } = builtFrom("complain(); return 1;", `static int known; ${complaint}`);
    expect(bells).toBe(0);
    expect(refused).toBe("the set-up code ends QEMU");
  });

  it("is told, and what comes behind it is built, where something before was not followed", () => {
    const { bells, refused, opens } = builtFrom(
      'if (host_asks()) { object_new("bell"); } complain(); return 1;',
      `static int known; ${complaint}`,
    );
    expect(bells).toBe(2);
    expect(refused).toBeUndefined();
    expect(opens?.[1]).toContain("exit(1): ends QEMU: the set-up code ends QEMU");
  });

  it("is told, and what comes behind it is built, where a file that nobody has read was taken for what it has to be", () => {
    const { bells, refused, opens } = builtFrom(
      `${file} if (data[0] != 7) { error_report("bad file"); return 0; } complain(); return 1;`,
      `static int known; ${complaint}`,
    );
    expect(bells).toBe(2);
    expect(refused).toBeUndefined();
    expect(opens?.[0]).toContain("exit(1): ends QEMU: the set-up code ends QEMU");
  });
});
