import { describe, expect, it } from "vitest";
import { callsIn } from "../../core/c/calls";

function calls(body: string): string[] {
  return callsIn(body, 0, body.length).map(
    (c) => `${c.through === undefined ? "" : `${c.through}=>`}${c.callee}(${c.args.join("|")})`,
  );
}

describe("calls of a function body", () => {
  it("finds direct and nested calls with their arguments, in textual order", () => {
    expect(calls("{ a(b(1, x[2, 3]), (y, z)); c(); }")).toEqual(["a(b(1, x[2, 3])|(y, z))", "b(1|x[2, 3])", "c()"]);
  });
  it("skips comments, literals, directives and keywords", () => {
    expect(
      calls('{ /* a() */ "b()" ; // c()\n if (d) { }\n#if defined(E) && \\\n  f()\n g(\')\', "(");\n#endif\n }'),
    ).toEqual(["g(')'|\"(\")"]);
  });
  it("keeps the path of a call through a pointer", () => {
    expect(
      calls("{ s->ops->read(s); X_GET_CLASS(d)->load(d, f); q[i].fn (1); (*s->cb)(2); tab[3](4); p.q->r[1](5); }"),
    ).toEqual([
      "s->ops=>read(s)",
      "X_GET_CLASS(d)",
      "X_GET_CLASS(d)=>load(d|f)",
      "q[i]=>fn(1)",
      "s=>cb(2)",
      "tab=>tab(4)",
      "p.q=>r(5)",
    ]);
  });
  it("does not take a cast for a call", () => {
    expect(calls("{ x = (uint8_t)(y); z = (*p) + (q); }")).toEqual([]);
  });
  it("reads half-typed text", () => {
    expect(calls("{ a(b, c")).toEqual(["a(b|c)"]);
    for (const text of ["{ (((", "))]}", '{ "', "{ a('", "/*", "a->", "{ x = (", "{ #"]) calls(text);
  });
});
