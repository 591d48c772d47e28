/** What a section's own code refuses of the bytes that are there, whatever the destination is. */
import { describe, expect, it } from "vitest";
import { StreamCode } from "../../core/board";
import { refusedByCode } from "../../core/emulator/migration/refusedByCode";
import { decoderOf } from "../../core/emulator/schemas";
import { ByteReader, loadDescription } from "../../core/wire";
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

interface Parts {
  /** Of what reads two words of a peal. */
  readonly get?: string;
  readonly getType?: string;
  /** How the second of them is saved. */
  readonly put?: string;
  /** Of the hook of the peal, and that of the clapper in it. */
  readonly hook?: string;
  readonly clapperHook?: string;
  readonly test?: string;
  readonly hooks?: string;
  /** In front of all that. */
  readonly code?: string;
}

/** A peal of two words that code reads, a number of ropes and a clapper. */
function peal(parts: Parts) {
  const {
    get = "return 0;",
    getType = "int",
    hook = "return 0;",
    clapperHook = "return 0;",
    test = "return true;",
  } = parts;
  const board = `
#include "all.h"
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
enum VMStateFlags { VMS_SINGLE = 1, VMS_STRUCT = 8, VMS_MUST_EXIST = 0x1000, VMS_END = 0x10000 };
typedef struct Clapper { uint32_t weight; } Clapper;
typedef struct Peal { uint32_t before; uint32_t words[2]; uint32_t ropes; Clapper clapper; uint32_t limit; } Peal;
static uint32_t allowed = 3;
static const uint32_t weights[] = { 4, 8, 16 };
${parts.code ?? ""}
static ${getType} get_words(QEMUFile *f, void *pv, size_t size, const VMStateField *field)
{
    Peal *s = container_of(pv, Peal, words);
    for (int i = 0; i < 2; i++) {
        s->words[i] = qemu_get_be32(f);
    }
    ${get}
}
static int put_words(QEMUFile *f, void *pv, size_t size, const VMStateField *field, void *vmdesc)
{
    uint32_t *words = pv;
    qemu_put_be32(f, words[0]);
    ${parts.put ?? "qemu_put_be32(f, words[1]);"}
    return 0;
}
static const VMStateInfo info_words = { .name = "words", .get = get_words, .put = put_words };
static int clapper_post_load(void *opaque, int version_id)
{
    Clapper *s = opaque;
    ${clapperHook}
}
static const VMStateDescription vmstate_clapper = {
    .name = "clapper", .version_id = 1, .minimum_version_id = 1, .post_load = clapper_post_load,
    .fields = (const VMStateField[]) {
        { .name = "weight", .offset = offsetof(Clapper, weight), .size = 4, .info = &vmstate_info_uint32, .flags = VMS_SINGLE },
        { .flags = VMS_END }
    },
};
static bool ropes_fit(void *opaque, int version_id)
{
    Peal *s = opaque;
    ${test}
}
static int peal_post_load(void *opaque, int version_id)
{
    Peal *s = opaque;
    ${hook}
}
static const VMStateDescription vmstate_peal = {
    .name = "peal", .version_id = 1, .minimum_version_id = 1, .post_load = peal_post_load, ${parts.hooks ?? ""}
    .fields = (const VMStateField[]) {
        { .name = "words", .offset = offsetof(Peal, words), .size = 8, .info = &info_words, .flags = VMS_SINGLE },
        { .name = "ropes", .offset = offsetof(Peal, ropes), .size = 4, .info = &vmstate_info_uint32, .flags = VMS_SINGLE },
        { .name = "ropes fit", .field_exists = ropes_fit, .flags = VMS_MUST_EXIST },
        { .name = "clapper", .offset = offsetof(Peal, clapper), .size = sizeof(Clapper), .vmsd = &vmstate_clapper,
          .flags = VMS_STRUCT },
        { .flags = VMS_END }
    },
};
`;
  return treeWith(board, { "migration/qemu-file.c": streams });
}

/** Of words 1 and 2, 3 ropes and a clapper of 4. */
function loading(
  parts: Parts,
  [first, second, ropes, weight]: readonly [number, number, number, number] = [1, 2, 3, 4],
) {
  const project = peal(parts);
  const { compiler } = decoderOf(project);
  const description = project.description("vmstate_peal", "hw/demo/church.c");
  if (description === undefined) throw new Error("no table");
  const schema = compiler.compile(description);
  const payload = Uint8Array.from([first, second, ropes, weight].flatMap((word) => [0, 0, 0, word]));
  const loaded = loadDescription(new ByteReader(payload, { base: 100 }), schema, 1, { fieldExists: () => true });
  if (!loaded.ok) throw new Error(loaded.error.message);
  const refused = refusedByCode(project, new StreamCode(project), {
    schema,
    state: loaded.value,
    payload,
    offset: 100,
  });
  if (refused === undefined) return undefined;
  const { error, at } = refused;
  const text = project.text("hw/demo/church.c") ?? "";
  const line = at === undefined ? undefined : text.slice(at.start, text.indexOf("\n", at.start)).trim();
  return { ...error, by: at?.function, line };
}

describe("what reads a field", () => {
  it("refuses a value, in its own words and at its line", () => {
    const get = `if (s->words[1] > 1) {
        error_report("word %d is too long", s->words[1]);
        return -22;
    }
    return 0;`;
    expect(loading({ get })).toMatchObject({
      message: "word 2 is too long",
      offset: 100,
      errno: "EINVAL",
      path: "peal/words",
      by: "get_words",
      line: "return -22;",
    });
  });

  it("takes another", () => {
    expect(loading({ get: "return s->words[1] > 2 ? -1 : 0;" })).toBeUndefined();
  });

  it.each([
    ["without words", "int", "return -1;", { isSilent: true, errno: "EPERM" }],
    ["where it gives false and sets an error", "bool", "return s->words[0] != 1;", { isSilent: true, errno: "EINVAL" }],
  ])("%s", (_, getType, get, expected) => {
    expect(loading({ get, getType })).toMatchObject(expected);
  });

  it.each([
    ["a member that the stream has later", "return s->ropes == 3 ? -22 : 0;"],
    ["a member that no stream has", "return s->before == 0 ? -22 : 0;"],
    ["a variable", "return allowed == 3 ? -22 : 0;"],
    ["a variable of its own that stays", "static int count; return count == 0 ? -22 : 0;"],
    ["code that is nowhere", "return is_noon() ? -22 : 0;"],
    ["what code that is nowhere does", "ring(s); return s->words[0] == 1 ? -22 : 0;"],
    ["an end of QEMU", "abort(); return -22;"],
    ["bytes behind the field's", "return qemu_get_be32(f) == 3 ? -22 : 0;"],
    ["a table within code", "return vmstate_load_state(f, &vmstate_peal, s, 1) == 0 ? -22 : 0;"],
  ])("refuses nothing where that hangs on %s", (_, get) => {
    expect(loading({ get })).toBeUndefined();
  });

  it("may load a table, whose own hooks refuse", () => {
    const get = "return vmstate_load_state(f, &vmstate_clapper, &s->clapper, 1);";
    const put = "vmstate_save_state(f, &vmstate_clapper, words + 1, NULL);";
    const clapperHook = 'if (s->weight == 2) { error_report("too light"); return -22; } return 0;';
    expect(loading({ get, put, clapperHook })).toMatchObject({ message: "too light", path: "peal/words" });
    expect(loading({ get, put, clapperHook }, [1, 3, 3, 4])).toBeUndefined();
  });

  it("knows what is constant", () => {
    expect(loading({ get: "return s->words[0] == weights[0] - 3 ? -22 : 0;" })).toMatchObject({ by: "get_words" });
  });
});

describe("hooks", () => {
  it("refuse what they find in the section's own members", () => {
    expect(loading({ hook: "if (s->ropes != s->clapper.weight) { return -1; } return 0;" })).toMatchObject({
      message: "post load hook failed for: peal, version_id: 1, minimum_version: 1, ret: -1",
      offset: 116,
      errno: "EPERM",
      by: "peal_post_load",
      line: "return -1; } return 0;",
    });
  });

  it("say what they print", () => {
    const hook = 'error_report("%d ropes", s->ropes); return -1;';
    expect(loading({ hook })).toMatchObject({
      message: "3 ropes",
      context: ["post load hook failed for: peal, version_id: 1, minimum_version: 1, ret: -1"],
    });
  });

  it("of a struct in it name the field", () => {
    expect(loading({ clapperHook: "return s->weight > 3 ? -22 : 0;" })).toMatchObject({
      path: "peal/clapper",
      by: "clapper_post_load",
    });
  });

  it("refuse nothing where one before may have changed what they look at", () => {
    const hook = "return s->ropes != s->clapper.weight ? -1 : 0;";
    const clapperHook = "if (allowed) { s->weight = 3; } return 0;";
    expect(loading({ hook, clapperHook })).toBeUndefined();
  });

  it("see what one before has set", () => {
    const hook = "return s->clapper.weight == 3 ? -1 : 0;";
    expect(loading({ hook, clapperHook: "s->weight = 3; return 0;" })).toMatchObject({ by: "peal_post_load" });
  });

  it("before the load refuse as well", () => {
    const code = "static int peal_pre_load(void *opaque) { return weights[1] == 8 ? -22 : 0; }";
    expect(loading({ code, hooks: ".pre_load = peal_pre_load," })).toMatchObject({
      message: "pre load hook failed for: 'peal', version_id: 1, minimum version_id: 1, ret: -22",
    });
  });
});

describe("a test of what must hold", () => {
  it("refuses what is otherwise", () => {
    expect(loading({ test: "return s->ropes < s->words[1];" })).toMatchObject({
      message: "Input validation failed: peal/ropes fit version_id: 1",
      by: "ropes_fit",
    });
  });

  it.each(["return s->ropes > s->words[1];", "return s->ropes < s->limit;"])("refuses nothing: %s", (test) => {
    expect(loading({ test })).toBeUndefined();
  });
});
