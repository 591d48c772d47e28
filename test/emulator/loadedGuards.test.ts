import { describe, expect, it } from "vitest";
import { loadEffects } from "../../core/code";
import { canHappen } from "../../core/emulator/migration/loadedGuards";
import type { DescriptionState, FieldValue } from "../../core/wire";
import { expectLinear } from "../steps";
import { device, hook, tree } from "../check/orderFixture";

const integer = (value: number): FieldValue => ({ kind: "integer", value: BigInt(value) });

function stateOf(fields: Readonly<Record<string, FieldValue>>): DescriptionState {
  return {
    name: "disk",
    symbol: "vmstate_disk",
    versionId: 1,
    fields: Object.entries(fields).map(([name, value], index) => ({ index, name, value })),
    subsections: [],
  };
}

/** Whether the hook's one access can happen with these members loaded. */
function happens(statements: string, fields: Readonly<Record<string, FieldValue>>): boolean {
  const code = `#define STARTED 1\n#define RUNS 0x8000\n${hook("disk_post_load", statements)}`;
  const { project } = tree({ "disk.c": device({ name: "disk", table: ".post_load = disk_post_load,", code }) });
  const [description] = project.descriptionsIn("hw/disk.c");
  const [effect] = description === undefined ? [] : loadEffects(project, description);
  if (effect === undefined) throw new Error("the fixture does no DMA");
  return canHappen(project, effect, stateOf(fields));
}

const read = "pci_dma_read(s, 0, 0, 4);";

describe("DMA under a condition on the loaded state", () => {
  it("happens where the values say so, and not where they rule it out", () => {
    expect(happens(`if (s->a & STARTED) { ${read} }`, { a: integer(3) })).toBe(true);
    expect(happens(`if (s->a & STARTED) { ${read} }`, { a: integer(2) })).toBe(false);
    expect(happens(`if (!s->a) return 0; ${read}`, { a: integer(0) })).toBe(false);
    expect(happens(read, { a: integer(0) })).toBe(true);
  });

  it("happens where one of several elements asks for it", () => {
    const statements = `for (int i = 0; i < 2; i++) { if (!s->q[i].desc) continue; ${read} }`;
    expect(happens(statements, { "q[0].desc": integer(0), "q[1].desc": integer(0x1000) })).toBe(true);
    expect(happens(statements, { "q[0].desc": integer(0), "q[1].desc": integer(0) })).toBe(false);
    const elements = [integer(0), integer(0)];
    expect(happens(`if (s->on[i]) { ${read} }`, { on: { kind: "array", elements } })).toBe(false);
  });

  it("may happen in a state of any size, which is not searched to its end", () => {
    const elements = Array.from({ length: 60_000 }, () => integer(0));
    expect(happens(`if (s->on[i]) { ${read} }`, { on: { kind: "array", elements } })).toBe(true);
    expect(happens(`if (s->on[i]) { ${read} }`, { on: { kind: "array", elements: elements.slice(0, 5000) } })).toBe(
      false,
    );
  });

  it("may happen where the state does not say, or the hook has set the member before it asks", () => {
    expect(happens(`if (s->elsewhere) { ${read} }`, { a: integer(0) })).toBe(true);
    expect(happens(`s->a = other(s); if (s->a) { ${read} }`, { a: integer(0) })).toBe(true);
    const cleared = `s->a &= ~RUNS; if ((s->a & STARTED) && !(s->a & RUNS)) { ${read} }`;
    expect(happens(cleared, { a: integer(0x8001) })).toBe(true);
    expect(happens(cleared, { a: integer(0x8000) })).toBe(false);
  });

  it.each([
    ["s->a = 0;", 1, true],
    ["s->a++;", 0, true],
    ["s->q[2].a |= STARTED;", 0, true],
    ["s->a = (int)qemu_get_be32(f);", 0, false],
    ["s->b = 1;", 0, false],
  ])("counts %s before it", (set, a, expected) => {
    expect(happens(`${set} if (s->a) { ${read} }`, { a: integer(a) })).toBe(expected);
  });

  it("is read in steps that grow with the function", () => {
    expectLinear((n) => happens(`${"s->a = ".repeat(n)} if (s->a) { ${read} }`, { a: integer(0) }), 300);
  });
});
