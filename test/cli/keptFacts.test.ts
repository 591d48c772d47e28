/** A tree that was read before: only what has changed is read again, and the answer is that of a fresh reading. */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { keepAnswer } from "../../cli/kept/keep";
import { currentAnswer, keyOf } from "../../cli/kept/shelf";
import { run } from "../../cli/program";
import { workOf } from "../counted";
import { keptTree } from "./keptTree";
import { vmstate } from "./run";

const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(inside(path), change(readFileSync(inside(path), "utf8")));
const keptFiles = () => readdirSync(inside("cache/vmstate/facts")).map((name) => inside(`cache/vmstate/facts/${name}`));

/** Two sources of which one finds its types, a list of fields, a count and a helper in the other, without a header between. */
const lends = `#include "migration/vmstate.h"
#define SPARE 1
enum { LENT_REGS = 4, LENT_MORE };
typedef struct Lent { uint8_t pad; uint32_t regs[LENT_REGS]; uint16_t mode; } Lent;
typedef struct Other { uint8_t mode; uint32_t regs[LENT_REGS]; } Other;
const VMStateDescription vmstate_lent = { .name = "lent", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32_ARRAY(regs, Lent, LENT_REGS), VMSTATE_END_OF_LIST() } };
VMStateField lent_fields[] = { VMSTATE_UINT16(mode, Lent), VMSTATE_END_OF_LIST() };
VMStateField bare_fields[] = { { .name = "bare", .version_id = 1 }, { 0 } };
void lent_set(DeviceClass *dc)
{
    dc->vmsd = &vmstate_lent;
}
`;
const borrows = `#include "migration/vmstate.h"
typedef struct Borrower { Lent lent; uint32_t own[LENT_REGS]; } Borrower;
static const VMStateDescription vmstate_part = { .name = "part", .version_id = 1, .minimum_version_id = 1,
    .fields = lent_fields };
static const VMStateDescription vmstate_borrower = { .name = "borrower", .version_id = 2, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_STRUCT(lent, Borrower, 0, vmstate_part, Lent),
        VMSTATE_UINT32_ARRAY(own, Borrower, 4), VMSTATE_END_OF_LIST() } };
static void borrower_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_borrower;
}
static const TypeInfo borrower = { .name = "borrower", .parent = TYPE_DEVICE, .class_init = borrower_class_init };
static void helped_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    lent_set(dc);
}
static const TypeInfo helped = { .name = "helped", .parent = TYPE_DEVICE, .class_init = helped_class_init };
`;
const third = `#include "migration/vmstate.h"
static const VMStateDescription vmstate_third = { .name = "third", .version_id = 1, .minimum_version_id = 1,
    .fields = bare_fields };
static void third_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_third;
}
static const TypeInfo third = { .name = "third", .parent = TYPE_DEVICE, .class_init = third_class_init };
`;

/** Stands in for a header that a build generates. */
const schema = "{ 'enum': 'DemoMode', 'data': [ 'on', 'off' ] }\n";
const moded = `#include "migration/vmstate.h"
#include "qapi/qapi-types-demo.h"
typedef struct Moded { uint32_t regs[DEMO_MODE__MAX]; } Moded;
static const VMStateDescription vmstate_moded = { .name = "moded", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32_ARRAY(regs, Moded, DEMO_MODE__MAX), VMSTATE_END_OF_LIST() } };
static void moded_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_moded;
}
static const TypeInfo moded = { .name = "moded", .parent = TYPE_DEVICE, .class_init = moded_class_init };
`;

const inside = keptTree({
  "hw/demo/lends.c": lends,
  "hw/demo/borrows.c": borrows,
  "hw/demo/third.c": third,
  "hw/demo/moded.c": moded,
  "qapi/demo.json": schema,
});

const check = async (...more: string[]) =>
  (
    await vmstate(["check", "--tree", "tree", "--format", "json", "--review", ...more], {
      cwd: inside("."),
      self: inside("cli.js"),
    })
  ).out;

describe("a tree that was read before", () => {
  it("is skimmed no more; after an edit one file is", async () => {
    const first = await workOf(() => check());
    expect(first.skimmed).toBeGreaterThan(15);
    const again = await workOf(() => check());
    expect(again.answer).toBe(first.answer);
    expect(again.skimmed).toBe(0);
    expect([again.tablesRead, again.typesRead]).toEqual([0, 0]);
    expect(again.filesRead).toBeLessThan(first.filesRead);
    edit("tree/hw/demo/demo-nic.c", (text) => `/* one more line */\n${text}`);
    const edited = await workOf(() => check());
    expect(edited.skimmed).toBe(1);
    expect(edited.typesRead).toBe(1);
    expect(edited.tablesRead).toBeLessThan(first.tablesRead / 2);
    expect(edited.answer).toBe(await check("--no-cache"));
    expect(edited.answer).not.toBe(first.answer);
  });

  it("nothing is kept of a file that has just been written, nor where no cache is wanted", async () => {
    vi.useRealTimers();
    await check("--no-cache");
    expect(() => keptFiles()).toThrow();
    edit("tree/hw/demo/demo-nic.c", (text) => `${text}\n`);
    await check();
    expect((await workOf(() => check())).skimmed).toBeGreaterThan(0);
  });

  it("what was kept by another program, or is damaged, is not used", async () => {
    const first = await check();
    writeFileSync(inside("command.js"), "2");
    expect((await workOf(() => check())).skimmed).toBeGreaterThan(15);
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from("x")]),
      () => Buffer.from("x"),
      () => Buffer.alloc(0),
    ]) {
      for (const file of keptFiles()) writeFileSync(file, damage(readFileSync(file)));
      const again = await workOf(() => check());
      expect(again.answer).toBe(first);
      expect(again.skimmed).toBeGreaterThan(15);
    }
  });

  it("is what a kept answer hangs on, though it was not read for it", async () => {
    const ask = async (): Promise<"kept" | "made"> => {
      const argv = ["check", "--tree", "tree", "--format", "json"];
      const program = [inside("cli.js"), inside("command.js")];
      const key = keyOf({ program, argv, cwd: inside("."), looks: [] });
      if (currentAnswer(key) !== undefined) return "kept";
      const to = { write: () => {}, isTerminal: false, columns: 80 };
      const io = { cwd: inside("."), env: {}, out: to, err: to, self: inside("cli.js") };
      await keepAnswer(key, io, (noted) => run(argv, noted));
      return "made";
    };
    await check();
    expect([await ask(), await ask()]).toEqual(["made", "kept"]);
    edit("tree/hw/demo/demo-nic.c", (text) => `${text}\n`);
    expect([await ask(), await ask()]).toEqual(["made", "kept"]);
  });

  it("the trees used last stay, others go", async () => {
    for (let k = 0; k < 10; k++) {
      cpSync(inside("tree/include"), inside(`tree${k}/include`), { recursive: true });
      cpSync(inside("tree/VERSION"), inside(`tree${k}/VERSION`));
      await vmstate(["check", "--tree", `tree${k}`], { cwd: inside("."), self: inside("cli.js") });
    }
    expect(keptFiles().length).toBe(8);
    expect(keptFiles().every((file) => (statSync(file).mode & 0o77) === 0)).toBe(true);
  });
});

describe("what another file concluded from the edited one", () => {
  const dump = async (...more: string[]) =>
    (await vmstate(["dump", "--tree", "tree", ...more], { cwd: inside("."), self: inside("cli.js") })).out;
  const edits: Readonly<Record<string, readonly [from: string, to: string, isSeen?: boolean]>> = {
    "a member's place": ["uint8_t pad;", "uint8_t pad[40];"],
    "a count": ["LENT_REGS = 4", "LENT_REGS = 7"],
    "a list of fields": ["VMSTATE_UINT16(mode, Lent), ", ""],
    "whose list of fields": ["VMSTATE_UINT16(mode, Lent)", "VMSTATE_UINT8(mode, Other)"],
    "a list that names no struct": ['"bare"', '"other"'],
    "which table a helper sets": ["dc->vmsd = &vmstate_lent", "dc->vmsd = 0"],
    "where its parts stand": ["#include", "/* one\nmore */\n#include", false],
    "what a macro says": ["#define SPARE 1", "#define LENT_REGS 9", false],
    "how a helper is called": ["lent_set(DeviceClass *dc)", "lent_setting(DeviceClass *dc)"],
    "which lines count": ["enum {", "#if 0\n#endif\nenum {", false],
  };

  it.each(Object.entries(edits))("%s", async (_, [from, to, isSeen = true]) => {
    const first = await check();
    const dumped = await dump("--no-cache");
    edit("tree/hw/demo/lends.c", (text) => text.replace(from, to));
    const fresh = await dump("--no-cache");
    if (isSeen) expect(fresh).not.toBe(dumped);
    expect(await dump()).toBe(fresh);
    expect(await check()).toBe(await check("--no-cache"));
    edit("tree/hw/demo/lends.c", () => lends);
    expect(await check()).toBe(first);
  });

  it("what a schema says that stands in for a header", async () => {
    const first = await dump();
    edit("tree/qapi/demo.json", (text) => text.replace("'on'", "'on', 'auto'"));
    const fresh = await dump("--no-cache");
    expect(fresh).not.toBe(first);
    expect(await dump()).toBe(fresh);
    const again = await workOf(() => dump());
    expect([again.answer, again.skimmed]).toEqual([fresh, 0]);
  });

  it("and what only its own table says changes nothing of theirs", async () => {
    await check();
    edit("tree/hw/demo/lends.c", (text) =>
      text.replace('.name = "lent", .version_id = 1', '.name = "lent", .version_id = 3'),
    );
    const { tablesRead, typesRead } = await workOf(() => check());
    expect([tablesRead, typesRead]).toEqual([4, 3]);
    expect(await check()).toBe(await check("--no-cache"));
  });

  it("an edit of a header, a file that comes and one that goes have all read anew", async () => {
    const all = (await workOf(() => check())).tablesRead;
    const changes = [
      () => edit("tree/include/migration/vmstate.h", (text) => `${text}\n`),
      () => writeFileSync(inside("tree/hw/demo/comes.c"), ""),
      () => rmSync(inside("tree/hw/demo/comes.c")),
    ];
    for (const change of changes) {
      change();
      expect((await workOf(() => check())).tablesRead).toBe(all);
    }
  });
});

describe("after any edits", () => {
  /** Numbers that repeat from run to run. */
  function* numbers(seed: number): Generator<number, never> {
    for (let state = seed; ; ) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield state >>> 8;
    }
  }

  it.each([1, 2, 3])("the answer is a fresh one (sequence %i)", async (seed) => {
    const random = numbers(seed);
    const pick = <T>(from: readonly T[]): T => from[random.next().value % from.length] as T;
    const sources = () =>
      readdirSync(inside("tree"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:c|h|inc)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(inside(".").length + 1))
        .sort();
    const ofC = () => sources().filter((path) => path.endsWith(".c"));
    let serial = 0;
    const steps: readonly (() => void)[] = [
      () => edit(pick(sources()), (text) => `${text}\n`),
      () => edit(pick(sources()), (text) => `/* ${serial++} */\n${text}`),
      () =>
        edit(pick(sources()), (text) =>
          text.replace(/version_id = (\d+)/, (_, n: string) => `version_id = ${Number(n) + 1}`),
        ),
      () => edit(pick(sources()), (text) => text.replace(/^#define (\w+) (\d+)$/m, "#define $1 ($2 + 1)")),
      () => edit(pick(sources()), (text) => text.slice(0, random.next().value % (text.length + 1))),
      () => edit(pick(ofC()), (text) => text.replace(/^( *)(\w+->\w+ = )(\w+);/m, "$1$2($3) + 1;")),
      () => edit(pick(ofC()), (text) => text.replace(/\buint32_t (\w+)/, "uint16_t $1")),
      () => edit(pick(ofC()), (text) => text.replace(/^\{$/m, "{\n    int unused;")),
      () =>
        edit("tree/hw/demo/lends.c", (text) =>
          text.replace(/LENT_REGS = (\d+)/, (_, n: string) => `LENT_REGS = ${Number(n) + 1}`),
        ),
      () => writeFileSync(inside("tree/hw/demo/lends.c"), lends),
      () => rmSync(inside(pick(sources()))),
      () => {
        const from = pick(sources());
        renameSync(inside(from), inside(join(dirname(from), `moved-${serial++}${from.slice(from.lastIndexOf("."))}`)));
      },
      () => {
        const [from, to] = [pick(sources()), pick(sources())];
        writeFileSync(inside(to), readFileSync(inside(from)));
      },
    ];
    await check();
    for (let round = 0; round < 12; round++) {
      for (let k = random.next().value % 3; k >= 0; k--) pick(steps)();
      expect(await check(), `round ${round}`).toBe(await check("--no-cache"));
    }
  });
});
