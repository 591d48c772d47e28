import { describe, expect, it } from "vitest";
import { conditionsAt } from "../../core/c/guards";

/** Conditions at `HERE` in a function body, `not` where they must fail. */
function at(body: string): readonly string[] {
  const text = `{ ${body} }`;
  return conditionsAt(text, 0, text.length, text.indexOf("HERE")).map((c) => (c.holds ? c.text : `not ${c.text}`));
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
  ])("%s", (body, expected) => {
    expect(at(body)).toEqual(expected);
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
