import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleTree, vmstate } from "./run";

const device = `#include "migration/vmstate.h"
typedef struct MineState { uint32_t level; void *opaque; } MineState;
static void mine_write(MineState *s, uint32_t value) { s->level = value; }
`;

let folder = "";
let file = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-table-"));
  file = join(folder, "mine.c");
  writeFileSync(file, device);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("vmstate table proposes a table, and says what it leaves out", async () => {
  const { code, out } = await vmstate(["table", "--tree", exampleTree, file, "MineState"]);
  expect(code).toBe(0);
  expect(out).toContain("static const VMStateDescription vmstate_mine = {\n");
  expect(out).toContain("        VMSTATE_UINT32(level, MineState),\n        VMSTATE_END_OF_LIST()\n");
  expect(out).toContain("1 field, 1 member left out:\n  opaque void *: a pointer");
});

it("vmstate table names the structs that are there", async () => {
  const { code, err } = await vmstate(["table", "--tree", exampleTree, file, "MineStat"]);
  expect(code).toBe(2);
  expect(err).toContain("no struct MineStat is seen there; did you mean MineState");
});

it("vmstate table says which include is missing", async () => {
  const bare = join(folder, "bare.c");
  writeFileSync(bare, "typedef struct BareState { unsigned level; } BareState;\n");
  const { code, err } = await vmstate(["table", "--tree", exampleTree, bare, "BareState"]);
  expect(code).toBe(2);
  expect(err).toContain("bare.c does not include migration/vmstate.h");
});
