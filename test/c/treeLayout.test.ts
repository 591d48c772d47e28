import { bareTree } from "../tree";
import { describe, expect, it } from "vitest";
import { createProject, type LoadableProject } from "../../core/project/createProject";

function project(files: Readonly<Record<string, string>>): LoadableProject {
  const created = createProject({ paths: () => Object.keys(files), read: (path) => files[path] });
  for (const path of Object.keys(files)) created.load(path);
  return created;
}

const known = (value: number) => ({ known: true, value });

describe("layout over the files of a tree", () => {
  const tree = project({
    "include/regs.h": `#define REG(name, at) enum { A_##name = (at), R_##name = (at) / 4 };
      #define LIST_HEAD(name, type) struct name { struct type *first; }
      #define PACKED __attribute__((packed))
      REG(CTRL, 0x10)
      REG(LAST, 0x40)
      typedef struct Opaque Opaque;`,
    "include/opaque.h": '#include "regs.h"\nstruct Opaque { char name[R_LAST]; };',
    "hw/a.c": `#include "regs.h"
      #include "opaque.h"
      #define paste(x) x = OTHER_##x + 1
      enum { OTHER_RX = 7, OTHER_TX = 9 };
      enum { paste(RX), paste(TX) };
      typedef struct State {
        struct nested { short code; char kind; } slots[TX];
        LIST_HEAD(, Opaque) list;
        Opaque inner;
        struct { char c; int i; } PACKED tight;
      } State;
      #define DECLARE(T) typedef struct T T;
      DECLARE(Made)
      struct Made { State s; char z; };`,
    "hw/b.c": "struct State { char other; };\ntypedef struct State State;",
  });

  it("follows enumerators and typedefs that macros paste", () => {
    expect(tree.evaluate("R_LAST + A_CTRL", "hw/a.c")).toEqual(known(32));
    expect(tree.evaluate("TX", "hw/a.c")).toEqual(known(10));
    expect(tree.evaluate("offsetof(Made, z)", "hw/a.c")).toEqual(known(72));
  });

  it("follows enumerators that an enum's body includes", () => {
    const listed = project({
      "include/list.h.inc": "ITEM(ROPE, 3)\nITEM(BELL, 5)\n",
      "include/list.h": `#define ITEM(name, weight) name##_AT,
        enum items {
        #include "list.h.inc"
          ITEMS,
        };
        #undef ITEM
        #define ITEM(name, weight) W_##name = weight,
        enum weights {
        # include "list.h.inc"
        };
        #undef ITEM`,
      "hw/a.c": '#include "list.h"\nstruct S { int of[ITEMS]; };\n',
    });
    expect(listed.evaluate("BELL_AT", "hw/a.c")).toEqual(known(1));
    expect(listed.evaluate("W_BELL", "hw/a.c")).toEqual(known(5));
    expect(listed.evaluate("sizeof(struct S)", "hw/a.c")).toEqual(known(8));
    expect(listed.evaluate("DRUM_AT", "hw/a.c").known).toBe(false);
  });

  it("finds tags that are defined inside another struct", () => {
    expect(tree.evaluate("sizeof(struct nested)", "hw/a.c")).toEqual(known(4));
  });

  it("takes a typedef's struct as the file that uses it sees it", () => {
    expect(tree.evaluate("sizeof(Opaque)", "hw/a.c")).toEqual(known(16));
    expect(tree.evaluate("sizeof(State)", "hw/a.c")).toEqual(known(72));
    expect(tree.evaluate("sizeof(State)", "hw/b.c")).toEqual(known(1));
  });

  it("takes a typedef that several headers write alike, where the file includes none of them", () => {
    const alike = project({
      "include/typedefs.h": "typedef struct Engine Engine;\ntypedef struct Wheel *wheel;\ntypedef struct A Odd;\n",
      "rust/sys/wrapper.h": "typedef struct  Engine Engine;\ntypedef struct Wheel *wheel;\ntypedef struct B Odd;\n",
      "include/engine.h": "struct Engine { long turns; wheel first; };\nstruct A { char a; };\nstruct B { int b; };\n",
      "include/car.h": "struct Car { Engine engine; wheel spare; };\nstruct Bad { Odd odd; };\n",
    });
    expect(alike.evaluate("sizeof(struct Car)", "include/car.h")).toEqual(known(24));
    expect(alike.evaluate("sizeof(struct Bad)", "include/car.h").known).toBe(false);
  });

  it("leaves offsets behind an undecided #if unknown, and says which", () => {
    const conditional = project({
      "a.c": "struct S {\n int a;\n#ifdef CONFIG_SOMETHING\n long b;\n#endif\n int c;\n};\n",
    });
    expect(conditional.evaluate("offsetof(struct S, a)", "a.c")).toEqual(known(0));
    const behind = conditional.evaluate("offsetof(struct S, c)", "a.c");
    expect(behind).toMatchObject({ known: false, reason: expect.stringContaining("CONFIG_SOMETHING") as string });
  });

  it("knows them where the user says what is configured", () => {
    const files = { "a.c": "struct S {\n int a;\n#ifdef CONFIG_PLUGIN\n long b;\n#endif\n int c;\n};\n" };
    const offset = (value: string): unknown =>
      bareTree(files, undefined, { CONFIG_PLUGIN: value }).evaluate("offsetof(struct S, c)", "a.c");
    expect(offset("y")).toEqual(known(16));
    expect(offset("n")).toEqual(known(4));
  });

  it("follows an edit of the header that declares the struct", () => {
    const edited = project({ "s.h": "struct S { char a; };", "a.c": '#include "s.h"\n' });
    expect(edited.evaluate("sizeof(struct S)", "a.c")).toEqual(known(1));
    edited.update("s.h", "struct S { char a; long b; };");
    expect(edited.evaluate("sizeof(struct S)", "a.c")).toEqual(known(16));
  });
});
