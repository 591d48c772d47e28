import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, loadDescription, saveDescription, type WireElement } from "../../core/wire";
import { evaluatePredicate, putElement, type PutFunction, type PutSource } from "../../core/putcode";
import { parseBody } from "../../core/c/body/parse";
import { decodePayload } from "../../core/wire/values/search";
import type { VMStateInfo } from "../../core/vmstate/model";
import { description, field } from "../wire/values/description.fixture";

interface Sources {
  readonly [name: string]: { readonly parameters: string; readonly body: string };
}

const putParameters = "QEMUFile *f, void *pv, size_t size, const VMStateField *field, JSONWriter *vmdesc";

function written(name: string, { parameters, body }: Sources[string]): PutFunction {
  const text = `(${parameters}) {${body}}`;
  const bodyStart = parameters.length + 3;
  const span = { parametersStart: 1, parametersEnd: bodyStart - 2, bodyStart, bodyEnd: text.length };
  return { name, file: "a.c", text, body: parseBody(text, "a.c", span) };
}

function source(functions: Sources, constants: Readonly<Record<string, number>> = {}): PutSource {
  const made = new Map(Object.entries(functions).map(([name, fn]) => [name, written(name, fn)]));
  return {
    function: (name) => made.get(name),
    alias: (name) => (name === "qemu_put_word" ? "qemu_put_be16" : undefined),
    expanded: () => undefined,
    evaluate: (text) => constants[text] ?? (/^\d+$/.test(text) ? Number(text) : undefined),
    slotFunctions: ({ slot }) => (made.has(slot) ? [{ name: slot, file: "a.c" }] : []),
    slotDescriptions: () => [],
  };
}

function element(body: string, more: Sources = {}, constants: Readonly<Record<string, number>> = {}): WireElement {
  const range = { file: "a.c", start: 0, end: 0 };
  const info: VMStateInfo = {
    symbol: "vmstate_info_x",
    file: "a.c",
    range,
    name: { known: true, value: "x" },
    get: undefined,
    put: { name: "put_x", range },
  };
  const made = putElement(
    "vmstate_info_x",
    info,
    source({ put_x: { parameters: putParameters, body }, ...more }, constants),
    () => undefined,
  );
  return made ?? { kind: "opaque", reason: "not read" };
}

/** Members that are read from the whole of `wire`. */
function read(of: WireElement, wire: number[]): unknown {
  const device = description("dev", [field("x", of)]);
  const decoded = decodePayload(Uint8Array.from(wire), 0, device, 1);
  if (!decoded.ok) return decoded.error.message;
  const writer = new ByteWriter();
  expect(saveDescription(writer, device, decoded.state).ok).toBe(true);
  expect([...writer.finish()]).toEqual(wire);
  const value = decoded.state.fields[0]?.value;
  if (value?.kind !== "record") return value;
  return value.members.map(({ name, value: part }) => [
    name,
    part.kind === "integer" ? Number(part.value) : part.kind === "bytes" ? [...part.value] : part.kind,
  ]);
}

describe("what a put function writes is read from its text", () => {
  test("a condition that asks nothing of the object is decided once for all elements", () => {
    const body = "if (word_bits() == 64) { qemu_put_be64(f, v->page); } else { qemu_put_be32(f, v->page); }";
    const pages = field("x", element(body), { count: { kind: "fixed", count: 40 } });
    const decoded = decodePayload(new Uint8Array(160), 0, description("dev", [pages]), 1, {}, { attempts: 200 });
    expect(decoded).toMatchObject({ ok: true, decided: [{ answer: 1, of: 2 }] });
    const own = field("x", element(body.replace("word_bits()", "v->bits")), { count: { kind: "fixed", count: 3 } });
    const mixed = decodePayload(new Uint8Array(16), 0, description("dev", [own]), 1);
    expect(mixed).toMatchObject({ ok: true, decided: [{}, {}, {}] });
  });

  test("one integer is that integer; one buffer of the field's size is a buffer", () => {
    expect(element("uint32_t v = *(int *)pv; qemu_put_be32(f, v); return 0;")).toMatchObject({
      kind: "integer",
      bytes: 4,
    });
    expect(element("qemu_put_buffer(f, pv, size); return 0;")).toEqual({ kind: "buffer" });
  });

  test("integers in order, with the names of the source", () => {
    const put = element("Thing *s = pv; qemu_put_be16(f, s->mant); qemu_put_sbyte(f, s->exp); return 0;");
    expect(read(put, [1, 2, 0xff])).toEqual([
      ["mant", 258],
      ["exp", -1],
    ]);
  });

  test("a loop over a constant", () => {
    const put = element("for (i = 0; i < PINS; ++i) { qemu_put_be16(f, s->irq[i]); }", {}, { PINS: 2 });
    expect(read(put, [0, 1, 0, 2])).toEqual([
      ["irq[0]", 1],
      ["irq[1]", 2],
    ]);
  });

  test("a function that a macro stands for", () => {
    expect(read(element("qemu_put_word(f, s->a); qemu_put_byte(f, s->b);"), [1, 2, 3])).toEqual([
      ["a", 258],
      ["b", 3],
    ]);
  });

  test("a size that was written before it is used", () => {
    const put = element("qemu_put_be16(f, s->len); qemu_put_buffer(f, s->data, s->len); qemu_put_byte(f, s->last);");
    expect(read(put, [0, 2, 7, 8, 9])).toEqual([
      ["len", 2],
      ["data", [7, 8]],
      ["last", 9],
    ]);
  });

  test("helpers are followed, and a condition has one answer wherever it stands", () => {
    const helper = {
      save_it: { parameters: "Dev *d, QEMUFile *f", body: "if (!has(d)) { return; } qemu_put_byte(f, d->a);" },
    };
    const put = element("save_it(s->dev, f); qemu_put_byte(f, s->b); if (has(s->dev)) qemu_put_byte(f, s->c);", helper);
    expect(read(put, [1])).toEqual([["b", 1]]);
    expect(read(put, [1, 2, 3])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect(read(put, [1, 2])).toMatch(/bytes needed|stream error|left/);
  });

  test("a marker that is constant in the source must be there", () => {
    const put = element(
      "QTAILQ_FOREACH(r, &s->list, next) { qemu_put_sbyte(f, r->retry ? 1 : 2); qemu_put_byte(f, r->tag); } qemu_put_sbyte(f, 0);",
    );
    expect(read(put, [0])).toHaveLength(1);
    expect(read(put, [2, 9, 1, 8, 0])).toHaveLength(5);
    expect(read(put, [3, 9, 0])).toMatch(/3 where only/);
  });

  test("so does the value in front of what a function writes for each element", () => {
    const each = {
      parameters: "Request *r, void *opaque",
      body: "QEMUFile *f = opaque; qemu_put_sbyte(f, r->retry ? 1 : 2); qemu_put_byte(f, r->tag);",
    };
    const put = element("request_for_each(s, put_request, f); qemu_put_sbyte(f, 0);", {
      put_request: each,
      request_for_each: {
        parameters: "Dev *s, void (*fn)(Request *, void *), void *opaque",
        body: "walk(s, fn, opaque);",
      },
    });
    const wire = (bytes: number[]) => {
      const decoded = decodePayload(Uint8Array.from(bytes), 0, description("dev", [field("x", put)]), 1);
      return decoded.ok ? decoded.decided : decoded.error.message;
    };
    expect(wire([0])).toEqual([]);
    expect(wire([2, 9, 1, 8, 0])).toEqual([]);
    expect(wire([3, 9, 0])).toMatch(/3 where only/);
  });

  test("a counting loop gives the rounds of the loop like it", () => {
    const put = element(
      "for (i = 0; i < MAX; i++) { if (s->q[i].num == 0) break; } qemu_put_byte(f, i);" +
        "for (i = 0; i < MAX; i++) { if (s->q[i].num == 0) break; qemu_put_byte(f, s->q[i].num); } qemu_put_byte(f, s->z);",
      {},
      { MAX: 8 },
    );
    expect(read(put, [2, 5, 6, 7])).toEqual([
      ["i", 2],
      ["q[0].num", 5],
      ["q[1].num", 6],
      ["z", 7],
    ]);
  });

  test("error paths are not part of the format", () => {
    const put = element(
      "if (s->bad) { error_report(); return -EINVAL; } qemu_put_byte(f, s->a); if (ret) { return ret; } qemu_put_byte(f, s->b);",
    );
    expect(read(put, [1, 2])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  test("what can't be read near the stream is not passed over", () => {
    expect(read(element("qemu_put_byte(f, 1); qemu_put_byte(f, x) y z;"), [1, 2])).toMatch(
      /cannot be read from the source/,
    );
  });

  test("a variable that is added to is not what it was", () => {
    const put = element("int n = 1; n += s->more; qemu_put_buffer(f, s->data, n); qemu_put_byte(f, s->last);");
    expect(read(put, [7, 8, 9])).toEqual([
      ["data", [7, 8]],
      ["last", 9],
    ]);
  });

  test("an operand that decides alone leaves no question", () => {
    const put = element("if (WIDE && has(s)) { qemu_put_byte(f, s->a); } qemu_put_byte(f, s->b);", {}, { WIDE: 0 });
    expect(read(put, [1])).toEqual([["b", 1]]);
    expect(read(put, [1, 2])).toMatch(/left/);
  });

  test("functions that call others many times each are followed up to a number of calls", () => {
    const helpers = Array.from({ length: 7 }, (_, k) => {
      const body = k === 6 ? "qemu_put_byte(f, d->a);" : `save_${k + 1}(d, f); `.repeat(12);
      return [`save_${k}`, { parameters: "Dev *d, QEMUFile *f", body }] as const;
    });
    expect(read(element("save_0(s, f);", Object.fromEntries(helpers)), Array(6000).fill(1))).toMatch(
      /one call too many/,
    );
  });

  test("a variable that is doubled over and over ends as what is not known", () => {
    const put = element(`int n = s->first; ${"n = n + n; ".repeat(60)} qemu_put_buffer(f, s->data, n);`);
    expect(typeof read(put, [1, 2, 3])).toBe("string");
  });

  test.each(["for (;;", "if (", "qemu_put_be32(", "switch (x) { case", "}}}}", "do { while"])(
    "half-typed text: %s",
    (body) => {
      expect(() => read(element(body), [1, 2, 3])).not.toThrow();
    },
  );
});

describe("predicates", () => {
  const functions: Sources = {
    by_version: { parameters: "void *opaque, int version_id", body: "return version_id >= 3;" },
    by_member: { parameters: "void *opaque, int version_id", body: "Dev *s = opaque; return s->n > 2 && s->on;" },
    is_pcie: { parameters: "void *opaque, int version_id", body: "return express((Dev *)opaque);" },
    is_not_pcie: { parameters: "void *opaque, int version_id", body: "return !is_pcie(opaque, version_id);" },
    by_cast: {
      parameters: "void *opaque, int v",
      body: "EspState *s = ESP(opaque); v = MIN(v, s->wire_version); return v >= 5;",
    },
    guarded: { parameters: "void *opaque, int v", body: "if (v < 2) { return false; } return true;" },
  };
  const ask = (name: string, versionId: number, members: Readonly<Record<string, bigint>> = {}) =>
    evaluatePredicate(name, "a.c", { versionId, member: (path) => members[path] }, source(functions));

  test("on the version", () => {
    expect([ask("by_version", 2), ask("by_version", 3)]).toEqual([false, true]);
    expect([ask("guarded", 1), ask("guarded", 2)]).toEqual([false, true]);
  });

  test("an else is gone into", () => {
    const either = { parameters: "void *o, int v", body: "if (v > 2) { return true; } else { v = 0; } return v > 0;" };
    const at = (versionId: number) =>
      evaluatePredicate("either", "a.c", { versionId, member: () => undefined }, source({ either }));
    expect([at(3), at(2)]).toEqual([true, false]);
  });

  test("functions that ask others many times each are followed up to a number of questions", () => {
    const asked = Array.from({ length: 8 }, (_, k) => {
      const body = `return ${Array.from({ length: 12 }, () => (k === 7 ? "other(o)" : `q${k + 1}(o)`)).join(" | ")};`;
      return [`q${k}`, { parameters: "void *o, int v", body }] as const;
    });
    const state = { versionId: 1, member: () => undefined };
    const truth = evaluatePredicate("q0", "a.c", state, source(Object.fromEntries(asked)));
    expect(truth).toMatchObject({ negated: false });
  });

  test("values that double each time are left open", () => {
    const body = `int a = v; ${"a = a + a; ".repeat(80)} return a == 1;`;
    const doubled = { parameters: "void *o, int v", body };
    const state = { versionId: 1, member: () => undefined };
    expect(evaluatePredicate("doubled", "a.c", state, source({ doubled }))).toMatchObject({ negated: false });
  });

  test("on members that have been loaded, open without them", () => {
    expect(ask("by_member", 1, { n: 3n, on: 1n })).toBe(true);
    expect(ask("by_member", 1, { n: 3n, on: 0n })).toBe(false);
    expect(ask("by_member", 1)).toMatchObject({ negated: false });
  });

  test("an instance cast is the object itself", () => {
    expect([ask("by_cast", 6, { wire_version: 4n }), ask("by_cast", 6, { wire_version: 5n })]).toEqual([false, true]);
  });

  test("a predicate and its negation are one question", () => {
    const [yes, no] = [ask("is_pcie", 1), ask("is_not_pcie", 1)];
    expect(yes).toMatchObject({ negated: false });
    expect(no).toEqual({ key: (yes as { key: string }).key, negated: true });
  });

  test("an unknown function is no answer", () => {
    expect(ask("absent", 1)).toBeUndefined();
  });
});

test("a search finds counts that no field holds, and checks one that comes later", () => {
  const count = { kind: "member", member: { structName: "S", path: "ports" }, multiply: 1 } as const;
  const u8: WireElement = { kind: "integer", bytes: 1, signed: false, check: "none" };
  const device = description("dev", [field("dev", u8, { count }), field("ports", u8)]);
  const decoded = decodePayload(Uint8Array.of(9, 9, 9, 3), 0, device, 1);
  expect(decoded).toMatchObject({ ok: true, decided: [{ answer: 3 }] });
  expect(decodePayload(Uint8Array.of(9, 9, 9, 4), 0, device, 1).ok).toBe(false);
  expect(loadDescription(new ByteReader(Uint8Array.of(9, 3)), device, 1)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("cannot tell from the stream alone") },
  });
});
