import { describe, expect, it } from "vitest";
import { endingFlow, flowOf, parameterNames, reachedFrom, used } from "../../../core/c/body/flow";

const followed = (callee: string): "all" | number | undefined =>
  callee === "memcpy" ? 2 : callee === "put" ? "all" : undefined;

function reached(body: string, name: string): readonly string[] {
  const text = `{ ${body} }`;
  const span = { parametersStart: 0, parametersEnd: 0, bodyStart: 0, bodyEnd: text.length };
  return [...reachedFrom(endingFlow(flowOf(text, span, followed)), name)].filter((each) => each !== name);
}

describe("where a value may go", () => {
  it.each([
    ["s->buf[s->pos] = 1;", [used]],
    ["s->buf[s /* a [ */ ->\n  pos] = 1;", [used]],
    ["p = s->buf + s->pos;", [used]],
    ["s->buf[s->pos++ & 7] = 1;", [used]],
    ["memcpy(s->buf, p, s->pos);", [used]],
    ["put(s, s->pos);", ["put(1"]],
    ["i = s->pos; s->buf[i] = 1;", ["i", used]],
    ["i = MIN(s->pos, 9); s->buf[i] = 1;", ["i", used]],
    ["for (i = 0; i < s->pos; i++) { s->buf[i] = 1; }", ["i", used]],
  ])("%s", (body, expected) => expect(reached(body, ".pos")).toEqual(expected));

  it.each([
    "s->pos = s->buf[k];",
    'trace("[s->pos]", s->pos); // s->buf[s->pos]',
    "\n#define AT s->buf[s->pos]\n",
    "i = other(s->pos); s->buf[i] = 1;",
    "s->buf[s->pos->at] = 1;",
    "for (i = 0; s->pos < i; i++) { s->buf[i] = 1; }",
    "memcpy(s->pos, p, 4);",
  ])("nowhere: %s", (body) => expect(reached(body, ".pos")).toEqual([]));

  it("takes half-typed text as it is", () => {
    for (const text of ["{ s->buf[s->", "{ f(((", ") ] } = x", '{ "', "/*"]) {
      const span = { parametersStart: 0, parametersEnd: 0, bodyStart: 0, bodyEnd: text.length + 9 };
      expect(() => flowOf(text, span, followed)).not.toThrow();
    }
  });

  it("reads the names of parameters", () => {
    const text = "Dev *s, uint8_t b[4], void (*cb)(int x), int";
    const span = { parametersStart: 0, parametersEnd: text.length, bodyStart: 0, bodyEnd: 0 };
    expect(parameterNames(text, span).slice(0, 2)).toEqual(["s", "b"]);
  });
});
