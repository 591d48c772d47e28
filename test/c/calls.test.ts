import { describe, expect, it } from "vitest";
import { assignmentsIn, localTypes } from "../../core/c/assignments";
import { callsIn } from "../../core/c/calls";

function calls(body: string): string[] {
  return callsIn(body, 0, body.length).map(
    (c) => `${c.through === undefined ? "" : `${c.through}=>`}${c.callee}(${c.args.join("|")})`,
  );
}

function functionSpan(text: string) {
  const parametersStart = text.indexOf("(") + 1;
  return {
    parametersStart,
    parametersEnd: text.indexOf(")"),
    bodyStart: text.indexOf("{"),
    bodyEnd: text.length,
  };
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

describe("member assignments of a function body", () => {
  const text = `static void x_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass), *other;
    g_autoptr(Thing) thing = NULL;
    unsigned int n;
    dc->vmsd = &vmstate_x; /* dc->a = b */
    if (dc->realize == f || n <= 3) { k.parent->fn = dc->gn = g; }
    DEVICE_CLASS(klass)->reset = (Fn)h;
    const Foo f = { .member = 3 };
    for (int i = 0; i < 3; i++) { foo(bar); }
}`;
  it("gives base, member and value", () => {
    const found = assignmentsIn(text, functionSpan(text)).map((a) => `${a.base} ${a.member} ${a.value}`);
    expect(found).toEqual(["dc vmsd &vmstate_x", "k.parent fn g", "dc gn g", "DEVICE_CLASS(klass) reset (Fn)h"]);
    const first = assignmentsIn(text, functionSpan(text))[0];
    expect(text.slice(first?.valueStart, first?.valueEnd)).toBe("&vmstate_x");
  });
  it("knows the types of parameters and locals", () => {
    const types = localTypes(text, functionSpan(text));
    expect([...types].map(([name, v]) => `${name}:${v.typeName}${v.pointer ? "*" : ""}`)).toEqual([
      "klass:ObjectClass*",
      "data:void*",
      "dc:DeviceClass*",
      "other:DeviceClass*",
      "thing:Thing*",
      "n:int",
      "f:Foo",
      "i:int",
    ]);
    expect(types.get("dc")?.value).toBe("DEVICE_CLASS(klass)");
  });
});
