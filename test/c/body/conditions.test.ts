import { describe, expect, it } from "vitest";
import { conditionsAt, partsOf, writtenConditions, writtenIn } from "../../../core/c/body/conditions";
import { expectLinear } from "../../steps";
import { readBody } from "./shape";

/** Conditions at `HERE` in a function body, `not` where they must fail. */
function at(statements: string): readonly string[] {
  const { body, text } = readBody(statements);
  const found = writtenConditions(body, text, text.indexOf("HERE"));
  return found.map((c) => (c.holds ? c.text : `not ${c.text}`));
}

/** All kinds, those of several parts as their parts. */
function kindsAt(statements: string): readonly string[] {
  const { body, text } = readBody(statements);
  return conditionsAt(body, text.indexOf("HERE"))
    .flatMap(partsOf)
    .map(({ kind, expression, holds }) => `${kind}${holds ? "" : " not"} ${writtenIn(text, expression)}`);
}

describe("the conditions of a place in a function", () => {
  it.each([
    ["HERE();", []],
    ["if (s->on) { HERE(); }", ["s->on"]],
    ["if (s->on) HERE(); else other();", ["s->on"]],
    ["if (s->on) other(); else HERE();", ["not s->on"]],
    ["if (a) { x(); } else if (b) { HERE(); }", ["not a", "b"]],
    ["if (!s->on) { return; } HERE();", ["s->on"]],
    ["if (!s->on) { log(); } HERE();", []],
    ["if (s->bad) { if (x) return 0; } HERE();", []],
    ["if (s->bad) { return -EINVAL; } HERE();", []],
    ["if (s->bad) { goto fail; } HERE();", []],
    ["for (i = 0; i < n; i++) { if (!s->slot[i].used) continue; HERE(); }", ["s->slot[i].used"]],
    ["if (a) { return 0; } for (;;) { if (b) { HERE(); } }", ["not a", "b"]],
    ["QTAILQ_FOREACH(e, &s->list, next) { if (e->live) HERE(); }", ["e->live"]],
    ["switch (s->state) { case IDLE: x(); break; case RUN: HERE(); }", ["s->state == RUN"]],
    ["switch (s->state) { default: HERE(); }", []],
    ["do { if (s->on) HERE(); } while (0);", ["s->on"]],
    ['if (s->on) { x("} HERE-not", 1); /* } */ HERE(); }'.replace("HERE-not", "THERE"), ["s->on"]],
    ["if (ready(HERE)) { x(); }", []],
    ["if (a) { x(); } out: HERE();", []],
    ["if (a) return; out: HERE();", []],
    ["if (a) return; else if (b) return; HERE();", ["not a", "not b"]],
    ["if (a) { x(); } else { return; } HERE();", ["a"]],
    ["if (!(a && b)) return; HERE();", ["a && b"]],
    ["switch (x) { case A: y(); case B: HERE(); }", ["x == A || x == B"]],
    ["switch (x) { case A: y(); break; case B ... D: HERE(); }", ["x in B ... D"]],
    ["switch (x) { case A: default: HERE(); }", []],
    ["switch (x) { case A: { HERE(); } }", ["x == A"]],
    ["if (s->on && HERE()) { x(); }", ["s->on"]],
    ["y = s->on ? 1 : HERE();", ["not s->on"]],
    ["if (a /* why */\n    || b) { HERE(); }", ["a || b"]],
    ["if (a) { return; }\n#ifdef X\nif (b) {\nHERE();\n}\n#endif", ["not a", "b"]],
  ])("%s", (body, expected) => {
    expect(at(body)).toEqual(expected);
  });

  it.each([
    ["while (n) { HERE(); }", ["loop n"]],
    ["for (;;) { HERE(); }", []],
    ["assert(a); if (b && !c) { HERE(); }", ["asserted a", "if b", "if not c"]],
    ["if (a < 0) return -EINVAL; if (b) { abort(); } HERE();", ["failed not a < 0", "failed not b"]],
    ["if (a || b) return; HERE();", ["left not a", "left not b"]],
    ["QLIST_FOREACH(e, l, n) { HERE(); }", ["macro QLIST_FOREACH(e, l, n)"]],
  ])("of each kind: %s", (body, expected) => {
    expect(kindsAt(body)).toEqual(expected);
  });

  it("are found without end in no text", () => {
    for (const body of [
      "if (",
      "if (a",
      "switch (x) { case",
      "{{{{",
      "else else HERE",
      "do HERE",
      "if (a) ".repeat(500),
    ]) {
      expect(at(`${body} HERE`).length).toBeLessThan(600);
    }
  });
});

it("takes twice the steps to ask for twice the places of a block", () => {
  expectLinear((n) => {
    const { body, text } = readBody("if (a) { x(); } HERE(); ".repeat(n));
    for (const { index } of text.matchAll(/HERE/g)) expect(conditionsAt(body, index)).toEqual([]);
  }, 200);
});
